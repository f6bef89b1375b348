"""One probe of one server: connect, perhaps ask, and say in words what was wrong.

As HAProxy does it: a TCP check is over when the connection stands, and ends with a reset, so that no server spends
anything on it; over TLS it is over after the handshake. An HTTP check sends exactly the bytes it was given, and
``routing/expect`` judges what comes.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import struct
import sys
from typing import Any, Protocol

from affinity_gw.routing.address import Address
from affinity_gw.routing.expect import MOST_READ, judge
from affinity_gw.routing.servers import CheckSpec
from affinity_gw.routing.tls import ServerTls
from affinity_gw.tls.store import Contexts, WrongName, verify_name

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: close sends a reset."""


class Failed(Exception):  # noqa: N818  # a verdict, not an error: it reads "probe failed: connection refused"
    """The server is not well; the message says why, for the log."""


async def probe(address: Address, spec: CheckSpec, contexts: Contexts | None = None) -> str | None:
    """None where the server is well, else the reason: "connection refused", "answered 500", "no answer within 2s"."""
    try:
        with await _connected(address, spec.connect_timeout) as connection:
            if spec.tls is not None and contexts is not None:
                await _over_tls(contexts, spec.tls, connection, spec)
            elif spec.request is None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:
                await _ask(_Plain(connection), spec.request, spec)
    except Failed as failed:
        return str(failed)
    except OSError as error:
        return in_words(error)
    return None


def in_words(error: OSError) -> str:
    """``connection refused``; for what has no everyday name, the system's own words."""
    if isinstance(error, socket.gaierror):
        return f"its name cannot be resolved: {error.strerror}"
    if (said := getattr(error, "verify_message", None)) is not None:
        return f"its certificate is refused: {said}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS: {(error.reason or str(error)).replace('_', ' ').lower()}"
    if isinstance(error, WrongName):
        return str(error)
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


class _Stream(Protocol):
    """What an HTTP check speaks on."""

    async def send(self, data: bytes) -> None:
        """All of it."""

    async def receive(self) -> bytes:
        """What has come; nothing at the end."""


class _Plain:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._connection, data)

    async def receive(self) -> bytes:
        return await self._loop.sock_recv(self._connection, MOST_READ)


class _Encrypted:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self) -> bytes:
        return await self._reader.read(MOST_READ)


async def _over_tls(contexts: Contexts, tls: ServerTls, connection: socket.socket, spec: CheckSpec) -> None:
    try:
        async with asyncio.timeout(spec.connect_timeout):
            reader, writer = await asyncio.open_connection(sock=connection, **contexts.options(tls, ""))
    except TimeoutError:
        raise Failed(f"no TLS handshake within {spec.connect_timeout:g}s") from None
    except ConnectionResetError:  # the loops say so of an end too
        raise Failed("closed during the TLS handshake") from None
    try:
        verify_name(tls, writer.transport)
        if spec.request is not None:
            await _ask(_Encrypted(reader, writer), spec.request, spec)
    finally:
        writer.transport.abort()


async def _ask(stream: _Stream, request: bytes, spec: CheckSpec) -> None:
    answer, ended = b"", False
    try:
        async with asyncio.timeout(spec.answer_timeout):
            await stream.send(request)
            while (verdict := judge(spec.expect, answer, ended=ended)) is None:
                received = await stream.receive()
                answer, ended = answer + received, not received
    except TimeoutError:
        raise Failed(f"no answer within {spec.answer_timeout:g}s") from None
    if verdict:
        raise Failed(verdict)
