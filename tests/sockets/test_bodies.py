"""Where a message ends, both ways: lengths, chunks, trailers, close, and the answers that have no body at all."""

from __future__ import annotations

import asyncio
import hashlib
import random

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, answering, get, ok, post

MODES = ["keep-alive", "server-close", "close"]

ANSWERS = {
    "length": (ok(b"hello"), b"hello"),
    "length-zero": (ok(b""), b""),
    "chunked": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello"),
    "chunked-empty": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b""),
    "chunk-extensions": (
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n',
        b"hello",
    ),
    "chunk-by-chunk": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60 + b"0\r\n\r\n",
        b"x" * 60,
    ),
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize(("answer", "body"), ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_answer_ends_where_it_says(site: Site, answer: bytes, body: bytes, bytewise: bool):
    async def script(connection: Connection) -> None:
        while await connection.request() is not None:
            await (connection.send_bytewise if bytewise else connection.send)(answer)

    await site.serve(script, connection="keep-alive")
    client = await site.client()
    for _ in range(2):
        response = await client.ask(get())
        assert (response.status, response.body, response.complete) == (200, body, True)


REQUESTS = {
    "length": (post(b"hello"), b"hello"),
    "chunked": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello"),
    "chunked-empty": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b""),
    "chunk-extensions": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0;c\r\n\r\n",
        b"hello",
    ),
    "chunk-by-chunk": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60 + b"0\r\n\r\n",
        b"x" * 60,
    ),
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize(("data", "body"), REQUESTS.values(), ids=REQUESTS.keys())
async def test_a_request_ends_where_it_says(site: Site, data: bytes, body: bytes, bytewise: bool):
    server = await site.serve(answering(ok()), connection="keep-alive")
    client = await site.client()
    for _ in range(2):
        await (client.send_bytewise if bytewise else client.send)(data)
        assert (await client.response()).status == 200
    assert [request.body for request in server.requests] == [body, body]
    for request in server.requests:
        assert bool(request.all("Transfer-Encoding")) != bool(request.all("Content-Length"))


async def test_trailers_pass_both_ways(site: Site):
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n"
    server = await site.serve(answering(answer), connection="keep-alive")
    client = await site.client()
    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Check: a\r\n\r\n"
    for _ in range(2):
        response = await client.ask(chunked)
        assert [(name.lower(), value) for name, value in response.trailers] == [("x-sum", "1"), ("x-more", "2")]
    for request in server.requests:
        assert [(name.lower(), value) for name, value in request.trailers] == [("x-check", "a")]


BODILESS = {
    "HEAD-with-length": ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
    "HEAD-chunked": ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "HEAD-without-framing": ("HEAD", b"HTTP/1.1 200 OK\r\n\r\n"),
    "204": ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
    "304": ("GET", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "304-with-length": ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"),
    "205": ("GET", b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize(("method", "answer"), BODILESS.values(), ids=BODILESS.keys())
@pytest.mark.parametrize("connection", MODES)
async def test_an_answer_without_a_body_does_not_wait_for_one(site: Site, method: str, answer: bytes, connection: str):
    await site.serve(answering(answer), connection=connection)
    client = await site.client()
    request = get().replace(b"GET", method.encode())
    for _ in range(2):
        response = await client.ask(request)
        assert response.status == int(answer[9:12])
        assert response.complete
        assert response.body == b""
        if method == "HEAD" or response.status == 304:
            assert (response.one("Content-Length") == "1000") == (b"1000" in answer)


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/1.1"])
@pytest.mark.parametrize("connection", MODES)
async def test_a_body_that_ends_with_the_connection_passes_whole(site: Site, version: bytes, connection: str):
    async def script(server_side: Connection) -> None:
        await server_side.request()
        await server_side.send(version + b" 200 OK\r\n\r\n" + b"x" * 100_000)
        server_side.close()

    await site.serve(script, connection=connection)
    client = await site.client()
    response = await client.ask(get())
    assert (response.status, response.body, response.complete) == (200, b"x" * 100_000, True)
    if not response.all("Transfer-Encoding"):
        assert response.version == "1.0" or (response.one("Connection") or "").lower() == "close"
        assert await client.rest() == b""
        assert client.end == "closed"


async def test_a_body_that_ends_with_a_reset_is_cut(site: Site):
    """Without a length only the manner of the end tells a whole answer from half of one."""

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000)
        await asyncio.sleep(0.05)
        connection.reset()

    await site.serve(script)
    client = await site.client()
    await client.send(get())
    await client.rest()
    assert client.end == "reset"


async def test_a_server_that_closes_its_direction_after_a_whole_answer_is_well(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(ok(b"hello"))
        connection.finish()

    await site.serve(script, connection="keep-alive")
    client = await site.client()
    for _ in range(3):
        assert (await client.ask(get())).body == b"hello"


async def test_a_chunked_answer_reaches_an_old_client_whole(site: Site):
    """HTTP/1.0 knows no chunks: the body must end with the connection (HAProxy passes the chunks all the same)."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n"
    await site.serve(answering(answer))
    client = await site.client()
    await client.send(b"GET / HTTP/1.0\r\n\r\n")
    data = await client.rest()
    assert client.end == "closed"
    assert data.endswith(b"\r\n\r\nhelloworld")
    assert b"transfer-encoding" not in data.lower()


async def test_a_chunked_answer_that_is_cut_is_cut_for_an_old_client_too(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await asyncio.sleep(0.05)
        connection.close()

    await site.serve(script)
    client = await site.client()
    await client.send(b"GET / HTTP/1.0\r\n\r\n")
    await client.rest()
    assert client.end == "reset"


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


SIZE = 16_000_000


async def test_a_large_download_arrives_intact(site: Site):
    body = noise(SIZE)
    await site.serve(answering(ok(body)))
    client = await site.client()
    await client.send(get())
    await client.until(b"\r\n\r\n")
    data = await client.exactly(SIZE)
    assert hashlib.sha256(data).digest() == hashlib.sha256(body).digest()


async def test_a_large_chunked_upload_arrives_intact(site: Site):
    body = noise(SIZE)
    got = hashlib.sha256()

    async def script(connection: Connection) -> None:
        await connection.head()
        while (size := int((await connection.until(b"\r\n")).partition(b";")[0], 16)) > 0:
            got.update((await connection.exactly(size + 2))[:-2])
        await connection.exactly(2)
        await connection.send(ok())

    await site.serve(script)
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, SIZE, 100_000):
        await client.send(b"%x\r\n%b\r\n" % (100_000, body[start : start + 100_000]))
    await client.send(b"0\r\n\r\n")
    assert (await client.response()).status == 200
    assert got.digest() == hashlib.sha256(body).digest()


async def test_an_answer_before_the_upload_ends_reaches_the_client(site: Site):
    """413 while 20 MB are still to come: five of five clients read it."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        connection.finish()

    server = await site.serve(script, connection="keep-alive")
    for number in range(5):
        client = await site.client()
        await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n")
        sending = asyncio.create_task(client.flood(b"x" * 100_000, 200))
        response = await client.response("POST")
        assert (response.status, response.body) == (413, b"big")
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        client.close()
        await (await server.connection(number)).over.wait()
    assert len(server.connections) == 5


async def test_an_early_answer_does_not_end_an_upload_that_the_server_still_reads(site: Site):
    whole = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(ok(b"early"))
        await connection.exactly(3_000_000)
        whole.set()

    await site.serve(script)
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
    assert (await client.response("POST")).body == b"early"
    for _ in range(30):
        assert await client.send(b"x" * 100_000)
    await asyncio.wait_for(whole.wait(), 5)
