"""What the state of backends and servers gives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from affinity_gw.routing.samples import Arguments, Fetch, Sample
from affinity_gw.routing.snapshot import Snapshot


def _usable_servers(arguments: Arguments) -> Sample:
    backend = arguments.backend()
    return Sample(lambda _head, snapshot: len(snapshot.usable[backend]))


def _queued(arguments: Arguments) -> Sample:
    backend = arguments.backend()
    return Sample(lambda _head, snapshot: snapshot.queued(backend))


def _average_queue(arguments: Arguments) -> Sample:
    """How many requests wait for each usable server, rounded up; twice as many as wait where no server is usable."""
    backend = arguments.backend()

    def value(_head: object, snapshot: Snapshot) -> int:
        waiting, servers = snapshot.queued(backend), len(snapshot.usable[backend])
        return -(-waiting // servers) if servers else 2 * waiting

    return Sample(value)


def _server_is_up(arguments: Arguments) -> Sample:
    arguments.at_most(1)
    named, slash, server = arguments.word(0).rpartition("/")
    backend = named if slash else arguments.place.backend
    if not backend or not server:
        raise ValueError(f"{arguments} wants a server in parentheses, such as {arguments.name}(pubsubs/twisted1)")
    arguments.known(backend, arguments.place.backends, "backend")
    servers: Collection[str] = [server]
    if isinstance(arguments.place.backends, Mapping):
        servers = arguments.place.backends[backend]
    name = f"{backend}/{arguments.known(server, servers, 'server')}"
    return Sample(lambda _head, snapshot: int(name not in snapshot.down))


STATE: Mapping[str, Fetch] = MappingProxyType(
    {
        "nbsrv": Fetch("integer", "connection", _usable_servers),
        "queue": Fetch("integer", "connection", _queued),
        "avg_queue": Fetch("integer", "connection", _average_queue),
        "srv_is_up": Fetch("boolean", "connection", _server_is_up),
    }
)
