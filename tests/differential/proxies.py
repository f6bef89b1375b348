"""The two proxies, each started for one scenario from the same file and ended with it.

Both inherit sockets that listen already (``bind fd@N``, as HAProxy's own tests do it), so no port can be lost and
nothing has to be waited for: who connects too early waits in the kernel. HAProxy gets a few lines of its own in a
second file: one thread, so that what it does is the same each time; a socket that tells who is down; and no
certificates of authorities to read at start, which would take four times as long as all the rest.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from functools import cache
from pathlib import Path
from typing import Protocol

import structlog

from affinity_gw import Gateway
from affinity_gw.control.access_log import make
from affinity_gw.control.log import LineWriter, configure
from affinity_gw.control.syslog import Syslog, open_targets
from affinity_gw.convert.load import load_config

HAPROXY = shutil.which("haproxy", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin")))

OWN = """
global
    nbthread 1
    httpclient.ssl.verify none
    stats socket {socket} mode 600 level admin
"""


class Proxy(Protocol):
    """One side."""

    name: str

    async def start(self, config: Path, listeners: list[socket.socket]) -> None:
        """Serve from this file, which names the listeners by their numbers."""

    async def down(self) -> set[str]:
        """The servers that are down, as "backend/server"."""

    async def stop(self) -> None: ...


class HAProxy:
    def __init__(self, name: str = "HAProxy") -> None:
        self.name = name
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = Path()

    async def start(self, config: Path, listeners: list[socket.socket]) -> None:
        assert HAPROXY is not None
        self._socket = config.with_name("stats")
        own = config.with_name("own.cfg")
        own.write_text(OWN.format(socket=self._socket))
        numbers = [each.fileno() for each in listeners]
        command = [HAPROXY, "-db", "-f", str(own), "-f", str(config)]
        with config.with_name("said").open("wb") as said:
            self._process = subprocess.Popen(command, pass_fds=numbers, stdout=said, stderr=said)  # noqa: ASYNC220  # 1 ms

    async def down(self) -> set[str]:
        table = [line.split(",") for line in (await self._say("show stat")).splitlines() if line.count(",") > 17]
        servers = [row for row in table if row[1] not in {"FRONTEND", "BACKEND", "svname"}]
        return {f"{row[0]}/{row[1]}" for row in servers if row[17].startswith(("DOWN", "MAINT"))}

    async def _say(self, words: str) -> str:
        """Nothing, where it does not listen to us yet."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._socket))
        except OSError:
            return ""
        writer.write(f"{words}\n".encode())
        answer = await reader.read(-1)
        writer.close()
        await writer.wait_closed()
        return answer.decode()

    async def stop(self) -> None:
        """Raises AssertionError where it was over already, with what it said."""
        if self._process is None:
            return
        ended = self._process.poll() is not None
        self._process.terminate()
        await asyncio.to_thread(self._process.wait)
        assert not ended, f"HAProxy ended by itself:\n{self._socket.with_name('said').read_text()}"


class Ours:
    name = "gateway"

    def __init__(self) -> None:
        self._gateway: Gateway | None = None
        self._targets: list[Syslog] = []

    async def start(self, config: Path, listeners: list[socket.socket]) -> None:
        loaded = load_config(config)
        self._targets = open_targets(loaded.general)
        if self._targets:
            configure(loaded.general, _nowhere(), self._targets)
        self._gateway = Gateway(loaded, make(loaded, _nowhere(), self._targets))
        for each in listeners:
            each.detach()  # the gateway takes it over by its number
        await self._gateway.start()

    async def down(self) -> set[str]:
        assert self._gateway is not None
        return set(self._gateway.snapshot.down)

    async def stop(self) -> None:
        if self._gateway is not None:
            await self._gateway.stop(0.0)
        for target in self._targets:
            target.close()
        structlog.reset_defaults()


@cache
def _nowhere() -> LineWriter:
    """For what would go to stdout and stderr."""
    return LineWriter(os.devnull)
