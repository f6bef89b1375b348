"""What lives beside the snapshot: counters, queues, and whose turn it is.

A snapshot is replaced whole and never changed; what is in here changes with every request and outlives the snapshots.
Everything is found by name (``backend/server``), so a reload that keeps a server keeps its counters. One ``Live``
belongs to one worker and one thread."""

from __future__ import annotations

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.balance import Around, Balancer, balancer, queued_means_full
from affinity_gw.routing.draws import Draw, Xorshift
from affinity_gw.routing.hashing import Rendezvous
from affinity_gw.routing.maps import common_divisor
from affinity_gw.routing.queue import Queues, ServerLoad
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot

__all__ = ["Live", "ServerLoad"]


class Live:
    """The counters of one worker. ``draw`` is where ``balance = "random"`` has its chance from: the next of 32 random
    bits; the same sequence in every run where it is not given."""

    __slots__ = ("_around", "_balancers", "_hashes", "_loads", "queues")

    def __init__(self, draw: Draw | None = None) -> None:
        self._loads: dict[str, ServerLoad] = {}
        self._balancers: dict[str, tuple[Backend, Balancer]] = {}
        self._hashes: dict[str, Rendezvous] = {}
        self.queues = Queues(self.load)
        self._around = Around(self.load, self.queues, draw or Xorshift())

    def load(self, server: Server) -> ServerLoad:
        """The counters of a server: the same object as long as the process lives."""
        load = self._loads.get(server.id)
        if load is None:
            load = self._loads[server.id] = ServerLoad()
        return load

    def choose(
        self, backend: Backend, snapshot: Snapshot, avoid: Server | None = None, head: RequestHead | None = None
    ) -> Server | None:
        """The next server by the backend's balance; None where all that are usable are full, or where none is usable.

        Where requests wait for any server of the backend, all servers are full: balances that go by turns do not look
        (and keep their positions), as in HAProxy. ``head``: whose key is hashed, where balance hashes.
        """
        servers = snapshot.usable[backend.name]
        if not servers or (self.queues.waiting(backend.name) and queued_means_full(backend)):
            return None
        return self._balancer(backend).choose(servers, avoid, head)

    def hashed(self, backend: Backend, snapshot: Snapshot, key: str) -> Server | None:
        """The server of a key by rendezvous hashing over those that are usable; None where none is."""
        servers = snapshot.usable[backend.name]
        hashes = self._hashes.get(backend.name)
        if hashes is None or hashes.servers is not servers:
            hashes = self._hashes[backend.name] = Rendezvous(servers)
        return hashes.choose(key) if servers else None

    def follow(self, snapshot: Snapshot) -> None:
        """A new snapshot holds from now on. A balancer notices by itself when it is asked next; only where several
        servers change before that does it matter that each change is told in turn, as HAProxy's are."""
        for name, (_, state) in self._balancers.items():
            if name in snapshot.backends:
                state.follow(snapshot.usable[name])

    def _balancer(self, backend: Backend) -> Balancer:
        known = self._balancers.get(backend.name)
        if known is None or known[0] is not backend:
            known = self._balancers[backend.name] = (backend, self._renewed(backend, known))
        return known[1]

    def _renewed(self, backend: Backend, known: tuple[Backend, Balancer] | None) -> Balancer:
        """A balancer outlives a reload that leaves its words as they were."""
        if known is not None and _same_balance(known[0], backend):
            return known[1]
        for server in known[0].servers if known is not None else ():
            self.load(server).watch(None)
        return balancer(backend, self._around)


def _same_balance(one: Backend, other: Backend) -> bool:
    return _balance(one) == _balance(other)


def _balance(backend: Backend) -> tuple[object, ...]:
    """What a balancer is made of and cannot follow: its words, and what is counted over all servers of a backend."""
    words = (backend.balance, backend.hash_type, backend.hash_balance_factor, backend.allbackups)
    bounded = [(server.id, server.weight) for server in backend.servers if backend.hash_balance_factor]
    return *words, bounded, common_divisor(backend.servers), any(server.backup for server in backend.servers)
