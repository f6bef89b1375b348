"""One side that stops reading stops the other one's writing: between them are kernel buffers and a bounded one."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import resource
from pathlib import Path

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, get, ok
from tests.sockets.wire import eventually

PIECE = b"x" * 65536
TAKEN_AT_MOST = 16_000_000
"""Bytes that gateway and kernel may take off one side while the other one stands still (loopback buffers are large)."""
MEMORY_AT_MOST = 32_000_000


def resident() -> int:
    """This process's memory in bytes (where only its peak is known, that); gateway and peers live in it."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def test_a_client_that_reads_slowly_stops_the_server(site: Site):
    taken: list[int] = []

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 64000000\r\n\r\n")
        taken.append(await connection.flood(PIECE, 1000))

    server = await site.serve(script)
    client = await site.client(receive_buffer=4096)
    gc.collect()
    before = resident()
    await client.send(get())
    connection = await server.connection()
    await eventually(lambda: bool(taken))
    assert taken[0] < TAKEN_AT_MOST
    assert resident() - before < MEMORY_AT_MOST
    assert connection.end == "open"


async def test_a_server_that_reads_slowly_stops_the_client(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await asyncio.sleep(3)

    server = await site.serve(script)
    client = await site.client()
    before = resident()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 64000000\r\n\r\n")
    taken = await client.flood(PIECE, 1000)
    assert taken < TAKEN_AT_MOST
    assert resident() - before < MEMORY_AT_MOST
    assert server.connections[0].end == "open"


async def test_a_tunnel_holds_both_directions_back(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n")
        taken.append(await connection.flood(PIECE, 1000))
        await asyncio.sleep(1)

    taken: list[int] = []
    await site.serve(script)
    client = await site.client(receive_buffer=4096)
    before = resident()
    await client.send(get("/", "Connection: upgrade", "Upgrade: raw"))
    await client.until(b"\r\n\r\n")
    taken.append(await client.flood(PIECE, 1000))
    await eventually(lambda: len(taken) == 2)
    assert max(taken) < TAKEN_AT_MOST
    assert resident() - before < MEMORY_AT_MOST


async def test_all_goes_on_when_the_slow_side_reads_again(site: Site):
    size = 12_000_000
    body = b"".join(number.to_bytes(4, "big") for number in range(size // 4))

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for start in range(0, size, 65536):
            await connection.send(body[start : start + 65536])

    await site.serve(script)
    client = await site.client(receive_buffer=65536)
    await client.send(get())
    await asyncio.sleep(0.3)
    await client.until(b"\r\n\r\n")
    received = hashlib.sha256()
    left = size
    while left:
        data = await client.exactly(min(left, 1_000_000))
        received.update(data)
        left -= len(data)
    assert received.digest() == hashlib.sha256(body).digest()


async def test_pipelined_requests_wait_outside(site: Site):
    """A client that sends requests without reading answers fills its own buffers, not the gateway's."""

    async def script(connection: Connection) -> None:
        await connection.request()
        await asyncio.sleep(3)

    await site.serve(script)
    client = await site.client()
    before = resident()
    await client.send(get())
    taken = await client.flood(get("/" + "x" * 60) * 500, 1000)
    assert taken < TAKEN_AT_MOST
    assert resident() - before < MEMORY_AT_MOST


async def test_answers_that_nobody_reads_hold_back_the_requests(site: Site):
    served = 0

    async def script(connection: Connection) -> None:
        nonlocal served
        while await connection.request() is not None:
            served += 1
            if not await connection.send(ok(b"x" * 1_000_000)):
                return

    await site.serve(script, connection="keep-alive")
    client = await site.client(receive_buffer=4096)
    await client.send(get() * 64)
    await asyncio.sleep(0.4)
    assert served < 16


async def test_an_upload_waits_while_the_server_is_being_connected(site: Site):
    """Until there is a connection, a body has nowhere to go and must not pile up."""
    server = await site.serve(lambda connection: connection.request(), retries=3, timeout={"connect": "1s"})
    await server.stop()
    client = await site.client()
    before = resident()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 64000000\r\n\r\n")
    taken = await client.flood(PIECE, 1000, patience=0.3)
    assert taken < TAKEN_AT_MOST
    assert resident() - before < MEMORY_AT_MOST


@pytest.mark.parametrize("framing", ["length", "close"])
async def test_a_server_that_closes_behind_a_slow_client_loses_nothing(site: Site, framing: str):
    size = 8_000_000
    length = b"Content-Length: %d\r\n" % size if framing == "length" else b""

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        await connection.flood(b"x" * 100_000, size // 100_000, patience=5)
        connection.close()

    await site.serve(script)
    client = await site.client(receive_buffer=65536)
    await client.send(get("/", "Connection: close"))
    await asyncio.sleep(0.3)
    await client.until(b"\r\n\r\n")
    assert len(await client.rest()) == size
    assert client.end == "closed"
