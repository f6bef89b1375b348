"""Clients that hold WebSockets and do nothing: each upgrades, has one message carried both ways, and falls silent."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.bench.backends import WEBSOCKET_GUID
from tests.bench.processes import BenchError

KEY = base64.b64encode(b"affinity_gateway")
ACCEPT = base64.b64encode(hashlib.sha1(KEY + WEBSOCKET_GUID, usedforsecurity=False).digest())
MESSAGE = b"\x81\x85\x00\x00\x00\x00hello"
"""A masked text frame (RFC 6455 section 5.7); the backends send every byte back."""
AT_ONCE = 50

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def handshake(number: int) -> bytes:
    lines = (
        f"GET /ws?wtd=wt{number % 2 + 1}{number:016d} HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY.decode()}",
        "Sec-WebSocket-Version: 13",
    )
    return "\r\n".join((*lines, "", "")).encode()


async def open_one(port: int, number: int) -> Connection:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(handshake(number))
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101 ") or ACCEPT not in head:
        raise BenchError(f"a WebSocket was refused: {head[:200]!r}")
    writer.write(MESSAGE)
    if await reader.readexactly(len(MESSAGE)) != MESSAGE:
        raise BenchError("a WebSocket does not carry its messages")
    return reader, writer


@asynccontextmanager
async def held(port: int, count: int) -> AsyncIterator[list[Connection]]:
    """``count`` idle tunnels, opened some at once."""
    connections: list[Connection] = []
    try:
        while len(connections) < count:
            numbers = range(len(connections), min(count, len(connections) + AT_ONCE))
            connections += await asyncio.gather(*(open_one(port, number) for number in numbers))
        yield connections
    finally:
        for _, writer in connections:
            writer.transport.abort()
