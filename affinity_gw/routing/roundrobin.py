"""HAProxy's dynamic weighted round robin, turn for turn (``lb_fwrr.c``).

Time is a line of positions. Every turn moves ``position`` on by one; a server of weight w wants a turn each
``total / w`` positions, and remainders are carried so that nothing is lost to rounding. A cycle lasts ``total``
positions. Three heaps hold the servers: ``current`` by the position that they wait for, ``fresh`` those that have not
had a turn in this cycle, ``later`` those that are done with it; both by weight, the heaviest first. When nobody is left
to take a turn, ``later`` becomes ``fresh`` and a cycle begins.

From this follow the figures that people know: equal weights in the order of the file, 2/1/3 as 3 1 3 2 3 1. Among
equals the one that was put away first comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush

from affinity_gw.routing.servers import Server

_SCALE = 16
"""HAProxy counts weights in sixteenths (BE_WEIGHT_SCALE), for slow starts that come between two whole weights."""
_WEIGHT_RANGE = 256
_HEAVIEST = _WEIGHT_RANGE * _SCALE
_U32 = 0xFFFFFFFF
"""Positions are C unsigned: a difference below zero is a very large number there, and sends a server to ``later``."""


class _Turn:
    """Where a server stands on the line: its next position and the remainder that it carries."""

    __slots__ = ("home", "next", "remainder", "server", "weight")

    def __init__(self, server: Server) -> None:
        self.server = server
        self.weight = server.weight * _SCALE
        self.next = 0
        self.remainder = 0
        self.home: list[_Entry] = []


_Entry = tuple[int, int, _Turn]
"""Sorting key, serial number, turn: of equal keys the older entry comes first, as in HAProxy's trees."""


class RoundRobin:
    """The turns of one backend. ``servers`` are all that it has, in the order of the file; ``has_room`` says whether
    one of them may take one more request now."""

    __slots__ = (
        "_away",
        "_current",
        "_cycle",
        "_fresh",
        "_has_room",
        "_later",
        "_position",
        "_serial",
        "_servers",
        "_total",
        "_turns",
    )

    def __init__(self, servers: Iterable[Server], has_room: Callable[[Server], bool]) -> None:
        self._has_room = has_room
        self._servers: Sequence[Server] = ()
        self._turns: dict[str, _Turn] = {}
        self._away: dict[str, _Turn] = {}  # servers that are down keep the remainder that they carried
        self._current: list[_Entry] = []
        self._fresh: list[_Entry] = []
        self._later: list[_Entry] = []
        self._serial = 0
        self._total = 0  # weight of all servers now: the length of the next cycle
        for server in servers:
            if server.weight:
                self._put_by_weight(self._fresh, self._enrol(server))
        self._cycle = self._position = self._total  # the length of this cycle, and where we are on the line

    def choose(self, servers: Sequence[Server], avoid: Server | None = None, _head: object = None) -> Server | None:
        """Whose turn it is among ``servers``, which are those that are usable now; None when all of them are full.
        ``avoid`` is passed over as long as another one has room."""
        if servers is not self._servers:
            self.follow(servers)
        passed: list[_Turn] = []
        chosen, switched = self._search(avoid, passed)
        if chosen is not None:
            self._put_back(chosen)
        if passed:
            self._restore(passed, chosen, switched)
        return chosen.server if chosen is not None else None

    def _search(self, avoid: Server | None, passed: list[_Turn]) -> tuple[_Turn | None, bool]:
        """The server that takes this turn, and whether a cycle began on the way to it; ``passed`` collects the
        others."""
        switched = False
        avoided: _Turn | None = None
        while True:
            turn = self._peek()
            if turn is None:
                if switched:
                    return avoided, switched
                switched = True
                self._begin_cycle()
                continue
            self._take(turn)
            if self._has_room(turn.server):
                if avoid is None or turn.server.id != avoid.id:
                    return turn, switched
                avoided = turn
            passed.append(turn)

    def follow(self, servers: Sequence[Server]) -> None:
        """Servers went down or came up, or the configuration changed: those that stay keep their places."""
        wanted = {server.id: server for server in servers}
        for name, turn in list(self._turns.items()):
            if name not in wanted or wanted[name].weight != turn.server.weight:
                self._remove(name, turn)
        for name, server in wanted.items():
            if name in self._turns:
                self._turns[name].server = server
            else:
                self._join(server)
        self._servers = servers

    def _enrol(self, server: Server) -> _Turn:
        turn = self._turns[server.id] = _Turn(server)
        self._total += turn.weight
        return turn

    def _join(self, server: Server) -> None:
        """A server that came up waits as if its last turn were half a cycle ago, at the most."""
        turn = self._enrol(server)
        turn.remainder = away.remainder if (away := self._away.pop(server.id, None)) is not None else 0
        wait = ((self._total + self._cycle - self._position) & _U32) // turn.weight
        turn.next = (self._position + wait) & _U32
        self._put_back(turn)

    def _remove(self, name: str, turn: _Turn) -> None:
        self._away[name] = self._turns.pop(name)
        self._total -= turn.weight
        turn.home[:] = [entry for entry in turn.home if entry[2] is not turn]
        heapify(turn.home)

    def _peek(self) -> _Turn | None:
        """Who comes next: one whose position has come, else one that had no turn in this cycle, else who is near."""
        if self._current:
            turn = self._current[0][2]
            if turn.next <= self._position or not self._fresh:
                return turn
        if not self._fresh:
            return None
        turn = self._fresh[0][2]
        turn.next = turn.remainder = 0
        return turn

    def _take(self, turn: _Turn) -> None:
        """Take a server out of its heap (it is the first there), and find the position of its next turn."""
        heappop(turn.home)
        if not turn.next:
            turn.next = self._position
        step, remainder = divmod(self._total, turn.weight)
        turn.next += step
        turn.remainder += remainder
        if turn.remainder >= turn.weight:
            turn.remainder -= turn.weight
            turn.next += 1
        self._position += 1

    def _put_back(self, turn: _Turn) -> None:
        if turn.next >= self._cycle + min(self._cycle, self._total):
            turn.next -= self._cycle
            self._put_by_weight(self._later, turn)
            return
        key = _WEIGHT_RANGE * turn.next + (_HEAVIEST + turn.remainder - turn.weight) // _SCALE
        self._put(self._current, key, turn)

    def _put_by_weight(self, heap: list[_Entry], turn: _Turn) -> None:
        self._put(heap, _HEAVIEST - turn.weight, turn)

    def _put(self, heap: list[_Entry], key: int, turn: _Turn) -> None:
        self._serial += 1
        turn.home = heap
        heappush(heap, (key, self._serial, turn))

    def _begin_cycle(self) -> None:
        self._fresh, self._later = self._later, self._fresh
        self._cycle = self._position = self._total

    def _restore(self, passed: list[_Turn], chosen: _Turn | None, switched: bool) -> None:
        """Those that were full or avoided keep their place, or where a cycle began meanwhile, only their weight."""
        for turn in reversed(passed):
            if turn is not chosen:
                if switched:
                    self._put_by_weight(self._fresh, turn)
                else:
                    self._put_back(turn)
