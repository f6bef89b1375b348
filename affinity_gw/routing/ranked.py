"""Balances that rank the servers: the first in rank that has room is next.

    leastconn   The fewest requests for its weight, waiting ones included; among equals the one whose requests changed
                longest ago. So requests that come one after the other rotate in the order of the file (HAProxy's
                ``lb_fwlc.c``: a tree, into which a server goes back behind its equals).
    first       The lowest id, so that the last servers stay idle and can be switched off (``lb_fas.c``).
    sqf         The fewest requests, weights do not count; among equals the first in the file (lighttpd 1.5,
                shortest queue first).

The ranks stand in a heap, and a server tells of every change of its load, so that nobody looks at all of them: 2.6 µs
a request with 2 servers, 3.0 µs with 1,000. A server that is full waits beside the heap until a request leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from heapq import heapify, heappop, heappush

from affinity_gw.routing.queue import ServerLoad
from affinity_gw.routing.servers import Server

Rank = Callable[[Server, ServerLoad], int]

_Entry = tuple[int, int, str]
"""Rank, then what decides among equals, then the server's id. One that is not its server's latest counts no more."""


def leastconn(server: Server, load: ServerLoad) -> int:
    """HAProxy's key (``fwlc_queue_srv``): an idle server is 0 whatever its weight, others are judged with one more."""
    busy = load.active + load.queued
    return (busy + 1) * 256 // server.weight if busy else 0


def first(_server: Server, _load: ServerLoad) -> int:
    return 0


def sqf(_server: Server, load: ServerLoad) -> int:
    return load.active


RANKS: dict[str, tuple[Rank, bool]] = {"leastconn": (leastconn, False), "first": (first, True), "sqf": (sqf, True)}
"""The rank, and whether equals stand in the order of their ids."""


class Ranked:
    """The servers of one backend in their order. ``in_order``: equals stand by id, else by when they came to rank."""

    __slots__ = ("_has_room", "_heap", "_in_order", "_latest", "_load", "_members", "_rank", "_serial", "_servers")

    def __init__(
        self, rank: Rank, in_order: bool, load: Callable[[Server], ServerLoad], has_room: Callable[[Server], bool]
    ) -> None:
        self._rank = rank
        self._in_order = in_order
        self._load = load
        self._has_room = has_room
        self._servers: Sequence[Server] = ()
        self._members: dict[str, Server] = {}
        self._latest: dict[str, _Entry | None] = {}  # None: full
        self._heap: list[_Entry] = []
        self._serial = 0

    def choose(self, servers: Sequence[Server], avoid: Server | None = None, _head: object = None) -> Server | None:
        if servers is not self._servers:
            self.follow(servers)
        passed: list[_Entry] = []
        chosen = self._search(avoid, passed)
        for entry in passed:
            heappush(self._heap, entry)
        return chosen

    def _search(self, avoid: Server | None, passed: list[_Entry]) -> Server | None:
        avoided: Server | None = None
        while self._heap:
            entry = self._heap[0]
            name = entry[2]
            if self._latest.get(name) is entry:
                server = self._members[name]
                if self._has_room(server):
                    if avoid is None or name != avoid.id:
                        return server
                    avoided = server
                passed.append(entry)
            heappop(self._heap)
        return avoided

    def follow(self, servers: Sequence[Server]) -> None:
        """Who came ranks behind its equals; who went is told no more."""
        before, self._members = self._members, {server.id: server for server in servers}
        self._servers = servers
        for name in before.keys() - self._members.keys():
            self._load(before[name]).watch(None)
            del self._latest[name]
        for name, server in self._members.items():
            if name not in before or _differ(before[name], server):
                self._latest[name] = None
                self._load(server).watch(partial(self._changed, name))
                self._changed(name)

    def _changed(self, name: str) -> None:
        """A request began or ended."""
        server = self._members[name]
        load = self._load(server)
        if server.maxconn and load.active >= server.maxconn:
            self._latest[name] = None
            return
        rank, latest = self._rank(server, load), self._latest[name]
        if latest is None or latest[0] != rank:
            self._put(server, rank)

    def _put(self, server: Server, rank: int) -> None:
        self._serial += 1
        entry = self._latest[server.id] = (rank, server.number if self._in_order else self._serial, server.id)
        if len(self._heap) > 4 * len(self._latest) + 64:
            self._heap = [each for each in self._latest.values() if each is not None]
            heapify(self._heap)
        else:
            heappush(self._heap, entry)


def _differ(one: Server, other: Server) -> bool:
    return (one.weight, one.number, one.maxconn) != (other.weight, other.number, other.maxconn)
