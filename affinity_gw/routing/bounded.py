"""Consistent hashing with bounded loads (``hash_balance_factor``): no server has much more than its share.

With a factor of 150 a server may have half as many requests again as its weight's share of all that run in the
backend; a key whose server has them goes to the next one on the ring (Mirrokni, Thorup and Zadimoghaddam, "Consistent
hashing with bounded loads", 2018). Counted as HAProxy counts (``chash_server_is_eligible``), rounding included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from affinity_gw.routing.queue import ServerLoad
from affinity_gw.routing.servers import Server

_SCALE = 16
"""HAProxy counts weights in sixteenths, which decides where it rounds."""


class Bounded:
    """Whether a server of one backend may have one more request. ``servers`` are all that the backend has."""

    __slots__ = ("_active", "_before", "_factor", "_load", "_served", "_total")

    def __init__(self, servers: Iterable[Server], factor: int, load: Callable[[Server], ServerLoad]) -> None:
        self._factor = factor
        self._load = load
        self._total = 1
        self._served = 0
        self._before: dict[str, int] = {}  # what all servers above one in the file weigh, those that are down included
        self._active: dict[str, int] = {}
        above = 0
        for server in servers:
            self._before[server.id] = above
            above += server.weight * _SCALE
            self._active[server.id] = 0
            load(server).watch(partial(self._changed, server))
            self._changed(server)

    def _changed(self, server: Server) -> None:
        active = self._load(server).active
        self._served += active - self._active[server.id]
        self._active[server.id] = active

    def follow(self, servers: Sequence[Server]) -> None:
        """These are usable from now on."""
        self._total = sum(server.weight for server in servers) * _SCALE or 1

    def __call__(self, server: Server) -> bool:
        slots, remainder = divmod(((self._served + 1) * self._factor + 99) // 100, self._total)
        weight, before = server.weight * _SCALE, self._before[server.id]
        share = weight * slots + (before + weight) * remainder // self._total - before * remainder // self._total
        return self._load(server).active < max(1, share)
