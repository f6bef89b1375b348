"""Requests that wait for a place, as HAProxy queues them (``maxconn`` of a server).

A backend has one queue, and so has each of its servers. A request to which a server was assigned, by its key or by a
hash, waits in that server's queue; any other waits in the backend's, for whichever server has a place first. A place
that becomes free goes to the older of the two heads. Both queues are first in, first out; ``timeout queue`` is the
caller's to keep.

A waiter is any hashable object: whoever waits, as the caller knows it. A place is one unit of ``ServerLoad.active``;
the caller counts it up when a request starts and down when its response is finished, and then asks who is next.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from affinity_gw.routing.decision import Forward
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot


class ServerLoad:
    """How busy a server is. ``active``: requests that have a place, counted by the proxy; ``queued``: requests that
    wait for this very server, counted by ``Queues``."""

    __slots__ = ("_watcher", "active", "queued")

    def __init__(self) -> None:
        self._watcher: Callable[[], None] | None = None
        self.active = 0
        self.queued = 0

    def watch(self, watcher: Callable[[], None] | None) -> None:
        """Call ``watcher`` after every change of ``active`` from now on; None ends it. There is at most one: the
        balancer that ranks servers by their load."""
        self._watcher = watcher
        # The same object, since queues and exchanges hold it; a load that nobody watches stays as cheap as it was.
        self.__class__ = ServerLoad if watcher is None else _WatchedLoad


class _WatchedLoad(ServerLoad):
    """A load whose changes somebody wants to hear of."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "active" and self._watcher is not None:
            self._watcher()


class Queue(OrderedDict[Hashable, "Wait"]):
    """Waiters in the order in which they came; each leaves from anywhere in constant time. ``served`` counts those who
    left it for a place on a server."""

    __slots__ = ("served",)

    def __init__(self) -> None:
        super().__init__()
        self.served = 0


class Wait:
    """One waiter's wait. ``load``: the server's counters in a server's queue, None in a backend's. ``position``: once
    it is over, how many were served from the queue meanwhile, the waiter included (HAProxy's %sq and %bq)."""

    __slots__ = ("_before", "forward", "load", "position", "ticket")

    def __init__(self, ticket: int, forward: Forward, load: ServerLoad | None, queue: Queue) -> None:
        self.ticket = ticket
        self.forward = forward
        self.load = load
        self.position = 0
        self._before = queue.served

    def end(self, queue: Queue) -> None:
        self.position = queue.served - self._before + 1
        if self.load is not None:
            self.load.queued -= 1


class Queues:
    """All queues of a process. ``load`` finds a server's counters."""

    __slots__ = ("_backends", "_load", "_servers", "_ticket", "_where")

    def __init__(self, load: Callable[[Server], ServerLoad]) -> None:
        self._load = load
        self._ticket = 0
        self._backends: dict[str, Queue] = {}
        self._servers: dict[str, Queue] = {}
        self._where: dict[Hashable, Queue] = {}

    def has_room(self, server: Server) -> bool:
        """Whether a request may go to the server now: below ``maxconn``, and nobody waits for it."""
        if not server.maxconn:
            return True
        load = self._load(server)
        return load.active < server.maxconn and not load.queued

    def waiting(self, backend: str) -> int:
        """How many requests wait for any server of the backend."""
        queue = self._backends.get(backend)
        return len(queue) if queue is not None else 0

    def enter(self, waiter: Hashable, forward: Forward) -> Wait:
        """Wait: for ``forward.server`` where it was assigned to the request, else for any server of the backend."""
        load: ServerLoad | None = None
        if forward.persistent or forward.assigned:
            queue = self._servers.setdefault(forward.server.id, Queue())
            load = self._load(forward.server)
            load.queued += 1
        else:
            queue = self._backends.setdefault(forward.backend.name, Queue())
        self._ticket += 1
        wait = queue[waiter] = Wait(self._ticket, forward, load, queue)
        self._where[waiter] = queue
        return wait

    def leave(self, waiter: Hashable) -> bool:
        """Wait no longer: too late, or the client is gone. False for a waiter that is in no queue."""
        queue = self._where.pop(waiter, None)
        if queue is None:
            return False
        queue.pop(waiter).end(queue)
        return True

    def next_for(self, server: Server, snapshot: Snapshot | None = None) -> Hashable | None:
        """Who takes the free place of this server: taken out of its queue, its ``Forward.server`` set. None where
        there is no place or nobody waits.

        Ask once for each place that becomes free, and after the server came up or was given room until None is
        answered; take the place (``active``) before asking again. With a snapshot, a server that balance may not choose
        now serves only its own queue, as in HAProxy.
        """
        if server.maxconn and self._load(server).active >= server.maxconn:
            return None
        queue = self._older(self._servers.get(server.id), self._shared(server, snapshot))
        if queue is None:
            return None
        waiter, wait = next(iter(queue.items()))
        self.leave(waiter)
        queue.served += 1
        wait.forward.server = server
        return waiter

    def drain(self, server: Server) -> list[Hashable]:
        """Everybody who waits for this very server, taken out of its queue: it went down, decide for them anew."""
        waiters = list(self._servers.get(server.id, ()))
        for waiter in waiters:
            self.leave(waiter)
        return waiters

    def _shared(self, server: Server, snapshot: Snapshot | None) -> Queue | None:
        queue = self._backends.get(server.backend)
        return queue if not queue or snapshot is None or snapshot.may_choose(server) else None

    @staticmethod
    def _older(own: Queue | None, shared: Queue | None) -> Queue | None:
        if not own or not shared:
            return own or shared or None
        return own if _oldest(own) < _oldest(shared) else shared


def _oldest(queue: Queue) -> int:
    return next(iter(queue.values())).ticket
