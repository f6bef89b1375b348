"""What is known of one server's state, and how a change of it is told.

``ServerState`` serves the checks, the summary at start and whoever asks later: its ``repr`` is the same everywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import structlog

from affinity_gw.routing.health import Health
from affinity_gw.routing.servers import CheckSpec, Server
from affinity_gw.routing.snapshot import Snapshot

log = structlog.get_logger("affinity_gw.checks")


class Counts(NamedTuple):
    """What a server had to do when it changed: requests on it, those that its queue lost by the change, those left."""

    sessions: int = 0
    requeued: int = 0
    queued: int = 0


class ServerState:
    """One server's own state; one that tracks another has none of its own and is always ``up`` here.

    reason:   why it is as it is, in words; empty until something happened.
    in_a_row: how many probes in a row had the same result.
    probes:   how many there were.
    check_ms: how long the last one took.
    released: set unless its owner holds it down.
    """

    __slots__ = ("_last", "check_ms", "health", "in_a_row", "probes", "reason", "released", "server")

    def __init__(self, server: Server) -> None:
        self.server = server
        self.health = Health(server.check or CheckSpec())
        self.reason = "it does not listen yet" if server.instance else ""
        self.probes = self.in_a_row = self.check_ms = 0
        self._last: bool | None = None
        self.released = asyncio.Event()
        if not server.instance:
            self.released.set()

    def __repr__(self) -> str:
        reason = f" ({self.reason})" if self.reason and not self.up else ""
        return f"{self.server.id} {'UP' if self.up else 'DOWN'}{reason}"

    @property
    def up(self) -> bool:
        return self.released.is_set() and self.health.up

    def record(self, failure: str | None) -> bool:
        """Count one probe: None was well. True when the server went up or down by it."""
        self.probes += 1
        success = failure is None
        self.in_a_row = self.in_a_row + 1 if success is self._last else 1
        self._last = success
        changed = self.health.record(success)
        if changed or not self.up:
            self.reason = failure or "its checks pass"
        return changed

    def set_by_owner(self, up: bool, reason: str) -> None:
        """Held down, or released and then up, with a health that knows nothing of the process before."""
        self.reason = reason
        self._last, self.in_a_row = None, 0
        if up:
            self.health = Health(self.health.spec)
            self.released.set()
        else:
            self.released.clear()


def report_change(
    before: Snapshot, after: Snapshot, states: Mapping[str, ServerState], counts: Mapping[str, Counts]
) -> None:
    """Log each server that changed, those that track it with it, and each backend that has none left."""
    for backend in after.backends.values():
        for server in backend.servers:
            if server.id in counts:
                _report_server(server, after, states[server.id], counts[server.id])
        if before.usable[backend.name] and not after.usable[backend.name]:
            message = f"backend {backend.name} has no server available"
            log.error(message, backend=backend.name, servers_left=0)


def changed(before: Snapshot, after: Snapshot) -> Iterator[Server]:
    """The servers that go up or down between the two, in the order of the file."""
    for backend in after.backends.values():
        for server in backend.servers:
            if (server.id in before.down) != (server.id in after.down):
                yield server


def _report_server(server: Server, after: Snapshot, state: ServerState, counts: Counts) -> None:
    up = server.id not in after.down
    via = f" via {server.track}" if server.track else ""
    word = "UP" if up else "DOWN"
    facts: dict[str, str | int] = {"via": server.track} if server.track else {"reason": state.reason}
    facts |= {"servers_left": after.nbsrv(server.backend), "backend": server.backend, "server": server.name}
    facts |= {"state": word} | _left(server, after) | counts._asdict()
    if server.check is not None and state.in_a_row:  # the probes' verdict, not an owner's
        facts |= {"in_a_row": state.in_a_row, "rise": server.check.rise, "fall": server.check.fall}
        facts |= {"check_ms": state.check_ms, "layer": 4 if server.check.request is None else 7}
    message = f"server {server.id} is {word}{via}"
    say = log.info if up else log.warning
    say(message, **facts)


def _left(server: Server, after: Snapshot) -> dict[str, str | int]:
    """How many of the backend are up, by kind, and of which this one is."""
    up = [each for each in after.backends[server.backend].servers if after.is_up(each) and each.weight]
    backups = sum(each.backup for each in up)
    return {"kind": "backup" if server.backup else "active", "active": len(up) - backups, "backups": backups}
