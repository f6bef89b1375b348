"""Clients that leave: under ``abortonclose`` that ends the exchange at once; else an end of stream is only "I have
nothing more to say", and a request that came whole goes on even after a reset. The server hears of an end, and never
takes half a request for a whole one."""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, answering, get, ok, post
from tests.sockets.wire import eventually


async def silent_server(connection: Connection) -> None:
    await connection.request()


async def told(site: Site, number: int = 0) -> Connection:
    """The server's connection, once the gateway has left it; within two seconds."""
    connection = await site.servers[0].connection(number)
    await asyncio.wait_for(connection.over.wait(), 2)
    return connection


LEAVE = {"closes": RawClient.close, "resets": RawClient.reset}


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE.keys())
async def test_a_client_that_leaves_while_the_server_thinks_is_passed_on(site: Site, leave):
    server = await site.serve(silent_server)
    client = await site.client()
    await client.send(get())
    await server.connection()
    await asyncio.sleep(0.05)
    leave(client)
    await told(site)


async def slow_answer(connection: Connection) -> None:
    while await connection.request() is not None:
        await asyncio.sleep(0.3)
        if not await connection.send(ok(b"late")):
            return


async def test_a_half_close_after_the_request_still_gets_its_answer(site: Site):
    await site.serve(slow_answer, abortonclose=False)
    client = await site.client()
    await client.send(get())
    client.finish()
    response = await client.response()
    assert (response.status, response.body) == (200, b"late")
    assert await client.rest() == b""


@pytest.mark.parametrize("leave", ["close", "reset"])
async def test_without_abortonclose_a_request_outlives_its_client(site: Site, leave: str):
    """As in HAProxy: the server is not told, and what it answers is read."""
    server = await site.serve(slow_answer, abortonclose=False)
    client = await site.client()
    await client.send(get("/first"))
    await server.connection()
    await asyncio.sleep(0.05)
    getattr(client, leave)()
    await eventually(lambda: len(site.records) == 1)
    assert (site.records[0].status, site.records[0].termination) == (200, "----")
    await eventually(lambda: site.connections == 0)


@pytest.mark.parametrize("leave", ["close", "reset"])
async def test_without_abortonclose_a_request_that_waits_is_sent_though_its_client_has_left(site: Site, leave: str):
    server = await site.server(slow_answer)
    config = config_for(server, abortonclose=False, timeout={"queue": "3s"})
    config["backend"]["app"]["server"] = {"s1": {"address": server.address, "maxconn": 1}}
    await site.gateway(config)
    first, second = await site.client(), await site.client()
    await first.send(get("/first"))
    await server.connection()
    await second.send(get("/second"))
    await asyncio.sleep(0.05)
    getattr(second, leave)()
    assert (await first.response()).status == 200
    await eventually(lambda: len(site.records) == 2)
    assert [request.target for request in server.requests] == ["/first", "/second"]
    assert {record.termination for record in site.records} == {"----"}
    await eventually(lambda: site.connections == 1)


async def test_a_half_close_with_the_request_still_gets_its_answer(site: Site):
    """The end of the stream comes in the same read as the request, the body or the last of several."""
    await site.serve(answering(ok()), abortonclose=False)
    for data, count in ((get(), 1), (post(b"hello"), 1), (get("/1") + get("/2") + get("/3"), 3)):
        client = await site.client()
        await client.send(data)
        client.finish()
        assert [(await client.response()).status for _ in range(count)] == [200] * count
        assert await client.rest() == b""


async def test_a_half_close_under_abortonclose_ends_the_exchange(site: Site):
    server = await site.serve(silent_server, abortonclose=True)
    client = await site.client()
    await client.send(get())
    await server.connection()
    await asyncio.sleep(0.05)
    client.finish()
    await told(site)
    data = await client.rest()
    assert b" 200 " not in data


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE.keys())
async def test_a_client_that_leaves_in_mid_upload_is_passed_on(site: Site, leave):
    server = await site.serve(silent_server)
    client = await site.client()
    await client.send(post(b"x" * 10_000)[:5_000])
    connection = await server.connection()
    await asyncio.sleep(0.05)
    leave(client)
    await told(site)
    assert connection.received.count(b"x") < 10_000
    assert not [request for request in server.requests if request.complete]


