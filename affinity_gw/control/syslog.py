"""Lines for syslog: framed as HAProxy frames them, sent as datagrams that nobody waits for.

A collector that is away, or whose socket is full, costs its lines and nothing else; the gateway's own log says so when
it begins, and how many they were when it is over. A unix socket that was replaced is found again.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

from affinity_gw.control.haproxy_fields import MONTHS
from affinity_gw.control.lines import LineWriter, Losses, OnLoss
from affinity_gw.routing.address import Address
from affinity_gw.routing.logs import LogTarget

Frame = Callable[[int, str], str]
"""A priority (facility and level in one number) and a message; the line."""


class Syslog:
    """One target. ``send`` takes the level of RFC 5424; ``tag`` is what lines call the program."""

    def __init__(self, target: LogTarget, tag: str, on_loss: OnLoss | None = None) -> None:
        self.target = target
        self._frame = FRAMES[target.form](tag)
        self._send: Datagrams | LineWriter
        if target.address.fd is None:
            self._send = Datagrams(target.address, on_loss)
        else:
            self._send = LineWriter(target.address.fd, on_loss)

    def send(self, level: int, message: str) -> None:
        """Never waits and never raises."""
        target = self.target
        if level > target.level:
            return
        line = self._frame(target.facility * 8 + max(level, target.at_most), message)
        self._send.write(line.encode("utf-8", "backslashreplace")[: target.length])

    def close(self) -> None:
        self._send.close()


class Datagrams:
    """A socket that sends or loses. ``write`` takes one line without its end, and gives it one."""

    def __init__(self, address: Address, on_loss: OnLoss | None) -> None:
        self._losses = Losses(on_loss)
        if address.path:
            self._where: str | tuple[str, int] = address.path
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        else:
            family, _, _, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
            self._where = (str(where[0]), int(where[1]))
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def write(self, line: bytes) -> None:
        try:
            self._socket.sendto(line + b"\n", self._where)
        except OSError as error:
            self._losses.add(1, (error.strerror or str(error)).lower())
        else:
            if self._losses.told:
                self._losses.over()

    def close(self) -> None:
        self._losses.over()
        self._socket.close()


def _rfc3164(tag: str) -> Frame:
    """``<134>Nov 21 05:20:32 haproxy[21566]: …``, without a host's name, as HAProxy without log-send-hostname."""
    name = f"{tag}[{os.getpid()}]"

    def frame(priority: int, message: str) -> str:
        now = time.localtime()
        date = f"{MONTHS[now.tm_mon - 1]} {now.tm_mday:2} {now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02}"
        return f"<{priority}>{date} {name}: {message}"

    return frame


def _rfc5424(tag: str) -> Frame:
    """RFC 5424 section 6, with microseconds and this host's name."""
    name = f"{socket.gethostname()} {tag} {os.getpid()} - - "
    return lambda priority, message: (
        f"<{priority}>1 {datetime.now(UTC).isoformat(timespec='microseconds')} {name}{message}"
    )


def _raw(_tag: str) -> Frame:
    return lambda _priority, message: message


def _short(_tag: str) -> Frame:
    """The level alone, as systemd's journal wants it."""
    return lambda priority, message: f"<{priority % 8}>{message}"


FRAMES: dict[str, Callable[[str], Frame]] = {"rfc3164": _rfc3164, "rfc5424": _rfc5424, "raw": _raw, "short": _short}
