"""The log server: a UDP socket that keeps every line, and what is compared of one."""

from __future__ import annotations

import asyncio
import re
import socket

from tests.sockets.wire import PATIENCE

MASKS = (
    (re.compile(r"^(<\d+>)\w{3} [ \d]\d \d\d:\d\d:\d\d haproxy\[\d+\]: "), r"\1TIME PROCESS: "),
    (re.compile(r"^(<\d+>)\w{3} [ \d]\d \d\d:\d\d:\d\d [\w-]+\[\d+\]: "), r"\1TIME PROCESS: "),
    (re.compile(r"127\.0\.0\.1:\d+(?= \[| \(| to )"), "ADDRESS"),
    (re.compile(r"check duration: \d+ms"), "check duration: Tms"),
    (re.compile(r"\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d\.\d{3}\]"), "[TIME]"),
)
"""What differs from run to run: who says it and when, and from which port a client came."""

TIMES = re.compile(r"(?<= )(?:\+?-?\d+/){2,4}\+?-?\d+(?= (?:\d{3}|-1|\+?\d+) )")


def masked(line: str) -> str:
    """The line without times; of each timer only whether it was reached (-1 is kept)."""
    # How much of a target there is room for depends on how many digits the times have.
    line = re.sub("x{500,}$", f"x, cut after {len(line)} bytes", line)
    for pattern, instead in MASKS:
        line = pattern.sub(instead, line)
    return TIMES.sub(lambda found: re.sub(r"(?<![-\d])\d+", "T", found[0]), line, count=1)


class LogReader:
    """``lines``: as they came."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._socket: socket.socket | None = None

    async def open(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        assert self._socket is not None
        return "{}:{}".format(*self._socket.getsockname())

    async def wait(self, count: int) -> list[str]:
        """The next lines that match no noise. Raises TimeoutError."""
        assert self._socket is not None
        async with asyncio.timeout(PATIENCE):
            while len(self.lines) < count:
                data = await asyncio.get_running_loop().sock_recv(self._socket, 65536)
                self.lines.append(data.decode("latin-1").rstrip("\n\0"))
        taken, self.lines = self.lines[:count], self.lines[count:]
        return taken

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
