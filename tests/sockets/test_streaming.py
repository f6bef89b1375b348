"""Nothing is held back: what a server sends reaches the client within a turn of the loop, and the other way round."""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, get, ok

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def turns_until(condition, most: int = 50) -> int:
    """How many turns of the loop pass until ``condition`` holds. The peers take two themselves."""
    for turn in range(most):
        if condition():
            return turn
        await asyncio.sleep(0)
    raise AssertionError(f"not after {most} turns of the loop")


@pytest.mark.parametrize("framing", ["chunked", "close"])
async def test_an_event_reaches_the_client_within_a_turn_of_the_loop(site: Site, framing: str):
    head = STREAM if framing == "chunked" else STREAM.replace(b"Transfer-Encoding: chunked\r\n", b"")
    ready = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(head)
        ready.set()

    server = await site.serve(script)
    client = await site.client()
    await client.send(get())
    await client.until(b"\r\n\r\n")
    await ready.wait()
    connection = server.connections[0]
    for number in range(20):
        event = b"data: %d\n\n" % number
        reading = asyncio.create_task(client.until(event))
        await asyncio.sleep(0)
        connection.sock.send(chunk(event) if framing == "chunked" else event)
        assert await turns_until(reading.done) <= 6
        await reading


async def test_events_come_one_by_one_as_they_are_sent(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(STREAM)
        for number in range(10):
            await connection.send(chunk(b"data: %d\n\n" % number))
            await asyncio.sleep(0.05)
        await connection.send(b"0\r\n\r\n")

    await site.serve(script)
    client = await site.client()
    await client.send(get())
    loop = asyncio.get_running_loop()
    begin, came = loop.time(), []
    for number in range(10):
        await client.until(b"data: %d\n\n" % number)
        came.append(loop.time() - begin)
    assert came[0] < 0.2
    assert came[-1] - came[0] > 0.4
    await client.until(b"0\r\n\r\n")


async def test_the_head_does_not_wait_for_the_body(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(STREAM)

    await site.serve(script)
    client = await site.client()
    await client.send(get())
    assert b" 200 " in await client.until(b"\r\n\r\n", patience=0.5)


async def test_a_piece_of_an_upload_reaches_the_server_before_the_next_is_sent(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        for number in range(5):
            await connection.until(b"piece %d" % number)
            await connection.send(b"HTTP/1.1 103 Early Hints\r\nX-Got: %d\r\n\r\n" % number)
        await connection.send(ok())

    await site.serve(script)
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for number in range(5):
        await client.send(chunk(b"piece %d" % number))
        assert b"X-Got: %d" % number in await client.until(b"\r\n\r\n", patience=0.5)
    await client.send(b"0\r\n\r\n")
    assert (await client.response("POST")).status == 200


async def test_a_stream_outlives_the_times_of_head_and_keep_alive(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(STREAM)
        for number in range(8):
            await connection.send(chunk(b"%d" % number))
            await asyncio.sleep(0.1)
        await connection.send(b"0\r\n\r\n")

    short = {"http_request": "200ms", "http_keep_alive": "200ms", "client": "300ms"}
    await site.serve(script, frontend={"timeout": short}, timeout={"server": "300ms"})
    client = await site.client()
    response = await client.ask(get())
    assert (response.body, response.complete) == (b"01234567", True)


async def test_a_long_poll_does_not_hold_up_others(site: Site):
    release = asyncio.Event()

    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            if request.target == "/poll":
                await release.wait()
            await connection.send(ok(request.target.encode()))

    await site.serve(script, connection="keep-alive")
    polls = [await site.client() for _ in range(10)]
    for client in polls:
        await client.send(get("/poll"))
    quick = await site.client()
    for _ in range(3):
        assert (await quick.ask(get("/quick"))).body == b"/quick"
    release.set()
    assert [(await client.response()).body for client in polls] == [b"/poll"] * 10
