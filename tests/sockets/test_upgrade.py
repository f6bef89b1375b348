"""WebSocket and any other Upgrade: how the switch is asked for, granted and refused. After it see test_tunnel."""

from __future__ import annotations

import base64
import hashlib

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, answering, get, ok, post

KEY = "JC6nF8/LO7meOY6vB37a2Q=="
ACCEPT = base64.b64encode(hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()

WEBSOCKET = ("Connection: Upgrade", "Upgrade: websocket", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13")


def switched(*fields: str, protocol: str = "websocket") -> bytes:
    lines = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", f"Upgrade: {protocol}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


GRANTED = switched(f"Sec-WebSocket-Accept: {ACCEPT}")


def echoing(grant: bytes = GRANTED):
    """Grant the upgrade, then send back whatever comes."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(grant)
        await connection.send(connection.take(1 << 20))
        while await connection.fill():
            await connection.send(connection.take(1 << 20))
        connection.close()

    return script


@pytest.mark.parametrize("mode", ["keep-alive", "server-close", "close"])
async def test_a_websocket_is_switched_in_every_connection_mode(site: Site, mode: str):
    extra = ("Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Extensions: permessage-deflate; x=1")
    grant = switched(
        f"Sec-WebSocket-Accept: {ACCEPT}",
        "Sec-WebSocket-Protocol: superchat",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits = 15",
    )
    server = await site.serve(echoing(grant), connection=mode, frontend={"connection": mode})
    client = await site.client()
    response = await client.ask(get("/", *WEBSOCKET, *extra))
    assert response.status == 101
    assert (response.one("Upgrade") or "").lower() == "websocket"
    assert (response.one("Connection") or "").lower() == "upgrade"
    assert response.one("Sec-WebSocket-Accept") == ACCEPT
    assert response.one("Sec-WebSocket-Protocol") == "superchat"
    assert response.one("Sec-WebSocket-Extensions") == "permessage-deflate; client_max_window_bits = 15"
    await client.send(b"\x81\x05hello")
    assert await client.exactly(7) == b"\x81\x05hello"
    head = bytes(server.received).split(b"\r\n\r\n")[0].lower()
    assert b"\r\nconnection: upgrade" in head
    assert b"\r\nupgrade: websocket" in head
    assert b"\r\nsec-websocket-protocol: chat, superchat" in head
    assert b"\r\nsec-websocket-extensions: permessage-deflate; x=1" in head


async def test_the_switch_works_one_byte_at_a_time(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send_bytewise(GRANTED)
        await connection.send_bytewise(await connection.exactly(5))

    await site.serve(script)
    client = await site.client()
    await client.send_bytewise(get("/", *WEBSOCKET))
    assert (await client.response()).status == 101
    await client.send_bytewise(b"hello")
    assert await client.exactly(5) == b"hello"


async def test_early_bytes_of_the_client_wait_for_the_101_and_follow_it(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        assert await connection.silent(0.05)
        assert connection.unread == b""
        await connection.send(GRANTED)
        await connection.send(await connection.exactly(5))

    await site.serve(script)
    client = await site.client()
    await client.send(get("/", *WEBSOCKET) + b"early")
    assert (await client.response()).status == 101
    assert await client.exactly(5) == b"early"


async def test_early_bytes_of_the_server_follow_the_101(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(GRANTED + b"\x81\x02hi")

    await site.serve(script)
    client = await site.client()
    assert (await client.ask(get("/", *WEBSOCKET))).status == 101
    assert await client.exactly(4) == b"\x81\x02hi"


async def test_a_refused_upgrade_is_an_ordinary_answer_and_early_bytes_are_the_next_request(site: Site):
    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            status = "403 Forbidden" if request.all("Upgrade") else "200 OK"
            await connection.send(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nhi".encode())

    await site.serve(script)
    client = await site.client()
    await client.send(get("/", *WEBSOCKET) + get("/next"))
    assert (await client.response()).status == 403
    assert (await client.response()).status == 200


async def test_a_403_that_looks_like_an_upgrade_is_none(site: Site):
    """Wt refuses unknown sessions so: the status decides, not the fields."""

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(
            b"HTTP/1.1 403 Forbidden\r\nContent-Type: \r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
            b"Sec-WebSocket-Accept: x\r\n\r\nno"
        )
        connection.close()

    await site.serve(script)
    client = await site.client()
    response = await client.ask(get("/", *WEBSOCKET))
    assert (response.status, response.body, response.complete) == (403, b"no", True)
    assert await client.rest() == b""


async def test_another_protocol_is_switched_too(site: Site):
    server = await site.serve(echoing(switched(protocol="chat/2")))
    client = await site.client()
    response = await client.ask(get("/", "Connection: upgrade", "Upgrade: chat/2"))
    assert response.status == 101
    await client.send(b"anything")
    assert await client.exactly(8) == b"anything"
    assert b"upgrade: chat/2" in server.received.lower()


NOT_ASKED = {
    "h2c": get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"),
    "without-Connection": get("/", *WEBSOCKET[1:]),
    "Connection-names-something-else": get("/", "Connection: keep-alive", *WEBSOCKET[1:]),
    "HTTP/1.0": get("/", *WEBSOCKET).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "with-a-body": post(b"hello", "/", "Connection: upgrade", "Upgrade: chat"),
}


@pytest.mark.parametrize("data", NOT_ASKED.values(), ids=NOT_ASKED.keys())
async def test_an_upgrade_that_may_not_be_is_not_forwarded(site: Site, data: bytes):
    server = await site.serve(answering(ok()))
    client = await site.client()
    assert (await client.ask(data)).status == 200
    (request,) = server.requests
    assert request.all("Upgrade") == []
    assert "upgrade" not in (request.one("Connection") or "").lower()
    assert request.all("HTTP2-Settings") == []


async def test_a_websocket_without_a_key_is_a_400(site: Site):
    server = await site.serve(answering(ok()))
    client = await site.client()
    assert (await client.ask(get("/", *WEBSOCKET[:2]))).status == 400
    assert await client.rest() == b""
    assert server.received == b""


BAD_GRANTS = {
    "accept-missing": switched(),
    "accept-wrong": switched("Sec-WebSocket-Accept: " + ACCEPT[::-1]),
    "accept-twice": switched(f"Sec-WebSocket-Accept: {ACCEPT}", "Sec-WebSocket-Accept: x"),
    "accept-in-another-case": switched(f"Sec-WebSocket-Accept: {ACCEPT.swapcase()}"),
    "another-protocol": switched(f"Sec-WebSocket-Accept: {ACCEPT}", protocol="chat"),
    "no-Upgrade": f"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {ACCEPT}\r\n\r\n".encode(),
}


@pytest.mark.parametrize("grant", BAD_GRANTS.values(), ids=BAD_GRANTS.keys())
async def test_a_grant_that_does_not_fit_the_request_is_a_502(site: Site, grant: bytes):
    server = await site.serve(echoing(grant))
    client = await site.client()
    await client.send(get("/", *WEBSOCKET) + b"\x81\x00")
    assert (await client.response()).status == 502
    assert b"\x81\x00" not in server.received


@pytest.mark.parametrize("data", [get(), NOT_ASKED["h2c"], NOT_ASKED["with-a-body"]], ids=["plain", "h2c", "body"])
async def test_a_grant_that_nobody_asked_for_is_a_502(site: Site, data: bytes):
    """A server must not turn an ordinary connection into a tunnel: the next request would never be checked."""
    await site.serve(echoing(switched(protocol="chat")))
    client = await site.client()
    await client.send(data)
    assert (await client.response("GET")).status == 502


async def test_a_websocket_to_a_dead_server_is_a_503(site: Site):
    server = await site.serve(echoing(), retries=0)
    await server.stop()
    client = await site.client()
    assert (await client.ask(get("/", *WEBSOCKET))).status == 503
