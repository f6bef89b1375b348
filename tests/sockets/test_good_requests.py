"""What is unusual but HTTP passes, and reaches the server as it came.

One thing is changed: a target in absolute-form goes on in origin-form, which is all that many servers know.
"""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, answering, get, ok, post

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

GOOD = {
    "empty-lines-before": b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.0-without-Host": b"GET / HTTP/1.0\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute-form": b"GET http://a/x?y HTTP/1.1\r\nHost: a\r\n\r\n",
    "absolute-form-Host-in-another-case": b"GET http://A/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "host-with-port": b"GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n",
    "host-IPv6": b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
    "host-IPv4": b"GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n",
    "host-with-underscore": b"GET / HTTP/1.1\r\nHost: a_b\r\n\r\n",
    "host-root-dot": b"GET / HTTP/1.1\r\nHost: a.\r\n\r\n",
    "query-of-anything": b"GET /?a=b&c=%00;/?:@!$'()*+,~ HTTP/1.1\r\nHost: a\r\n\r\n",
    "percent-that-is-none": b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "dots-are-not-resolved": b"GET /a/../b//c HTTP/1.1\r\nHost: a\r\n\r\n",
    "empty-value": b"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n",
    "value-of-blanks": b"GET / HTTP/1.1\r\nHost: a\r\nX: \t \r\n\r\n",
    "tab-in-value": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n",
    "no-blank-after-colon": b"GET / HTTP/1.1\r\nHost:a\r\nX:y\r\n\r\n",
    "8-bit-in-value": b"GET / HTTP/1.1\r\nHost: a\r\nX: \xc3\xa9\xff\r\n\r\n",
    "every-token-character-in-name": b"GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^`|~0aZ: y\r\n\r\n",
    "one-name-twice": b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\n\r\n",
    "delete": b"DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "patch": b"PATCH /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
    "propfind": b"PROPFIND /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "length-with-zeros-first": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello",
    "get-with-body": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "post-without-length": b"POST / HTTP/1.1\r\nHost: a\r\n\r\n",
    "chunked-in-capitals": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunk-size-with-zeros-first": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0005\r\nhello\r\n00\r\n\r\n"
    ),
    "upgrade-to-h2c-is-ignored": (
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        b"Upgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n"
    ),
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD.keys())
async def test_unusual_requests_pass(site: Site, data: bytes, bytewise: bool):
    server = await site.serve(answering(ok()))
    client = await site.client()
    await (client.send_bytewise if bytewise else client.send)(data)
    answer = await client.response()
    assert (answer.status, answer.body) == (200, b"ok")
    (request,) = server.requests
    method, target, _ = data.lstrip().split(b"\r\n")[0].decode().split(" ")
    assert (request.method, request.target) == (method, re.sub("^http://[^/]*", "", target))
    assert (b"hello" in data) == (request.body == b"hello")


async def test_bytes_of_a_value_pass_unchanged(site: Site):
    server = await site.serve(answering(ok()))
    client = await site.client()
    value = bytes(byte for byte in range(0x21, 0x100) if byte != 0x7F)
    await client.ask(b"GET / HTTP/1.1\r\nHost: a\r\nX-Bytes: " + value + b"\r\n\r\n")
    assert b": " + value + b"\r\n" in server.connections[0].received


async def test_twenty_pipelined_requests_are_answered_in_order(site: Site):
    async def echo(connection):
        while (request := await connection.request()) is not None:
            await connection.send(ok(request.target.encode() + request.body))

    await site.serve(echo)
    client = await site.client()
    await client.send(b"".join(get(f"/{n}") if n % 3 else post(b"x" * n, f"/{n}") for n in range(20)))
    bodies = [(await client.response()).body for _ in range(20)]
    assert bodies == [f"/{n}".encode() + (b"" if n % 3 else b"x" * n) for n in range(20)]


async def test_a_pipelined_request_waits_for_the_answer_before_it(site: Site):
    """One exchange at a time on a client's connection: the second request must not reach a server early."""
    go_on = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.request()
        await go_on.wait()
        await connection.send(ok())

    server = await site.serve(script)
    client = await site.client()
    await client.send(post(b"first", "/1") + get("/2"))
    await server.connection()
    assert await client.silent(0.05)
    assert b"/2" not in server.received
    go_on.set()
    assert [(await client.response()).status, (await client.response()).status] == [200, 200]
    assert [request.target for request in server.requests] == ["/1", "/2"]
