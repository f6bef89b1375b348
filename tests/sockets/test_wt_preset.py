"""What a Wt application gets from ``affinity = "wt"``: each repair that its HTTP server needs, seen on the wire."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, ScriptedServer, answering, get, ok
from tests.sockets.test_upgrade import ACCEPT, WEBSOCKET, switched

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

TAIL = "e9ogJzh6MlOYjTp0"


async def wt(site: Site, *scripts: Any, **backend: Any) -> list[ScriptedServer]:
    """Instances wt1, wt2 and so on under the preset."""
    servers = [await site.server(script) for script in scripts or (answering(ok()),)]
    config = config_for(affinity="wt", **backend)
    config["backend"]["app"]["server"] = {
        f"wt{number}": server.address for number, server in enumerate(servers, start=1)
    }
    await site.gateway(config)
    return servers


def chunked(*pieces: bytes, trailers: bytes = b"") -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = b"POST /?wtd=wt1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + body + b"0\r\n" + trailers + b"\r\n"


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
async def test_a_chunked_post_arrives_with_a_length(site: Site, bytewise: bool):
    """Wt ignores Transfer-Encoding: it would read an empty POST, and the body as the next request."""
    (server,) = await wt(site)
    client = await site.client()
    for _ in range(2):
        await (client.send_bytewise if bytewise else client.send)(chunked(b"request=", b"jsupdate", b"&ackId=1"))
        assert (await client.response("POST")).status == 200
    for request in server.requests:
        assert request.body == b"request=jsupdate&ackId=1"
        assert request.one("Content-Length") == "24"
        assert request.all("Transfer-Encoding") == []


async def test_an_empty_chunked_post_has_length_zero(site: Site):
    (server,) = await wt(site)
    client = await site.client()
    assert (await client.ask(chunked())).status == 200
    assert server.requests[0].one("Content-Length") == "0"


async def test_trailers_are_dropped_with_the_chunks(site: Site):
    (server,) = await wt(site)
    client = await site.client()
    assert (await client.ask(chunked(b"x", trailers=b"X-Check: 1\r\n"))).status == 200
    assert b"X-Check" not in server.received


async def test_a_chunked_post_beyond_the_limit_is_a_413(site: Site):
    (server,) = await wt(site, buffer_chunked_requests="4k")
    client = await site.client()
    assert (await client.ask(chunked(b"x" * 4096))).status == 200
    client = await site.client()
    await client.send(chunked(*[b"x" * 1000] * 5))
    response = await client.response("POST")
    assert response.status == 413
    assert len(server.requests) == 1


async def test_a_chunk_that_announces_too_much_is_a_413_at_once(site: Site):
    (server,) = await wt(site, buffer_chunked_requests="4k")
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n" + b"x" * 5000)
    assert (await client.response("POST")).status == 413
    assert server.received == b""


async def test_a_chunked_post_that_is_cut_never_reaches_the_server(site: Site):
    (server,) = await wt(site)
    client = await site.client()
    await client.send(chunked(b"hello")[:-7])
    await asyncio.sleep(0.05)
    client.close()
    await asyncio.sleep(0.1)
    assert server.received == b""


async def test_a_chunked_post_that_expects_100_gets_it_from_the_gateway(site: Site):
    """The body has to be here before the server hears of the request."""
    (server,) = await wt(site)
    client = await site.client()
    data = chunked(b"hello").replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n", 1)
    head, _, body = data.partition(b"\r\n\r\n")
    await client.send(head + b"\r\n\r\n")
    assert b" 100 " in await client.until(b"\r\n\r\n", patience=2)
    await client.send(body)
    assert (await client.response("POST")).status == 200
    assert server.requests[0].body == b"hello"


async def test_a_post_with_a_length_streams(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.exactly(3)
        await connection.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await connection.exactly(3)
        await connection.send(ok())

    await wt(site, script)
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
    assert b" 103 " in await client.until(b"\r\n\r\n", patience=1)
    await client.send(b"def")
    assert (await client.response("POST")).status == 200


async def test_accept_encoding_is_dropped_on_upgrades_only(site: Site):
    """Wt 4.14.0 gzips the WebSocket itself where the request accepts it."""

    async def script(connection: Connection) -> None:
        request = await connection.head()
        await connection.send(switched(f"Sec-WebSocket-Accept: {ACCEPT}") if b"pgrade" in request else ok())

    (server,) = await wt(site, script)
    client = await site.client()
    assert (await client.ask(get("/", "Accept-Encoding: gzip"))).status == 200
    assert b"Accept-Encoding: gzip" in server.connections[0].received
    extensions = "Sec-WebSocket-Extensions: permessage-deflate"
    response = await client.ask(get("/?wtd=wt1&request=ws", *WEBSOCKET, "Accept-Encoding: gzip, br", extensions))
    assert response.status == 101
    head = server.connections[1].received.lower()
    assert b"accept-encoding" not in head
    assert b"sec-websocket-extensions: permessage-deflate" in head


async def test_claims_that_wt_believes_of_a_proxy_are_dropped(site: Site):
    (server,) = await wt(site)
    client = await site.client()
    claims = ("X-Wt-Redirect-Secret: x", "x-wt-ssl-client-certificates: x", "X-SSL-Client-Verify: SUCCESS")
    await client.ask(get("/", *claims, "X-Kept: 1"))
    (request,) = server.requests
    assert [name for name in request.names if name.lower().startswith(("x-wt", "x-ssl"))] == []
    assert request.one("X-Kept") == "1"


async def test_the_operators_redirect_secret_is_set_on_every_request(site: Site):
    (server,) = await wt(site, set_request_headers={"X-Wt-Redirect-Secret": "s3cret"})
    client = await site.client()
    await client.ask(get("/", "X-Wt-Redirect-Secret: theirs"))
    await client.ask(chunked(b"x"))
    assert [request.all("X-Wt-Redirect-Secret") for request in server.requests] == [["s3cret"], ["s3cret"]]


async def test_a_connection_is_not_used_again_after_head(site: Site):
    """Wt sends bodies in answers to HEAD."""

    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            body = b"<html>body</html>" if request.method == "HEAD" else b"own"
            await connection.send(ok(body))

    (server,) = await wt(site, script, connection="keep-alive")
    client = await site.client()
    for _ in range(3):
        assert (await client.ask(get().replace(b"GET", b"HEAD"))).body == b""
        assert (await client.ask(get())).body == b"own"
    assert all(c.requests[-1].method == "HEAD" or len(c.requests) == 1 for c in server.connections[:-1])


async def lost(site: Site, target: str, method: str = "GET", *fields: str) -> str:
    """What wt2 sees of a request whose own instance, wt1, is down."""
    servers = await wt(site, answering(ok()), answering(ok()))
    site.gateways[0].checks.set_state("app/wt1", False, "stopped by the test")
    client = await site.client()
    await client.ask(get(target, *fields).replace(b"GET", method.encode()))
    assert servers[0].requests == []
    return servers[1].requests[0].target


LOST = {
    "page": (f"/?wtd=wt1{TAIL}", "GET", "/"),
    "page-with-more": (f"/deep?a=b&wtd=wt1{TAIL}&c=%20d", "GET", "/deep?a=b&c=%20d"),
    "page-decoded-name": (f"/?%77td=wt1{TAIL}&x", "GET", "/?x"),
    "page-of-short-key": ("/?wtd=wt1", "GET", "/"),
    "script": (f"/?wtd=wt1{TAIL}&request=script", "GET", None),
    "websocket-url": (f"/?wtd=wt1{TAIL}&request=ws", "GET", None),
    "post": (f"/?wtd=wt1{TAIL}", "POST", None),
    "no-key": ("/?a=b", "GET", None),
}


@pytest.mark.parametrize(("target", "method", "seen"), LOST.values(), ids=LOST.keys())
async def test_a_page_request_whose_instance_is_gone_loses_its_dead_session(
    site: Site, target: str, method: str, seen: str | None
):
    """Wt answers a foreign wtd on a page with a dead page, on everything else with a script that reloads."""
    assert await lost(site, target, method) == (target if seen is None else seen)


async def test_a_page_request_whose_instance_is_up_keeps_its_session(site: Site):
    servers = await wt(site, answering(ok()), answering(ok()))
    client = await site.client()
    await client.ask(get(f"/?wtd=wt2{TAIL}"))
    assert [request.target for request in servers[1].requests] == [f"/?wtd=wt2{TAIL}"]


async def test_the_second_connection_of_a_page_is_not_held_up_by_the_first(site: Site):
    """Wt holds request=style until request=script arrives: both must be under way at one time."""
    script_came = asyncio.Event()

    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            if "request=style" in request.target:
                await script_came.wait()
            elif "request=script" in request.target:
                script_came.set()
            await connection.send(ok())

    await wt(site, script)
    style, main = await site.client(), await site.client()
    await style.send(get(f"/?wtd=wt1{TAIL}&request=style"))
    assert (await main.ask(get(f"/?wtd=wt1{TAIL}&request=script"))).status == 200
    assert (await style.response()).status == 200


async def test_an_aborted_long_poll_is_passed_on(site: Site):
    async def poll(connection: Connection) -> None:
        await connection.request()

    (server,) = await wt(site, poll)
    client: RawClient = await site.client()
    await client.send(get(f"/?wtd=wt1{TAIL}&signal=poll"))
    connection = await server.connection()
    await asyncio.sleep(0.05)
    client.close()
    await asyncio.wait_for(connection.over.wait(), 2)


async def test_connection_close_is_not_said_to_wt(site: Site):
    """Its answer would have neither length nor chunks, and a cut one could not be told from a whole one."""
    (server,) = await wt(site)
    client = await site.client()
    await client.ask(get("/", "Connection: close"))
    assert "close" not in (server.requests[0].one("Connection") or "")