async def test_a_chunked_upload_that_is_cut_gets_no_last_chunk(site: Site):
    server = await site.serve(silent_server)
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    connection = await server.connection()
    await asyncio.sleep(0.05)
    client.close()
    await told(site)
    assert b"0\r\n" not in connection.received
    assert not [request for request in server.requests if request.complete]


async def test_a_half_close_in_mid_upload_is_a_400(site: Site):
    """The rest can never come; the client can still read."""
    await site.serve(silent_server, abortonclose=False)
    client = await site.client()
    await client.send(post(b"x" * 100)[:-50])
    await asyncio.sleep(0.05)
    client.finish()
    data = await client.rest()
    assert data == b"" or data.startswith(b"HTTP/1.1 400 ")
    await told(site)


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE.keys())
async def test_a_client_that_leaves_in_mid_download_is_passed_on(site: Site, leave):
    async def endless(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while await connection.send(b"3e8\r\n" + b"x" * 1000 + b"\r\n"):  # noqa: ASYNC110  # a stream has a beat
            await asyncio.sleep(0.01)

    await site.serve(endless)
    client = await site.client()
    await client.send(get())
    await client.until(b"xxx")
    leave(client)
    await told(site)


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE.keys())
async def test_a_client_that_leaves_a_quiet_stream_is_passed_on(site: Site, leave):
    """Between two events nothing is written that could fail."""

    async def quiet(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")

    await site.serve(quiet)
    client = await site.client()
    await client.send(get())
    await client.until(b"hello")
    leave(client)
    await told(site)


async def test_a_client_that_leaves_while_it_reads_nothing_is_passed_on(site: Site):
    """With its reading paused an event loop may not hear of a close: the gateway has to notice all the same."""

    async def flooding(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        await connection.flood(b"x" * 100_000, 1000, patience=3)

    server = await site.serve(flooding)
    client = await site.client(receive_buffer=4096)
    await client.send(get())
    await server.connection()
    await asyncio.sleep(0.3)
    client.reset()
    await told(site)


async def test_a_client_that_leaves_with_more_requests_in_line_is_passed_on(site: Site):
    """Bytes of the next request lie in front of the end of the stream."""
    server = await site.serve(silent_server)
    client = await site.client()
    await client.send(get("/1") + get("/2"))
    await server.connection()
    await asyncio.sleep(0.05)
    client.reset()
    await told(site)
    assert [request.target for request in server.requests] == ["/1"]


async def test_half_a_head_and_an_end_is_a_400(site: Site):
    server = await site.serve(answering(ok()))
    client = await site.client()
    await client.send(b"GET / HTTP/1.1\r\nHos")
    client.finish()
    data = await client.rest()
    assert data.startswith(b"HTTP/1.1 400 ")
    assert server.connections == []


async def test_a_client_that_says_nothing_and_leaves_gets_nothing(site: Site):
    server = await site.serve(answering(ok()))
    client = await site.client()
    client.finish()
    data = await client.rest()
    assert data == b"" or data.startswith(b"HTTP/1.1 400 ")
    assert server.connections == []


async def test_an_exchange_after_an_abort_is_a_clean_one(site: Site):
    """The aborted connection is never used again: its answer would be the next client's."""

    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            await asyncio.sleep(0.2 if request.target == "/slow" else 0)
            if not await connection.send(ok(request.target.encode())):
                return

    server = await site.serve(script, connection="keep-alive")
    warm = await site.client()
    await warm.ask(get("/warm"))
    client = await site.client()
    await client.ask(get("/first"))
    await client.send(get("/slow"))
    await asyncio.sleep(0.05)
    client.reset()
    for number in range(5):
        assert (await warm.ask(get(f"/{number}"))).body == f"/{number}".encode()
    await asyncio.sleep(0.2)
    assert (await warm.ask(get("/last"))).body == b"/last"
    assert len(server.connections) >= 2
