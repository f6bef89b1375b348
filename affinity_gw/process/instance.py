"""The life of one instance: start, listen, die, start again later.

Nothing in here is cancelled: a task that is cancelled while it starts a process may leave one behind. ``stop`` sets an
event which every wait looks at, and ends the process, which is what the task waits for otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable

import structlog

from affinity_gw.control.probe import probe
from affinity_gw.process import output
from affinity_gw.process.child import Child, spawn, why_not
from affinity_gw.process.guarding import Guard
from affinity_gw.process.plan import Plan
from affinity_gw.routing.servers import CheckSpec

log = structlog.get_logger("affinity_gw.instances")

OnState = Callable[[str, bool, str], None]
"""A server's id, whether it listens, and why."""

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
STEADY = 60.0
"""An instance that has lived so many seconds starts again as if it had never died."""

DEATH = 5.0
"""Seconds that a killed process may take to be gone; one that hangs in the kernel is left to it."""

CONNECT = CheckSpec(connect_timeout=1.0)


class Delays:
    """How long to wait before an instance starts again: 0.5 s, 1 s, 2 s … 30 s."""

    __slots__ = ("_next",)

    def __init__(self) -> None:
        self._next = FIRST_DELAY

    def after(self, lived: float) -> float:
        """``lived``: seconds from its start to its death."""
        delay = FIRST_DELAY if lived >= STEADY else self._next
        self._next = min(2 * delay, LONGEST_DELAY)
        return delay


class Instance:
    """``settled`` is set when it listens for the first time, or when its first start has failed or takes too long.

    Raises GatewayError where its log cannot be opened.
    """

    def __init__(
        self, plan: Plan, guard: Guard, on_state: OnState, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.plan = plan
        self.settled = asyncio.Event()
        self.pid: int | None = None
        self.listening = False
        self.starts = 0
        self._guard, self._on_state, self._clock = guard, on_state, clock
        self._say = output.into_file(plan.log, plan.id) if plan.log else output.into_log(plan.id)
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        process = "not running" if self.pid is None else f"pid {self.pid}"
        return f"{self.plan.id} {process}{', listening' if self.listening else ''}"

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"instance {self.plan.id}")

    async def stop(self, grace: float) -> None:
        """Ask its process group to end, kill it after ``grace`` seconds, and return when it is gone."""
        self._stopping.set()
        for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, DEATH)):
            if self._task is not None and not self._task.done():
                self._signal(number)
                await asyncio.wait([self._task], timeout=patience)

    async def _run(self) -> None:
        delays = Delays()
        while not self._stopping.is_set():
            started = self._clock()
            reason = await self._live_whatever_happens()
            self.settled.set()
            if self._stopping.is_set():
                return
            delay = delays.after(self._clock() - started)
            self._on_state(self.plan.id, False, reason)
            message = f"instance {self.plan.id} {reason}; it starts again in {delay:g}s"
            log.warning(message, instance=self.plan.id, reason=reason, delay=delay)
            await _wait(self._stopping, delay)

    async def _live_whatever_happens(self) -> str:
        """A fault of ours costs this life of the instance, not the ones to come, nor those who wait for it."""
        try:
            return await self._live()
        except Exception as error:
            log.exception("an instance could not be watched", instance=self.plan.id)
            self._died()
            return f"cannot be watched: {error!r}"

    async def _live(self) -> str:
        """One process from start to end; how it ended, in words."""
        if await probe(self.plan.address, CONNECT) is None:
            return f"cannot start: another program listens on {self.plan.address}"
        try:
            child = await spawn(self.plan, self._guard.environment, self._say)
        except OSError as error:
            return f"cannot start: {why_not(self.plan, error)}"
        self._born(child)
        await self._until_listening(child)
        await child.exited.wait()
        self._died()
        await _wait(child.drained, 0.5)
        return child.bury()

    def _born(self, child: Child) -> None:
        self.pid = child.pid
        self.starts += 1
        self._guard.watch(self.pid)
        if self._stopping.is_set():  # asked to stop while it was being born
            self._signal(signal.SIGKILL)

    async def _until_listening(self, child: Child) -> None:
        """Try to connect until it works, or the process has ended. ``start_timeout`` ends only the wait of others."""
        started, pause = self._clock(), 0.02
        while not child.exited.is_set() and not self._stopping.is_set():
            if await probe(self.plan.address, CONNECT) is None:
                self._listens()
                return
            if self._clock() - started >= self.plan.start_timeout and not self.settled.is_set():
                self._is_late()
            await _wait(child.exited, pause)
            pause = min(pause * 1.5, 0.5)

    def _listens(self) -> None:
        self.listening = True
        self._on_state(self.plan.id, True, f"it listens on {self.plan.address}")
        self.settled.set()

    def _is_late(self) -> None:
        message = f"instance {self.plan.id} does not listen on {self.plan.address} after {self.plan.start_timeout:g}s"
        log.warning(message, instance=self.plan.id, advice="its server stays down until it does")
        self.settled.set()

    def _died(self) -> None:
        """What it left behind in its group goes too, for that may hold the port."""
        self._signal(signal.SIGKILL)
        if self.pid is not None:
            self._guard.forget(self.pid)
        self.pid, self.listening = None, False

    def _signal(self, number: signal.Signals) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # PermissionError: macOS, of zombies
                os.killpg(self.pid, number)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
