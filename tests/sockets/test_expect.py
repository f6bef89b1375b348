"""Expect: 100-continue is the server's to answer; the gateway steps in only where the server stays silent."""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, answering, get, ok

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

ASKING = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"


async def test_the_100_of_the_server_is_relayed_and_the_body_waits_for_it(site: Site):
    async def script(connection: Connection) -> None:
        head = await connection.head()
        assert b"100-continue" in head.lower()
        assert await connection.silent(0.05)
        await connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        assert await connection.exactly(5) == b"hello"
        await connection.send(ok())

    await site.serve(script)
    client = await site.client()
    await client.send(ASKING)
    assert await client.until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    await client.send(b"hello")
    response = await client.response("POST")
    assert (response.status, response.interim) == (200, [])


@pytest.mark.parametrize("final", [417, 413, 403])
async def test_a_refusal_by_the_server_comes_before_any_body(site: Site, final: int):
    answer = f"HTTP/1.1 {final} No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno".encode()

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(answer)
        connection.finish()

    server = await site.serve(script)
    client = await site.client()
    await client.send(ASKING)
    response = await client.response("POST", patience=1.5)
    assert (response.status, response.interim) == (final, [])
    client.close()
    assert b"hello" not in server.received


async def test_the_gateway_says_100_where_the_server_stays_silent(site: Site):
    """Wt never says it, and a client may wait for ever."""
    server = await site.serve(answering(ok()))
    client = await site.client()
    await client.send(ASKING)
    assert await client.silent(0.5)
    assert await client.until(b"\r\n\r\n", patience=2) == b"HTTP/1.1 100 Continue\r\n\r\n"
    await client.send(b"hello")
    assert (await client.response("POST")).status == 200
    assert server.requests[0].body == b"hello"


async def test_a_100_of_the_server_after_that_of_the_gateway_is_not_said_twice(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.exactly(5)
        await connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" + ok())

    await site.serve(script)
    client = await site.client()
    await client.send(ASKING)
    assert await client.until(b"\r\n\r\n", patience=2) == b"HTTP/1.1 100 Continue\r\n\r\n"
    await client.send(b"hello")
    response = await client.response("POST")
    assert response.status == 200
    assert 100 not in response.interim


async def test_a_client_that_does_not_wait_is_served_all_the_same(site: Site):
    server = await site.serve(answering(ok()))
    client = await site.client()
    await client.send(ASKING + b"hello")
    assert (await client.response("POST", patience=0.5)).status == 200
    assert server.requests[0].body == b"hello"


async def test_two_requests_that_expect_on_one_connection(site: Site):
    async def script(connection: Connection) -> None:
        while True:
            try:
                await connection.head()
            except EOFError:
                return
            await connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            await connection.exactly(5)
            await connection.send(ok())

    await site.serve(script, connection="keep-alive")
    client = await site.client()
    for _ in range(2):
        await client.send(ASKING)
        await client.until(b"100 Continue\r\n\r\n")
        await client.send(b"hello")
        assert (await client.response("POST")).status == 200


async def test_an_old_client_gets_no_interim_answer(site: Site):
    """RFC 9110 section 15.2: never to HTTP/1.0, nor is its Expect honoured (section 10.1.1)."""

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + ok())

    await site.serve(script)
    client = await site.client()
    await client.send(ASKING.replace(b"HTTP/1.1", b"HTTP/1.0") + b"hello")
    data = await client.rest()
    assert data.count(b"HTTP/1.1") == 1
    assert b" 200 " in data


async def test_interim_answers_come_when_they_are_sent(site: Site):
    go_on = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
        await go_on.wait()
        await connection.send(ok())

    await site.serve(script)
    client = await site.client()
    await client.send(get())
    hints = await client.until(b"\r\n\r\n", patience=0.5)
    assert hints.startswith(b"HTTP/1.1 103 ")
    assert b"</a.css>; rel=preload" in hints
    go_on.set()
    assert (await client.response()).status == 200


@pytest.mark.parametrize("refusal", ["server", "gateway"])
async def test_after_a_refusal_the_next_bytes_are_not_guessed_at(site: Site, refusal: str):
    """Has the client sent its body after all, or is this the next request? Nobody can tell: the connection ends."""
    rules = [{"when": "{ path /denied }", "deny": 403}]

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno")

    server = await site.serve(script, connection="keep-alive", frontend={"rule": rules})
    client = await site.client()
    await client.send(ASKING.replace(b"POST /", b"POST /denied") if refusal == "gateway" else ASKING)
    response = await client.response("POST")
    assert (response.status, response.interim) == (403, [])
    await client.send(get("/smuggled"))
    assert await client.rest() == b""
    assert b"/smuggled" not in server.received


@pytest.mark.parametrize("interim", [100, 103])
async def test_a_server_that_closes_after_an_interim_answer_is_a_502(site: Site, interim: int):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 %d Hm\r\n\r\n" % interim)
        connection.close()

    await site.serve(script)
    client = await site.client()
    await client.send(ASKING)
    response = await client.response("POST")
    assert (response.status, response.interim) == (502, [interim])


async def test_a_thousand_interim_answers_pass(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000 + ok())

    await site.serve(script)
    client = await site.client()
    response = await client.ask(get())
    assert (response.status, len(response.interim)) == (200, 1000)
