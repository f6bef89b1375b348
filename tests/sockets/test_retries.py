"""Connections that could not be established are tried again, on which server and when as HAProxy does; requests that
have been sent never are, but for the one exception of RFC 9110 section 9.2.2 (see test_pool)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Iterator

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, answering, get, ok, post

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])


@contextlib.contextmanager
def refusing() -> Iterator[str]:
    """An address on which nobody listens and nobody will."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@contextlib.contextmanager
def never_accepting() -> Iterator[str]:
    """An address whose backlog is full: a SYN is not answered."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_a_refused_connection_moves_to_another_server_at_once(site: Site):
    """Round robin, no pin, redispatch: HAProxy's first failure already goes elsewhere, without a wait."""
    server = await site.server(answering(ok(b"alive")))
    with refusing() as dead:
        await site.gateway(config_for(dead, server))
        client = await site.client()
        begin = now()
        for request in (get(), post(b"once"), get()):
            assert (await client.ask(request)).body == b"alive"
        assert now() - begin < 0.5
    assert [request.body for request in server.requests] == [b"", b"once", b""]


@pytest.mark.parametrize("request_", [get(), post(b"x")], ids=["GET", "POST"])
async def test_a_single_dead_server_is_tried_once_a_second_then_503(site: Site, request_: bytes):
    with refusing() as dead:
        await site.gateway(config_for(dead, retries=1))
        client = await site.client()
        begin = now()
        assert (await client.ask(request_)).status == 503
        assert 0.9 < now() - begin < 1.6
        assert await client.silent(0.05)


async def test_the_wait_between_attempts_is_never_longer_than_the_connect_timeout(site: Site):
    with refusing() as dead:
        await site.gateway(config_for(dead, retries=3, timeout={"connect": "100ms"}))
        client = await site.client()
        begin = now()
        assert (await client.ask(get())).status == 503
        assert 0.25 < now() - begin < 0.8


async def test_without_redispatch_the_same_server_is_tried_again(site: Site):
    server = await site.server(answering(ok()))
    with refusing() as dead:
        await site.gateway(config_for(dead, server, redispatch=False, retries=2, timeout={"connect": "100ms"}))
        client = await site.client()
        assert (await client.ask(get())).status == 503
        assert server.connections == []
        assert (await client.ask(get())).status == 200


async def test_a_server_that_comes_back_between_attempts_serves_the_request(site: Site):
    server = await site.serve(answering(ok(b"back")), retries=3, timeout={"connect": "200ms"})
    await server.stop()
    client = await site.client()
    await client.send(post(b"once"))
    assert await client.silent(0.1)
    await server.start()
    assert (await client.response("POST")).body == b"back"
    assert [request.body for request in server.requests] == [b"once"]


async def test_a_pinned_request_stays_until_its_last_retry_goes_elsewhere(site: Site):
    server = await site.server(answering(ok(b"other")))
    with refusing() as dead:
        affinity = [{"extractor": "cookie", "name": "SERVERID", "insert": True}]
        await site.gateway(config_for(dead, server, affinity=affinity, retries=2, timeout={"connect": "200ms"}))
        client = await site.client()
        begin = now()
        response = await client.ask(get("/", "Cookie: SERVERID=s1"))
        assert response.body == b"other"
        assert 0.15 < now() - begin < 0.6
        assert response.one("Set-Cookie") == "SERVERID=s2; path=/"


FULL_BACKLOG = pytest.mark.skipif(sys.platform != "linux", reason="a full backlog is silent on Linux only")


@FULL_BACKLOG
@pytest.mark.parametrize("retries", [0, 1])
async def test_a_server_that_never_accepts_is_given_up_after_the_connect_timeout(site: Site, retries: int):
    with never_accepting() as address:
        await site.gateway(config_for(address, retries=retries, timeout={"connect": "200ms"}))
        client = await site.client()
        begin = now()
        assert (await client.ask(get())).status in {503, 504}
        assert 0.15 * (1 + retries) < now() - begin < 0.2 * (1 + retries) + 0.6


@FULL_BACKLOG
async def test_a_server_that_never_accepts_costs_one_connect_timeout_where_there_is_another(site: Site):
    server = await site.server(answering(ok(b"alive")))
    with never_accepting() as address:
        await site.gateway(config_for(address, server, timeout={"connect": "200ms"}))
        client = await site.client()
        begin = now()
        assert (await client.ask(get())).body == b"alive"
        assert 0.15 < now() - begin < 0.6


async def test_a_body_that_comes_while_the_connection_is_tried_is_sent_once_and_whole(site: Site):
    server = await site.serve(answering(ok()), retries=3, timeout={"connect": "100ms"})
    await server.stop()
    client = await site.client()
    body = bytes(range(256)) * 400
    await client.send(post(body)[:1000])
    await asyncio.sleep(0.05)
    await server.start()
    await client.send(post(body)[1000:])
    assert (await client.response("POST")).status == 200
    assert [request.body for request in server.requests] == [body]


async def test_a_client_that_leaves_between_attempts_is_not_served(site: Site):
    server = await site.serve(answering(ok()), retries=3, timeout={"connect": "300ms"})
    await server.stop()
    client = await site.client()
    await client.send(post(b"x"))
    await asyncio.sleep(0.05)
    client.reset()
    await asyncio.sleep(0.05)
    await server.start()
    await asyncio.sleep(0.5)
    assert server.requests == []


async def test_what_has_been_sent_is_never_sent_again(site: Site):
    """A reset after the request is a 502, also where another server stands ready."""

    async def script(connection: Connection) -> None:
        await connection.request()
        connection.reset()

    first = await site.serve(script, answering(ok()))
    client = await site.client()
    assert (await client.ask(post(b"x"))).status == 502
    assert len(first.requests) == 1
    assert site.servers[1].requests == []


async def test_no_server_up_is_a_503_at_once(site: Site):
    with refusing() as dead:
        check = {"http": "HEAD /", "inter": "100ms"}
        await site.gateway(config_for(dead, check=check, timeout={"connect": "1s", "check": "200ms"}, retries=3))
        await asyncio.sleep(0.5)
        client = await site.client()
        begin = now()
        response = await client.ask(get())
        assert response.status == 503
        assert now() - begin < 0.3
        assert b"No server is available to handle this request." in response.body
        assert (await client.ask(get())).status == 503
