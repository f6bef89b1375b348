"""Balance ``random(N)``: N draws on the consistent ring, and the least loaded server of those that were drawn.

With two draws the busiest server stays within a few requests of the others (Mitzenmacher, "The power of two choices in
randomized load balancing", 1996). Of equals the last drawn is taken; where the chosen one is full the request waits in
the backend's queue, even if others have room, as in HAProxy. A draw costs 1 µs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from affinity_gw.routing.queue import ServerLoad
from affinity_gw.routing.ring import Ring
from affinity_gw.routing.servers import Server

Draw = Callable[[], int]
"""The next of 32 random bits."""

_U32 = 0xFFFFFFFF


class Xorshift:
    """HAProxy's own generator (``statistical_prng``), with its seed: the same sequence in every run. For tests and
    ``explain``; workers bring chance of their own."""

    __slots__ = ("_state",)

    def __init__(self, state: int = 2463534242) -> None:
        self._state = state

    def __call__(self) -> int:
        state = self._state
        state ^= (state << 13) & _U32
        state ^= state >> 17
        state ^= (state << 5) & _U32
        self._state = state
        return state


class Drawn:
    """The draws of one backend."""

    __slots__ = ("_count", "_draw", "_has_room", "_load", "_ring")

    def __init__(
        self,
        count: int,
        draw: Draw,
        ring: Ring,
        load: Callable[[Server], ServerLoad],
        has_room: Callable[[Server], bool],
    ) -> None:
        self._count = count
        self._draw = draw
        self._ring = ring
        self._load = load
        self._has_room = has_room

    def choose(self, servers: Sequence[Server], avoid: Server | None = None, _head: object = None) -> Server | None:
        if servers is not self._ring.servers:
            self._ring.follow(servers)
        best = self._ring.at(self._draw(), avoid)
        for _ in range(1, self._count):
            drawn = self._ring.at(self._draw(), avoid)
            if drawn is not best and self._busy(drawn) * best.weight <= self._busy(best) * drawn.weight:
                best = drawn
        return best if self._has_room(best) else None

    def _busy(self, server: Server) -> int:
        return self._load(server).active

    def follow(self, servers: Sequence[Server]) -> None:
        self._ring.follow(servers)
