"""What lives beside the snapshot: counters, queues, and whose turn it is.

A snapshot is replaced whole and never changed; what is in here changes with every request and outlives the snapshots.
Everything is found by name (``backend/server``), so a reload that keeps a server keeps its counters. One ``Live``
belongs to one worker and one thread."""

from __future__ import annotations

from affinity_gw.routing.balance import Balancer, balancer
from affinity_gw.routing.hashing import Rendezvous
from affinity_gw.routing.queue import Queues, ServerLoad
from affinity_gw.routing.snapshot import Backend, BalanceName, Server, Snapshot

__all__ = ["Live", "ServerLoad"]


class Live:
    """The counters of one worker."""

    __slots__ = ("_balancers", "_hashes", "_loads", "queues")

    def __init__(self) -> None:
        self._loads: dict[str, ServerLoad] = {}
        self._balancers: dict[str, tuple[BalanceName, Balancer]] = {}
        self._hashes: dict[str, Rendezvous] = {}
        self.queues = Queues(self.load)

    def load(self, server: Server) -> ServerLoad:
        """The counters of a server: the same object as long as the process lives."""
        load = self._loads.get(server.id)
        if load is None:
            load = self._loads[server.id] = ServerLoad()
        return load

    def choose(self, backend: Backend, snapshot: Snapshot, avoid: Server | None = None) -> Server | None:
        """The next server by the backend's balance; None where all that are usable are full, or where none is usable.

        Where requests wait for any server of the backend, all servers are full: round robin and first do not look (and
        keep their positions), as in HAProxy.
        """
        servers = snapshot.usable[backend.name]
        if not servers or (backend.balance != "leastconn" and self.queues.waiting(backend.name)):
            return None
        return self._balancer(backend).choose(servers, avoid)

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
        if known is None or known[0] != backend.balance:
            known = self._balancers[backend.name] = (backend.balance, balancer(backend, self.load, self.queues))
        return known[1]
