"""Lines for syslog: framed as HAProxy frames them, sent as datagrams that nobody waits for.

A collector that is away, or whose socket is full, costs its lines and nothing else; the gateway's own log says so when
it begins, and how many they were when it is over. A unix socket is connected at once, so that it is reached from within
a chroot as well; one that was replaced is found again, where its path still leads to it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

from affinity_gw.control.haproxy_fields import MONTHS
from affinity_gw.control.lines import LineWriter, Losses, OnLoss
from affinity_gw.control.log import losses_to_log
from affinity_gw.errors import GatewayError
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Global
from affinity_gw.routing.logs import LogTarget

Frame = Callable[[int, str], str]
"""A priority (facility and level in one number) and a message; the line."""


def open_targets(general: Global) -> list[Syslog]:
    """All of ``log.syslog``; complaints go to the gateway's own log. Raises GatewayError for one that cannot be."""
    opened: list[Syslog] = []
    for target in general.log_targets:
        try:
            opened.append(Syslog(target, general.log_tag, losses_to_log(f"{target.address} log")))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            advice = "write in log.syslog an address that this machine knows, or leave it out"
            raise GatewayError(f"log lines cannot be sent to {target.address}: {reason}; {advice}") from error
    return opened


class Syslog:
    """One target. ``send`` takes the level of RFC 5424; ``tag`` is what lines call the program."""

    def __init__(self, target: LogTarget, tag: str, on_loss: OnLoss | None = None) -> None:
        self.target = target
        self._frame = FRAMES[target.form](tag)
        self._send: Datagrams | LineWriter
        if target.address.fd is None:
            self._send = Datagrams(target.address, on_loss)
        else:
            os.fstat(target.address.fd)  # there has to be one
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


GONE = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.ENOTCONN, errno.EDESTADDRREQ})
"""What sending says where a unix socket's owner has left, or was never there."""

QUIET = 1.0
"""Seconds between the beginning of a loss and word of its end: a socket that is full again and again says so rarely."""


class Datagrams:
    """A socket that sends or loses. ``write`` takes one line without its end, and gives it one. Raises OSError for a
    name that cannot be resolved."""

    def __init__(self, address: Address, on_loss: OnLoss | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._losses = Losses(on_loss)
        self._clock, self._lost_at = clock, 0.0
        self._path = address.path
        if address.path:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            with contextlib.suppress(OSError):  # who is away now may come
                self._socket.connect(address.path)
            return
        host = address.host or "127.0.0.1"
        family, _, _, _, where = socket.getaddrinfo(host, address.port, type=socket.SOCK_DGRAM)[0]
        self._where = (str(where[0]), int(where[1]))
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def write(self, line: bytes) -> None:
        try:
            if self._path:
                self._send_connected(line + b"\n")
            else:
                self._socket.sendto(line + b"\n", self._where)
        except OSError as error:
            if not self._losses.told:
                self._lost_at = self._clock()
            self._losses.add(1, (error.strerror or str(error)).lower())
        else:
            if self._losses.told and self._clock() - self._lost_at >= QUIET:
                self._losses.over()

    def _send_connected(self, line: bytes) -> None:
        """Connects again where nobody has the socket any more."""
        try:
            self._socket.send(line)
        except OSError as error:
            if error.errno not in GONE:
                raise
            self._socket.connect(self._path)
            self._socket.send(line)

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
