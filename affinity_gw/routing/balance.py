"""Which server a request without a pin goes to: what a balancer is, and which there are.

Every balancer answers the same question: of the servers that are usable now, which one is next? One that goes by turns
or by load passes over servers that are full, and None says that all of them are; one that hashes chooses a full server
too. ``avoid`` is the server that has just failed: it is taken only where no other has room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.backups import WithBackups
from affinity_gw.routing.balancewords import HASHES, read_balance, read_hash_type
from affinity_gw.routing.bounded import Bounded
from affinity_gw.routing.draws import Draw, Drawn
from affinity_gw.routing.hashed import Hashed
from affinity_gw.routing.maps import StaticRR, TurnMap
from affinity_gw.routing.queue import Queues, ServerLoad
from affinity_gw.routing.ranked import RANKS, Ranked
from affinity_gw.routing.ring import Ring
from affinity_gw.routing.roundrobin import RoundRobin
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import Server


class Balancer(Protocol):
    def choose(
        self, servers: Sequence[Server], avoid: Server | None = None, head: RequestHead | None = None, /
    ) -> Server | None:
        """The next of ``servers``, which are never empty, for this request."""

    def follow(self, servers: Sequence[Server]) -> None:
        """Other servers are usable from now on."""


class Around:
    """What balancers look at: the load of servers, their room, and chance."""

    __slots__ = ("draw", "has_room", "load")

    def __init__(self, load: Callable[[Server], ServerLoad], queues: Queues, draw: Draw) -> None:
        self.load = load
        self.has_room = queues.has_room
        self.draw = draw


def balancer(backend: Backend, around: Around) -> Balancer:
    """The balancer that a backend asks for, at its beginning."""
    active = [server for server in backend.servers if not server.backup]
    backups = [server for server in backend.servers if server.backup]
    own = _balancer(backend, active, around)
    if not backups or _is_mapped(backend):  # a map is drawn over whoever serves now
        return own
    return WithBackups(own, _balancer(backend, backups, around) if backend.allbackups else None)


def _is_mapped(backend: Backend) -> bool:
    name = read_balance(backend.balance).name
    return name == "static-rr" or (name in HASHES and not read_hash_type(backend.hash_type).consistent)


def _balancer(backend: Backend, servers: Sequence[Server], around: Around) -> Balancer:
    balance = read_balance(backend.balance)
    if balance.name in HASHES:
        return _hashed(backend, servers, around)
    if balance.name in RANKS:
        return Ranked(*RANKS[balance.name], around.load, around.has_room)
    if balance.name == "random":
        return Drawn(balance.draws, around.draw, Ring(around.has_room), around.load, around.has_room)
    if balance.name == "static-rr":
        return StaticRR(TurnMap(backend.servers, around.has_room))
    return RoundRobin(servers, around.has_room)


def _hashed(backend: Backend, servers: Sequence[Server], around: Around) -> Balancer:
    hash_type = read_hash_type(backend.hash_type)
    places: TurnMap | Ring = TurnMap(backend.servers, around.has_room)
    if hash_type.consistent:
        factor = backend.hash_balance_factor
        places = Ring(around.has_room, Bounded(servers, factor, around.load) if factor else None)
    return Hashed(read_balance(backend.balance), hash_type, places)


def queued_means_full(backend: Backend) -> bool:
    """Whether the backend's balance need not look for a server while requests wait for any of its servers."""
    return read_balance(backend.balance).name in {"roundrobin", "static-rr", "first", "sqf"}


def hashes(backend: Backend) -> bool:
    """Whether balance names one server for one key, so that another one is asked as late as for a pin."""
    return read_balance(backend.balance).name in HASHES
