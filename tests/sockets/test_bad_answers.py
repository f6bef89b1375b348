"""An answer that is not one becomes a 502, or a visible cut where its head has already gone out.

The client's connection stays usable after a 502 (as with HAProxy), the server's never does. What is malformed in an
answer is never repaired, and bytes that belong to no request are never anybody's answer.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, answering, get, ok, post

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

OK = b"HTTP/1.1 200 OK\r\n"

BAD_ANSWERS = {
    "garbage": b"hello, world\r\n\r\n",
    "binary": bytes(range(256)) * 2,
    "HTTP/0.9": b"<html>hello</html>",
    "status-missing": b"HTTP/1.1\r\n\r\n",
    "status-not-a-number": b"HTTP/1.1 xyz OK\r\nContent-Length: 0\r\n\r\n",
    "status-of-two-digits": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "status-of-four-digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "status-below-100": b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    "version-2": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "version-lower-case": b"http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "version-of-something-else": b"ICY 200 OK\r\nContent-Length: 0\r\n\r\n",
    "bare-LF": b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    "bare-LF-after-field": OK + b"X: y\nContent-Length: 0\r\n\r\n",
    "bare-CR": OK + b"X: a\rY: b\r\nContent-Length: 0\r\n\r\n",
    "NUL": OK + b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
    "control": OK + b"X: a\x01b\r\nContent-Length: 0\r\n\r\n",
    "obs-fold": OK + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "first-line-starts-with-space": OK + b" X: a\r\nContent-Length: 0\r\n\r\n",
    "no-colon": OK + b"X\r\nContent-Length: 0\r\n\r\n",
    "space-before-colon": OK + b"X : y\r\nContent-Length: 0\r\n\r\n",
    "space-in-name": OK + b"X Y: z\r\nContent-Length: 0\r\n\r\n",
    "reason-with-NUL": b"HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n",
    "reason-with-CR": b"HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
    "two-lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "length-list": OK + b"Content-Length: 2, 3\r\n\r\nok!",
    "length-negative": OK + b"Content-Length: -1\r\n\r\n",
    "length-signed": OK + b"Content-Length: +2\r\n\r\nok",
    "length-hex": OK + b"Content-Length: 0x2\r\n\r\nok",
    "length-empty": OK + b"Content-Length:\r\n\r\n",
    "length-words": OK + b"Content-Length: two\r\n\r\n",
    "length-beyond-64-bit": OK + b"Content-Length: 99999999999999999999\r\n\r\n",
    "chunked-twice": OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "unasked-101": b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "head-huge": OK + b"X: " + b"y" * 200_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "fields-20000": OK + b"X: y\r\n" * 20_000 + b"Content-Length: 0\r\n\r\n",
    "interim-and-garbage": b"HTTP/1.1 100 Continue\r\n\r\ngarbage\r\n\r\n",
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
async def test_a_malformed_answer_becomes_502(site: Site, answer: bytes, bytewise: bool):
    async def script(connection: Connection) -> None:
        await connection.request()
        if connection.number:
            await connection.send(ok(b"next"))
            return
        await (connection.send_bytewise if bytewise and len(answer) < 5000 else connection.send)(answer)
        connection.finish()

    server = await site.serve(script, connection="keep-alive")
    client = await site.client()
    response = await client.ask(get())
    assert (response.status, response.complete) == (502, True)
    text = b"The server returned an invalid or incomplete response."
    assert response.body == b"<html><body><h1>502 Bad Gateway</h1>\n" + text + b"\n</body></html>\n"
    assert (await client.ask(get("/next"))).body == b"next"
    await server.connections[0].over.wait()


LOST = {
    "closed": lambda connection: connection.close(),
    "reset": lambda connection: connection.reset(),
    "closed-in-the-head": None,
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("leave", LOST.values(), ids=LOST.keys())
async def test_an_answer_that_never_comes_is_a_502_and_nothing_is_sent_twice(site: Site, method: str, leave):
    async def script(connection: Connection) -> None:
        await connection.request()
        if leave is None:
            await connection.send(b"HTTP/1.1 200 OK\r\nContent-Le")
            connection.close()
        else:
            leave(connection)

    server = await site.serve(script)
    client = await site.client()
    response = await client.ask(get() if method == "GET" else post(b"x"))
    assert response.status == 502
    assert len(server.requests) == 1
    assert len(server.connections) == 1
    assert await client.silent(0.05)


CUTS = {
    "length-then-close": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 100, "close"),
    "length-then-reset": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 100, "reset"),
    "chunk-then-close": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + b"x" * 50, "close"),
    "chunk-then-reset": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n" + b"x" * 50, "reset"),
    "no-last-chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", "close"),
    "last-chunk-without-blank-line": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", "close"),
    "bad-chunk-size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\nzz\r\nyy\r\n0\r\n\r\n", ""),
    "bad-chunk-end": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n0\r\n\r\n", ""),
    "bad-trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX Y: z\r\n\r\n", ""),
    "chunk-line-ended-by-LF": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\n0\n\n", ""),
}


@pytest.mark.parametrize("apart", [True, False], ids=["apart", "at-once"])
@pytest.mark.parametrize(("answer", "leave"), CUTS.values(), ids=CUTS.keys())
async def test_an_answer_cut_in_its_body_looks_cut_to_the_client(site: Site, answer: bytes, leave: str, apart: bool):
    """Never a whole-looking answer, and never a second head within the body. Where head and fault come in one read,
    nothing has gone out yet and a 502 is as good."""

    async def script(connection: Connection) -> None:
        await connection.request()
        head = answer.index(b"\r\n\r\n") + 4
        await connection.send(answer[:head] if apart else answer)
        if apart:
            await asyncio.sleep(0.02)
            await connection.send(answer[head:])
            await asyncio.sleep(0.02)
        if leave:
            getattr(connection, leave)()

    server = await site.serve(script)
    client = await site.client()
    response = await client.ask(get())
    if apart or response.status != 502:
        assert (response.status, response.complete) == (200, False)
        assert await client.rest() == b""
        assert b"\r\n0\r\n\r\n" not in client.received
    assert len(server.requests) == 1


ODD_ANSWERS = {
    "reason-missing": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200),
    "reason-empty": (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", 200),
    "reason-8-bit": (b"HTTP/1.1 200 \xc3\xa9\r\nContent-Length: 2\r\n\r\nok", 200),
    "status-999": (b"HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", 999),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200),
    "8-bit-value": (b"HTTP/1.1 200 OK\r\nX: \xff\r\nContent-Length: 2\r\n\r\nok", 200),
    "seven-kilobytes-of-cookies": (ok(b"ok", *(f"Set-Cookie: {name}={'y' * 700}" for name in "abcdefghij")), 200),
    "four-interim-answers": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 4 + ok(), 200),
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize(("answer", "status"), ODD_ANSWERS.values(), ids=ODD_ANSWERS.keys())
async def test_an_odd_but_sound_answer_passes(site: Site, answer: bytes, status: int, bytewise: bool):
    async def script(connection: Connection) -> None:
        await connection.request()
        await (connection.send_bytewise if bytewise and len(answer) < 5000 else connection.send)(answer)

    await site.serve(script)
    client = await site.client()
    response = await client.ask(get())
    assert (response.status, response.body, response.complete) == (status, b"ok", True)
    assert len(response.all("Set-Cookie")) == answer.count(b"Set-Cookie")
    assert response.interim == [103] * answer.count(b"103 Early")
    assert (await client.ask(get())).status == status


async def test_length_and_chunked_in_an_answer_are_never_both_passed(site: Site):
    """HAProxy drops the length and passes the chunks; a 502 is as safe. Both must never go out together."""
    both = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    await site.serve(answering(both))
    client = await site.client()
    response = await client.ask(get())
    assert response.complete
    assert response.status == 502 or (response.body == b"ok" and response.one("Content-Length") is None)


async def test_a_head_without_end_is_given_up_early(site: Site):
    """32 MB of fields: the gateway leaves long before, and the client has its 502."""
    taken: list[int] = []

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(OK)
        taken.append(await connection.flood(b"X: " + b"y" * 1000 + b"\r\n", 32_000))
        connection.close()

    await site.serve(script)
    client = await site.client()
    assert (await client.ask(get())).status == 502
    await site.servers[0].connections[0].over.wait()
    assert taken[0] < 16_000_000
