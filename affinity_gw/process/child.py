"""One process of an instance, as asyncio sees it: started in a session of its own, its output told line by line."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from affinity_gw.process.output import Lines, Say
from affinity_gw.process.plan import Plan


class Child(asyncio.SubprocessProtocol):
    """``exited`` when the process has ended, ``drained`` when all that it printed has been read."""

    def __init__(self, say: Say) -> None:
        self.exited = asyncio.Event()
        self.drained = asyncio.Event()
        self._say = say
        self._lines = Lines()
        self._transport: asyncio.SubprocessTransport | None = None

    @property
    def pid(self) -> int:
        """The leader of its session and of its process group, so both have this number too."""
        assert self._transport is not None  # noqa: S101  # spawn has awaited the connection
        return self._transport.get_pid()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: uvloop's transport has the methods, and is no subclass.
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002  # stderr goes into stdout's pipe
        self._log(self._lines.feed(data))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002  # an end is an end
        if fd == 1:
            self._log(self._lines.close())
            self.drained.set()

    def process_exited(self) -> None:
        self.exited.set()

    def bury(self) -> str:
        """Let go of its pipes, which its children may still hold; how it ended, in words."""
        assert self._transport is not None  # noqa: S101  # see pid
        self._transport.close()
        return ending(self._transport.get_returncode())

    def _log(self, lines: list[str]) -> None:
        for line in lines:
            self._say(line)


async def spawn(plan: Plan, environment: Mapping[str, str], say: Say) -> Child:
    """Start it; ``say`` is called with each line that it prints. Raises OSError, which ``why_not`` says in words."""
    _, child = await asyncio.get_running_loop().subprocess_exec(
        lambda: Child(say),
        *plan.command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=plan.directory,
        env={**os.environ, **plan.environment, **environment},
        start_new_session=True,
    )
    return child


def why_not(plan: Plan, error: OSError) -> str:
    if not Path(plan.directory).is_dir():
        return f"its directory {plan.directory} does not exist"
    if isinstance(error, FileNotFoundError):
        return f"there is no command {plan.command[0]}, neither in PATH nor from {plan.directory}"
    return f"{plan.command[0]}: {error.strerror}"


def ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"exited with status {status}"
