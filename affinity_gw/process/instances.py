"""The processes that the gateway starts itself: all of them together.

``on_state`` hears of each server that begins or ceases to listen, with the reason in words. They end with the gateway:
by ``stop``, or by the guard where the gateway was killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from affinity_gw.process.guarding import Guard
from affinity_gw.process.instance import Instance
from affinity_gw.process.plan import plans
from affinity_gw.routing.servers import InstancesSpec

GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL at the end."""


class Instances:
    """``specs`` with real ports (see ``ports.with_ports``). Without any nothing is started, the guard neither."""

    def __init__(self, specs: Sequence[InstancesSpec], on_state: Callable[[str, bool, str], None]) -> None:
        self._plans = list(plans(specs))
        self._on_state = on_state
        self._guard: Guard | None = None
        self._instances: list[Instance] = []

    def __repr__(self) -> str:
        return f"<Instances {', '.join(map(repr, self._instances))}>"

    @property
    def pids(self) -> Mapping[str, int]:
        """The processes that run now, by server id."""
        return {each.plan.id: each.pid for each in self._instances if each.pid is not None}

    def statistics(self) -> Sequence[Instance]:
        return self._instances

    async def start(self) -> None:
        """Start all. Returns when each listens, or cannot be started, or has taken longer than its start_timeout."""
        if not self._plans:
            return
        # The guard comes first: from then on nothing that is started can be left behind.
        guard = self._guard = Guard()
        self._instances = [Instance(plan, guard, self._on_state) for plan in self._plans]
        for instance in self._instances:
            instance.start()
        await asyncio.gather(*(instance.settled.wait() for instance in self._instances))

    async def stop(self, grace: float = GRACE) -> None:
        """End all, and wait until they are gone."""
        await asyncio.gather(*(instance.stop(grace) for instance in self._instances))
        self._instances = []
        if self._guard is not None:
            guard, self._guard = self._guard, None
            await asyncio.to_thread(guard.dismiss)
