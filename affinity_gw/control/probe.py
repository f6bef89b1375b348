"""One probe of one server: connect, perhaps ask, and say in words what was wrong.

As HAProxy does it: a TCP check is over when the connection stands, and ends with a reset, so that no server spends
anything on it; an HTTP check sends exactly the bytes it was given, and ``routing/expect`` judges what comes.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
import sys
from typing import Any

from affinity_gw.routing.expect import MOST_READ, judge
from affinity_gw.routing.snapshot import Address, CheckSpec

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: close sends a reset."""


class Failed(Exception):  # noqa: N818  # a verdict, not an error: it reads "probe failed: connection refused"
    """The server is not well; the message says why, for the log."""


async def probe(address: Address, spec: CheckSpec) -> str | None:
    """None where the server is well, else the reason: "connection refused", "answered 500", "no answer within 2s"."""
    try:
        with await _connected(address, spec.connect_timeout) as connection:
            if spec.request is None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:
                await _ask(connection, spec.request, spec)
    except Failed as failed:
        return str(failed)
    except OSError as error:
        return in_words(error)
    return None


def in_words(error: OSError) -> str:
    """``connection refused``; for what has no everyday name, the system's own words."""
    if isinstance(error, socket.gaierror):
        return f"its name cannot be resolved: {error.strerror}"
    if error.errno == errno.ENOENT:
        return "its socket does not exist"
    # asyncio puts words of its own into strerror ("Connect call failed ('127.0.0.1', 9090)").
    return (os.strerror(error.errno) if error.errno else str(error) or type(error).__name__).lower()


async def _connected(address: Address, seconds: float) -> socket.socket:
    """A connection to the first address that accepts one, of those that the name has."""
    failure: Exception = Failed("its name has no address")
    try:
        async with asyncio.timeout(seconds):
            for family, where in await _resolved(address):
                connection = socket.socket(family, socket.SOCK_STREAM)
                try:
                    connection.setblocking(False)
                    _delay_acknowledgement(connection)
                    await asyncio.get_running_loop().sock_connect(connection, where)
                except BaseException as error:
                    connection.close()
                    if not isinstance(error, OSError) or isinstance(error, TimeoutError):
                        raise
                    failure = error
                else:
                    return connection
    except TimeoutError:
        raise Failed(f"no connection within {seconds:g}s") from None
    raise failure


def _delay_acknowledgement(connection: socket.socket) -> None:
    """As HAProxy's checks: the handshake's last acknowledgement waits, and the reset goes in its place, so that the
    application never sees a connection. Wt logs an error for each one that is gone when it accepts it.
    """
    if sys.platform == "linux" and connection.family != socket.AF_UNIX:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)


async def _resolved(address: Address) -> list[tuple[int, Any]]:
    if address.path:
        return [(socket.AF_UNIX, address.path)]
    found = await asyncio.get_running_loop().getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    return [(family, where) for family, _, _, _, where in found]


async def _ask(connection: socket.socket, request: bytes, spec: CheckSpec) -> None:
    loop = asyncio.get_running_loop()
    answer, ended = b"", False
    try:
        async with asyncio.timeout(spec.answer_timeout):
            await loop.sock_sendall(connection, request)
            while (verdict := judge(spec.expect, answer, ended=ended)) is None:
                received = await loop.sock_recv(connection, MOST_READ)
                answer, ended = answer + received, not received
    except TimeoutError:
        raise Failed(f"no answer within {spec.answer_timeout:g}s") from None
    if verdict:
        raise Failed(verdict)
