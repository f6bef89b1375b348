"""Health checks: one task a server probes, ``routing/health`` counts, and a change becomes a new snapshot.

A server is up while its checks say so and nobody holds it down. Who holds servers down is the owner of instances: a
process that has died is down at once, whatever may answer on its port, and up again when it listens.

The first probes are spread over their interval, in the order of the file, so that servers are not probed all at once;
each later wait is moved by chance by up to ``JITTER``, so that they never come together again. Time, chance and the
probe are arguments.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from affinity_gw.control.probe import probe
from affinity_gw.control.state import Counts, ServerState, changed, report_change
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.queue import ServerLoad
from affinity_gw.routing.servers import CheckSpec, Server
from affinity_gw.routing.snapshot import Snapshot

JITTER = 0.05
"""A wait is between 95 and 105 hundredths of its interval."""

Probe = Callable[[Address, CheckSpec], Awaitable[str | None]]

log = structlog.get_logger("affinity_gw.checks")


def down_at_start(config: Config) -> frozenset[str]:
    """The ids of servers that have to prove themselves first: instances of our own, down until they listen."""
    return frozenset(server.id for backend in config.backends for server in backend.servers if server.instance)


class Checks:
    """Keeps the snapshot true. ``get_snapshot`` reads the one in force, ``publish`` replaces it."""

    def __init__(
        self,
        get_snapshot: Callable[[], Snapshot],
        publish: Callable[[Snapshot], None],
        *,
        probe: Probe = probe,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        load: Callable[[Server], ServerLoad] = lambda _: ServerLoad(),
    ) -> None:
        """``load``: a server's counters, of which the log tells when it changes."""
        self._get_snapshot, self._publish = get_snapshot, publish
        self._probe, self._sleep, self._clock, self._chance = probe, sleep, clock, chance
        self._states = {server.id: ServerState(server) for server in _servers(get_snapshot())}
        self._load = load
        self._tasks: list[asyncio.Task[None]] = []

    def __repr__(self) -> str:
        return f"<Checks {', '.join(map(repr, self._states.values()))}>"

    def statistics(self) -> Mapping[str, ServerState]:
        """What is known of each server, by id. Read it; it changes as time goes by."""
        return self._states

    async def start(self) -> None:
        self._update()
        checked = [state for state in self._states.values() if state.server.check is not None]
        for position, state in enumerate(checked):
            task = asyncio.create_task(self._watch(state, position / len(checked)), name=f"check {state.server.id}")
            self._tasks.append(task)

    async def stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def set_state(self, server_id: str, up: bool, reason: str) -> None:
        """The owner of an instance says that it listens, or that it does not; its checks begin anew or rest."""
        state = self._states[server_id]
        state.set_by_owner(up, reason)
        self._update()

    async def _watch(self, state: ServerState, share: float) -> None:
        """Probe one server for ever. ``share``, 0 to 1, is how much of an interval its first probe waits."""
        await self._sleep(state.health.interval * share)
        while True:
            await state.released.wait()
            started = self._clock()
            await self._check(state)
            wait = state.health.interval * (1 - JITTER + 2 * JITTER * self._chance())
            # HAProxy's interval runs from the start of one probe to the start of the next.
            await self._sleep(max(0.0, started + wait - self._clock()))

    async def _check(self, state: ServerState) -> None:
        health, started = state.health, self._clock()
        try:
            failure = await self._probe(health.spec.address or state.server.address, health.spec)
        except Exception as error:
            log.exception("a check failed in an unexpected way", server=state.server.id)
            failure = f"the check itself failed: {error!r}"
        state.check_ms = int((self._clock() - started) * 1000)
        # Held down meanwhile, or released with another health: the result is about a process that is gone.
        if state.released.is_set() and state.health is health and state.record(failure):
            self._update()

    def _update(self) -> None:
        """Publish who is down now, and report what that changes."""
        before = self._get_snapshot()
        after = before.with_down(frozenset(name for name, state in self._states.items() if not state.up))
        if after.down != before.down:
            waiting = {server: self._load(server).queued for server in changed(before, after)}
            self._publish(after)
            report_change(before, after, self._states, {s.id: self._counts(s, waiting[s]) for s in waiting})

    def _counts(self, server: Server, waited: int) -> Counts:
        load = self._load(server)
        return Counts(load.active, max(0, waited - load.queued), load.queued)


def _servers(snapshot: Snapshot) -> list[Server]:
    return [server for backend in snapshot.backends.values() for server in backend.servers]
