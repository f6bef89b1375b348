"""What a script does beside its connections: let servers go on, start and stop them, wait for what has happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.differential.logs import masked
from tests.differential.steps import Step
from tests.sockets.wire import PATIENCE

if TYPE_CHECKING:
    from tests.differential.stage import Stage


@dataclass(frozen=True, slots=True)
class Signal(Step):
    """Let answers go on that wait for this word."""

    word: str

    async def play(self, stage: Stage) -> None:
        stage.words.setdefault(self.word, asyncio.Event()).set()


@dataclass(frozen=True, slots=True)
class Saw(Step):
    """Wait until the servers together have seen these bytes so often."""

    data: bytes
    times: int = 1

    async def play(self, stage: Stage) -> None:
        def count() -> int:
            return sum(
                each.received.count(self.data) for server in stage.servers.values() for each in server.connections
            )

        await until(lambda: count() >= self.times)


@dataclass(frozen=True, slots=True)
class Left(Step):
    """Wait until the proxy has left all connections of this server."""

    server: str

    async def play(self, stage: Stage) -> None:
        wires = [each.wire for each in stage.servers[self.server].connections if each.received]
        await until(lambda: all(wire.end != "open" for wire in wires))


@dataclass(frozen=True, slots=True)
class Refuse(Step):
    """The server is stopped."""

    server: str

    async def play(self, stage: Stage) -> None:
        await stage.servers[self.server].refuse()


@dataclass(frozen=True, slots=True)
class Listen(Step):
    """The server is started."""

    server: str

    async def play(self, stage: Stage) -> None:
        stage.servers[self.server].listen()


@dataclass(frozen=True, slots=True)
class Down(Step):
    """Wait until checks have found this out about "backend/server"."""

    server: str
    down: bool = True

    async def play(self, stage: Stage) -> None:
        async with asyncio.timeout(PATIENCE):
            while (self.server in await stage.proxy.down()) != self.down:  # noqa: ASYNC110  # neither side tells
                await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Logged(Step):
    """The next lines of the log, without their times."""

    count: int = 1

    async def play(self, stage: Stage) -> None:
        stage.note("the log", "\n".join(masked(line) for line in await stage.log.wait(self.count)))


async def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for what a recording has no event of its own for. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.005)
