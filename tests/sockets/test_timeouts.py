"""Every wait has an end: what runs out when, what the client is told, and what the server sees of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, answering, get, ok, post

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

SLACK = 1.5
"""The clock is a coarse one; the limits here are a few tenths of a second."""


def now() -> float:
    return asyncio.get_running_loop().time()


async def silent_server(connection: Connection) -> None:
    await connection.request()


HALF_HEADS = {
    "nothing": b"",
    "an-empty-line": b"\r\n",
    "half-a-line": b"GET / HT",
    "half-a-head": b"GET / HTTP/1.1\r\nHost: a\r\n",
}


@pytest.mark.parametrize("data", HALF_HEADS.values(), ids=HALF_HEADS.keys())
async def test_a_head_that_does_not_come_is_a_408(site: Site, data: bytes):
    server = await site.serve(answering(ok()), frontend={"timeout": {"http_request": "200ms"}})
    client = await site.client()
    begin = now()
    await client.send(data)
    response = await client.response()
    assert response.status == 408
    assert (response.one("Connection") or "").lower() == "close"
    assert await client.rest() == b""
    assert 0.15 < now() - begin < 0.2 + SLACK
    assert server.connections == []


async def test_a_dripping_head_does_not_stretch_its_time(site: Site):
    await site.serve(answering(ok()), frontend={"timeout": {"http_request": "200ms"}})
    client = await site.client()
    begin = now()

    async def drip() -> None:
        for byte in get("/", "X: " + "y" * 200):
            await client.send(bytes((byte,)))
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    assert (await client.response()).status == 408
    assert now() - begin < 0.2 + SLACK
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)


async def test_an_idle_kept_connection_is_closed_without_a_word(site: Site):
    """An error answer would be taken for the answer to a request that is just under way."""
    await site.serve(answering(ok()), frontend={"timeout": {"http_keep_alive": "200ms", "http_request": "10s"}})
    client = await site.client()
    await client.ask(get())
    begin = now()
    assert await client.rest() == b""
    assert client.end == "closed"
    assert 0.15 < now() - begin < 0.2 + SLACK


async def test_a_second_head_that_does_not_come_whole_is_a_408(site: Site):
    await site.serve(answering(ok()), frontend={"timeout": {"http_keep_alive": "10s", "http_request": "200ms"}})
    client = await site.client()
    await client.ask(get())
    await client.send(b"GET /half HT")
    assert (await client.response()).status == 408
    assert await client.rest() == b""


@pytest.mark.parametrize("request_", [get(), post(b"once")], ids=["GET", "POST"])
async def test_a_server_that_says_nothing_is_a_504(site: Site, request_: bytes):
    server = await site.serve(silent_server, timeout={"server": "200ms"})
    client = await site.client()
    begin = now()
    response = await client.ask(request_)
    assert (response.status, response.complete) == (504, True)
    assert 0.15 < now() - begin < 0.2 + SLACK
    await asyncio.wait_for(server.connections[0].over.wait(), 1)
    assert len(server.requests) == 1
    assert len(server.connections) == 1
    assert (await client.ask(get())).status == 504


async def test_an_answer_that_stops_in_its_body_is_cut(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 100)

    server = await site.serve(script, timeout={"server": "200ms"})
    client = await site.client()
    begin = now()
    response = await client.ask(get())
    assert (response.status, response.complete, response.body) == (200, False, b"x" * 100)
    assert 0.15 < now() - begin < 0.2 + SLACK
    await asyncio.wait_for(server.connections[0].over.wait(), 1)


async def test_every_byte_of_the_server_starts_its_time_anew(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(ok(b"drip by drip")[:-12])
        for byte in b"drip by drip":
            await asyncio.sleep(0.06)
            await connection.send(bytes((byte,)))

    await site.serve(script, timeout={"server": "200ms"})
    client = await site.client()
    begin = now()
    assert (await client.ask(get())).body == b"drip by drip"
    assert now() - begin > 0.6


async def test_the_time_of_the_client_does_not_run_while_the_server_thinks(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await asyncio.sleep(0.8)
        await connection.send(ok())

    await site.serve(script, frontend={"timeout": {"client": "200ms"}})
    client = await site.client()
    assert (await client.ask(get())).status == 200


async def test_the_time_of_the_server_does_not_run_while_the_client_uploads(site: Site):
    server = await site.serve(answering(ok()), timeout={"server": "200ms"}, frontend={"min_body_rate": 0})
    client = await site.client()
    await client.send(post(b"x" * 20)[:-20])
    for _ in range(20):
        await client.send(b"x")
        await asyncio.sleep(0.05)
    assert (await client.response("POST")).status == 200
    assert server.requests[0].body == b"x" * 20


async def test_a_body_that_stops_ends_the_request_on_both_sides(site: Site):
    """The server must not take half a body for a whole one."""
    server = await site.serve(silent_server, timeout={"server": "400ms"}, frontend={"timeout": {"client": "200ms"}})
    client = await site.client()
    begin = now()
    await client.send(post(b"x" * 100)[:-50])
    response = await client.response("POST")
    assert response.status in {408, 504}
    assert await client.rest() == b""
    assert now() - begin < 0.4 + SLACK
    await asyncio.wait_for(server.connections[0].over.wait(), 1)
    assert not [request for request in server.requests if request.complete]


async def test_a_client_that_stops_reading_is_left(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        await connection.flood(b"x" * 100_000, 1000, patience=5)
        connection.close()

    server = await site.serve(script, frontend={"timeout": {"client": "200ms"}})
    client = await site.client(receive_buffer=4096)
    await client.send(get())
    begin = now()
    connection = await server.connection()
    await asyncio.wait_for(connection.over.wait(), 0.2 + SLACK + 1)
    assert now() - begin > 0.15


async def test_a_connection_that_cannot_be_made_in_time_counts_as_refused(site: Site):
    """See test_retries for how often; here: a name for the client, and no trace on a server."""
    await site.gateway(config_for("192.0.2.1:9", retries=0, timeout={"connect": "200ms"}))
    client = await site.client()
    begin = now()
    assert (await client.ask(get())).status in {503, 504}
    assert now() - begin < 0.2 + SLACK


async def test_a_tunnel_that_is_idle_is_closed_on_both_sides(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n")

    timeouts = {"server": "100ms", "tunnel": "500ms"}
    server = await site.serve(script, timeout=timeouts, frontend={"timeout": {"client": "100ms"}})
    client = await site.client()
    assert (await client.ask(get("/", "Connection: upgrade", "Upgrade: chat"))).status == 101
    begin = now()
    await asyncio.sleep(0.3)
    await client.send(b"still here")
    assert await client.rest() == b""
    assert 0.7 < now() - begin < 0.8 + SLACK
    await asyncio.wait_for(server.connections[0].over.wait(), 1)
    assert server.connections[0].received.endswith(b"still here")


async def test_an_upload_below_the_minimum_rate_is_ended(site: Site):
    """One byte now and then keeps no deadline away for ever. (The mean is taken over half a minute: here only that a
    quick upload with pauses is not hit by it.)"""
    server = await site.serve(answering(ok()), frontend={"min_body_rate": 1000})
    client = await site.client()
    await client.send(post(b"x" * 5000)[:-5000])
    for _ in range(5):
        await client.send(b"x" * 1000)
        await asyncio.sleep(0.1)
    assert (await client.response("POST")).status == 200
    assert len(server.requests[0].body) == 5000


async def test_the_time_of_the_server_does_not_run_while_the_client_reads_slowly(site: Site):
    """The server has been stopped by back-pressure: its silence is not its own."""
    size = 24_000_000

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        assert await connection.flood(b"x" * 100_000, size // 100_000, patience=5) == size

    await site.serve(script, timeout={"server": "200ms"}, frontend={"timeout": {"client": "5s"}})
    client = await site.client(receive_buffer=65536)
    await client.send(get())
    await asyncio.sleep(0.8)
    await client.until(b"\r\n\r\n")
    assert len(await client.exactly(size)) == size


async def test_the_time_of_the_client_does_not_run_while_the_server_reads_slowly(site: Site):
    size = 24_000_000

    async def script(connection: Connection) -> None:
        await connection.head()
        await asyncio.sleep(0.8)
        await connection.exactly(size)
        await connection.send(ok())

    await site.serve(script, timeout={"server": "5s"}, frontend={"timeout": {"client": "200ms"}})
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size)
    assert await client.flood(b"x" * 100_000, size // 100_000, patience=5) == size
    assert (await client.response("POST")).status == 200


async def test_a_server_that_never_reads_its_request_is_given_up(site: Site):
    """No byte of it goes through for longer than ``timeout.server``."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await asyncio.sleep(4)

    await site.serve(script, timeout={"server": "200ms"})
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 64000000\r\n\r\n")
    sending = asyncio.create_task(client.flood(b"x" * 100_000, 640, patience=5))
    begin = now()
    assert (await client.response("POST")).status == 504
    assert now() - begin < 0.2 + SLACK
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
