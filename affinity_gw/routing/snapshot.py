"""Everything that routing reads, frozen at one moment.

``Frontend``, ``Backend`` and ``Server`` are what the operator wrote, already checked and compiled (``config/build``).
A ``Snapshot`` is all of them plus which servers are down. It is never changed: a change of health or a reload makes a
new one, which takes the old one's place by a single assignment. An exchange takes the snapshot once and keeps it, so a
decision never sees half of a change. Counters that live (connections, round-robin positions) stand beside it, in
``live``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from affinity_gw.routing.configuration import Config
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.userlists import Claim, Userlist


def nobody_waits(_backend: str) -> int:
    return 0


def nothing_is_verified(_claim: Claim) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``down``: the ids of all servers that are down, tracking ones included. ``usable``: by backend, the servers that
    balance may choose: up, with a weight, and backups only where nothing else is left (the first one, or all where
    ``allbackups`` says so)."""

    frontends: Mapping[str, Frontend]
    backends: Mapping[str, Backend]
    down: frozenset[str] = frozenset()
    usable: Mapping[str, tuple[Server, ...]] = field(default_factory=dict)
    queued: Callable[[str], int] = nobody_waits
    """How many requests wait in a backend and its servers now: the one live count that conditions read."""
    userlists: Mapping[str, Userlist] = field(default_factory=dict)
    verified: Callable[[Claim], bool | None] = nothing_is_verified
    """Whether a password is the right one, as far as that has been found out; None: not yet."""

    @classmethod
    def of(cls, config: Config, down: frozenset[str] = frozenset()) -> Snapshot:
        """The first snapshot of a configuration. ``down`` holds servers that are down by their own checks."""
        empty = cls(
            {f.name: f for f in config.frontends},
            {b.name: b for b in config.backends},
            userlists={each.name: each for each in config.userlists},
        )
        return empty.with_down(down)

    def with_down(self, down: frozenset[str]) -> Snapshot:
        """The same configuration with other servers down; those that track one of them go down with it."""
        everyone = {server.id: server for backend in self.backends.values() for server in backend.servers}
        all_down = frozenset(name for name, server in everyone.items() if decider(server, everyone) in down)
        usable = {name: _usable(backend, all_down) for name, backend in self.backends.items()}
        return replace(self, down=all_down, usable=usable)

    def is_up(self, server: Server) -> bool:
        return server.id not in self.down

    def may_choose(self, server: Server) -> bool:
        """Whether the server is usable for balance now: as ``server in usable``, however many they are."""
        usable = self.usable.get(server.backend)
        if not usable or usable[0].backup != server.backup:
            return False
        if server.backup:
            return any(server.id == each.id for each in usable)
        return server.weight > 0 and self.is_up(server)

    def nbsrv(self, backend: str) -> int:
        """HAProxy's ``nbsrv``: how many servers of a backend are usable now."""
        return len(self.usable[backend])


def decider(server: Server, everyone: Mapping[str, Server]) -> str:
    """The id of the server whose checks decide about this one: itself, or the end of what it tracks. ``everyone``: all
    servers by id; ``config`` has made sure that there is no circle."""
    while server.track:
        server = everyone[server.track]
    return server.id


def _usable(backend: Backend, down: frozenset[str]) -> tuple[Server, ...]:
    up = [server for server in backend.servers if server.id not in down and server.weight > 0]
    active = tuple(server for server in up if not server.backup)
    return active or tuple(up if backend.allbackups else up[:1])
