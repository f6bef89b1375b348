"""A request that is not one gets its status and a closed connection, and nothing of it reaches a server.

Each case is sent whole and one byte a turn of the loop: where the gateway decides must not depend on how the kernel cut
the bytes. A second, well-formed request follows each malformed one; no answer to it may ever come, and no server may
see it (request smuggling is exactly that).
"""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import RawClient, answering, get, ok

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

SMUGGLED = get("/smuggled")


def head(*lines: str | bytes) -> bytes:
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n\r\n"


def with_field(field: str | bytes) -> bytes:
    return head("GET / HTTP/1.1", "Host: a", field)


def with_body(field: str | bytes, body: bytes = b"hello") -> bytes:
    return head("POST / HTTP/1.1", "Host: a", field) + body


BAD_LINES = {
    "bare-LF": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare-LF-after-request-line": b"GET / HTTP/1.1\nHost: a\r\n\r\n",
    "bare-LF-after-field": b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "bare-LF-for-the-blank-line": b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    "bare-CR-after-request-line": b"GET / HTTP/1.1\rHost: a\r\n\r\n",
    "bare-CR-in-value": with_field(b"X: a\rb"),
    "bare-CR-ends-field": with_field(b"X: a\rY: b"),
    "obs-fold": with_field(b"X: a\r\n b"),
    "obs-fold-by-tab": with_field(b"X: a\r\n\tb"),
    "first-field-line-starts-with-space": head("GET / HTTP/1.1", " Host: a"),
    "HTTP/0.9": b"GET /\r\n\r\n",
    "lower-case-version": head("GET / http/1.1", "Host: a"),
    "HTTP/1.10": head("GET / HTTP/1.10", "Host: a"),
    "HTTP/2.0": head("GET / HTTP/2.0", "Host: a"),
    "HTTP/0.9-named": head("GET / HTTP/0.9", "Host: a"),
    "HTTP/11": head("GET / HTTP/11", "Host: a"),
    "HTTP-without-slash": head("GET / HTTP1.1", "Host: a"),
    "two-spaces-before-target": head("GET  / HTTP/1.1", "Host: a"),
    "two-spaces-before-version": head("GET /  HTTP/1.1", "Host: a"),
    "tab-in-request-line": head("GET\t/ HTTP/1.1", "Host: a"),
    "space-after-version": head("GET / HTTP/1.1 ", "Host: a"),
    "space-before-method": head(" GET / HTTP/1.1", "Host: a"),
    "space-in-target": head("GET /a b HTTP/1.1", "Host: a"),
    "no-target": head("GET HTTP/1.1", "Host: a"),
    "h2-preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "PRI-in-1.1": head("PRI * HTTP/1.1", "Host: a"),
    "TLS-hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
    "binary": bytes(range(1, 9)) + b"\r\n\r\n",
    "method-not-a-token": head("G@T / HTTP/1.1", "Host: a"),
    "method-with-8-bit": head(b"G\xc9T / HTTP/1.1", "Host: a"),
}

BAD_TARGETS = {
    "relative": "foo",
    "relative-with-slash": "foo/bar",
    "fragment": "/a#b",
    "fragment-in-query": "/a?b#c",
    "NUL": "/a\0b",
    "DEL": "/a\x7fb",
    "control": "/a\x01b",
    "8-bit": b"/a\xe9b",
    "empty-scheme": "://a/",
    "query-without-path": "?a",
    "asterisk-and-more": "*x",
    "absolute-without-authority": "http:///x",
    "absolute-with-another-authority": "http://b/",
    "absolute-with-another-port": "http://a:81/",
    "absolute-with-userinfo": "http://u@a/",
}

BAD_FIELDS = {
    "no-colon": "X",
    "empty-name": ": x",
    "space-before-colon": "X : y",
    "tab-before-colon": "X\t: y",
    "space-in-name": "X Y: z",
    "NUL-in-name": "X\0: y",
    "8-bit-in-name": b"X\xe9: y",
    "parenthesis-in-name": "X(: y",
    "quote-in-name": 'X": y',
    "DEL-in-name": "X\x7f: y",
    "NUL-in-value": "X: a\0b",
    "control-in-value": "X: a\x01b",
    "DEL-in-value": "X: a\x7fb",
    "NUL-at-the-end": "X: a\0",
    "two-Hosts": "Host: b",
    "the-same-Host-twice": "Host: a",
    "websocket-without-key": "Connection: upgrade\r\nUpgrade: websocket",
}

BAD_HOSTS = {
    "missing": None,
    "empty": "",
    "space": "a b",
    "slash": "a/b",
    "userinfo": "u@a",
    "comma": "a,b",
    "query": "a?b",
    "fragment": "a#b",
    "backslash": "a\\b",
    "control": "a\x01",
    "port-not-a-number": "a:x",
    "two-ports": "a:1:2",
    "port-beyond-65535": "a:70000",
    "bracket-unclosed": "[::1",
    "bracket-with-a-name": "[x]",
    "8-bit": b"\xe9",
}

BAD_LENGTHS = {
    "two-different": "Content-Length: 5\r\nContent-Length: 6",
    "two-in-one-line": "Content-Length: 5, 6",
    "empty": "Content-Length:",
    "plus": "Content-Length: +5",
    "minus": "Content-Length: -5",
    "hex": "Content-Length: 0x5",
    "fraction": "Content-Length: 5.0",
    "exponent": "Content-Length: 5e0",
    "underscore": "Content-Length: 0_5",
    "space-inside": "Content-Length: 5 5",
    "digit-of-another-script": "Content-Length: \u0665",
    "beyond-64-bit": "Content-Length: 99999999999999999999",
    "and-chunked": "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "chunked-and": "Transfer-Encoding: chunked\r\nContent-Length: 5",
    "and-identity": "Content-Length: 5\r\nTransfer-Encoding: identity",
}

BAD_CODINGS = {
    "identity": "Transfer-Encoding: identity",
    "empty": "Transfer-Encoding:",
    "chunked-twice": "Transfer-Encoding: chunked, chunked",
    "chunked-on-two-lines": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "chunked-not-last": "Transfer-Encoding: chunked, gzip",
    "chunked-then-identity": "Transfer-Encoding: chunked, identity",
    "xchunked": "Transfer-Encoding: xchunked",
    "chunked-with-suffix": "Transfer-Encoding: chunkedx",
    "chunked-in-quotes": 'Transfer-Encoding: "chunked"',
    "chunked-with-parameter": "Transfer-Encoding: chunked;x=y",
    "vertical-tab": "Transfer-Encoding: \x0bchunked",
    "comma-first": "Transfer-Encoding: ,chunked",
    "unknown-coding-before-chunked": "Transfer-Encoding: gzip, chunked",
    "in-HTTP/1.0": None,
}

CASES = [
    *(pytest.param(data, {400}, id=f"line-{name}") for name, data in BAD_LINES.items()),
    *(
        pytest.param(head(b"GET " + _bytes + b" HTTP/1.1", "Host: a"), {400}, id=f"target-{name}")
        for name, target in BAD_TARGETS.items()
        for _bytes in [target if isinstance(target, bytes) else target.encode()]
    ),
    *(pytest.param(with_field(field), {400}, id=f"field-{name}") for name, field in BAD_FIELDS.items()),
    *(
        pytest.param(
            head("GET / HTTP/1.1", b"Host: " + host if isinstance(host, bytes) else f"Host: {host}")
            if host is not None
            else head("GET / HTTP/1.1", "X: y"),
            {400},
            id=f"host-{name}",
        )
        for name, host in BAD_HOSTS.items()
    ),
    *(pytest.param(with_body(field), {400}, id=f"length-{name}") for name, field in BAD_LENGTHS.items()),
    *(
        pytest.param(
            with_body(field, b"0\r\n\r\n")
            if field is not None
            else head("POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
            {400, 501},
            id=f"coding-{name}",
        )
        for name, field in BAD_CODINGS.items()
    ),
    pytest.param(head("CONNECT a:443 HTTP/1.1", "Host: a:443"), {400, 405}, id="method-CONNECT"),
    pytest.param(head("CONNECT / HTTP/1.1", "Host: a"), {400, 405}, id="method-CONNECT-origin-form"),
    pytest.param(head("TRACE / HTTP/1.1", "Host: a"), {400, 405}, id="method-TRACE"),
    pytest.param(with_body("Content-Length: 5\r\nExpect: 200-ok"), {417}, id="expect-something-else"),
    pytest.param(with_body("Content-Length: 5\r\nExpect: 100-continue, x"), {417}, id="expect-something-more"),
]


async def refused(client: RawClient, statuses: set[int]) -> None:
    """The one and only answer is a fixed page with one of ``statuses``, and an orderly close."""
    answer = await client.response()
    assert answer.status in statuses
    assert answer.complete
    assert (answer.one("Connection") or "").lower() == "close"
    assert b"smuggled" not in answer.body
    assert await client.rest() == b""


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize(("data", "statuses"), CASES)
async def test_a_malformed_request_reaches_no_server(site: Site, data: bytes, statuses: set[int], bytewise: bool):
    server = await site.serve(answering(ok()))
    client = await site.client()
    await (client.send_bytewise if bytewise else client.send)(data + SMUGGLED)
    await refused(client, statuses)
    assert server.received == b""


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
async def test_a_malformed_request_after_a_good_one_costs_only_itself(site: Site, bytewise: bool):
    server = await site.serve(answering(ok()))
    client = await site.client()
    await (client.send_bytewise if bytewise else client.send)(get("/good") + with_field("X : y") + SMUGGLED)
    assert (await client.response()).status == 200
    await refused(client, {400})
    assert [request.target for request in server.requests] == ["/good"]


BAD_HEADS_IN_PART = {
    "bare-LF": b"GET / HTTP/1.1\nHost: a\n",
    "NUL": b"GET / HTTP/1.1\r\nX: a\0",
    "bare-CR": b"GET / HTTP/1.1\rH",
    "not-HTTP": b"\x16\x03\x01",
    "colon-missing": b"GET / HTTP/1.1\r\nX\r\n",
}


@pytest.mark.parametrize("data", BAD_HEADS_IN_PART.values(), ids=BAD_HEADS_IN_PART.keys())
async def test_what_can_never_become_a_head_does_not_wait_for_its_end(site: Site, data: bytes):
    server = await site.serve(answering(ok()), frontend={"timeout": {"http_request": "30s"}})
    client = await site.client()
    await client.send(data)
    await refused(client, {400})
    assert server.received == b""


BAD_CHUNKS = {
    "size-not-hex": b"g\r\nhello\r\n0\r\n\r\n",
    "size-empty": b"\r\n0\r\n\r\n",
    "size-signed": b"+5\r\nhello\r\n0\r\n\r\n",
    "size-negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "size-with-0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "size-with-underscore": b"0_5\r\nhello\r\n0\r\n\r\n",
    "size-with-leading-space": b" 5\r\nhello\r\n0\r\n\r\n",
    "size-with-trailing-space": b"5 \r\nhello\r\n0\r\n\r\n",
    "size-beyond-64-bit": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "size-ended-by-LF": b"5\nhello\r\n0\r\n\r\n",
    "size-ended-by-CR": b"5\rhello\r\n0\r\n\r\n",
    "data-longer-than-size": b"5\r\nhello!\r\n0\r\n\r\n",
    "data-ended-by-LF": b"5\r\nhello\n0\r\n\r\n",
    "data-ended-by-CR": b"5\r\nhello\r0\r\n\r\n",
    "LF-in-extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "CR-in-extension": b"5;a\rb\r\nhello\r\n0\r\n\r\n",
    "NUL-in-extension": b"5;a\0\r\nhello\r\n0\r\n\r\n",
    "extension-without-end": b"5;" + b"a" * 20000,
    "trailer-without-colon": b"0\r\nX\r\n\r\n",
    "trailer-with-space-before-colon": b"0\r\nX : y\r\n\r\n",
    "trailer-with-LF": b"0\r\nX: y\n\r\n",
    "trailer-with-NUL": b"0\r\nX: \0\r\n\r\n",
    "trailers-without-end": b"0\r\n" + b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n" * 1000,
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("chunk", BAD_CHUNKS.values(), ids=BAD_CHUNKS.keys())
async def test_a_bad_chunk_ends_the_request_on_both_sides(site: Site, chunk: bytes, bytewise: bool):
    """The head and good chunks may be under way already; the bad chunk and all after it stay outside."""
    server = await site.serve(answering(ok()))
    client = await site.client()
    start = head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n"
    if bytewise and len(chunk) < 1000:
        await client.send_bytewise(start + chunk + SMUGGLED)
    else:
        await client.send(start)
        await client.send(chunk + SMUGGLED)
    await refused(client, {400, 413, 431})
    for connection in server.connections:
        await connection.over.wait()
        assert b"smuggled" not in connection.received
        assert not [request for request in connection.requests if request.complete]


TOO_MUCH = {
    "many-fields": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n",
    "long-head": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 17000 + b"\r\n\r\n",
    "long-head-of-many-fields": b"GET / HTTP/1.1\r\nHost: a\r\n" + (b"X: " + b"y" * 300 + b"\r\n") * 60 + b"\r\n",
    "long-target": b"GET /" + b"y" * 17000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "line-without-end": b"GET /" + b"y" * 60000,
    "field-without-end": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 60000,
    "name-without-end": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"y" * 60000,
    "fields-without-end": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 20000,
    "many-fields-of-one-name": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"Cookie: a=b\r\n" * 120 + b"\r\n",
}


@pytest.mark.parametrize("data", TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_a_head_beyond_the_limits_is_a_431(site: Site, data: bytes):
    server = await site.serve(answering(ok()))
    client = await site.client()
    await client.send(data)
    await refused(client, {431})
    assert server.received == b""


async def test_a_head_beyond_the_limits_is_a_431_one_byte_at_a_time(site: Site):
    server = await site.serve(answering(ok()), frontend={"max_head_bytes": 1024, "max_header_fields": 10})
    for data in (
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 10 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 1100,
    ):
        client = await site.client()
        await client.send_bytewise(data)
        await refused(client, {431})
    assert server.received == b""


async def test_a_head_just_within_the_limits_passes(site: Site):
    server = await site.serve(answering(ok()), frontend={"max_head_bytes": 2000, "max_header_fields": 10})
    client = await site.client()
    fields = b"".join(b"X: y\r\n" for _ in range(8))
    start = b"GET / HTTP/1.1\r\nHost: a\r\n" + fields + b"Y: "
    data = start + b"y" * (2000 - len(start) - 4) + b"\r\n\r\n"
    assert len(data) == 2000
    assert (await client.ask(data)).status == 200
    assert len(server.requests[0].all("X")) == 8


async def test_an_error_page_reflects_nothing_of_the_request(site: Site):
    await site.serve(answering(ok()))
    for data in (
        with_field("<script>alert(1)</script>"),
        head("GET /<script>\x01 HTTP/1.1", "Host: a"),
        head("GET / HTTP/1.1", "Host: <script>"),
        b"<script>alert(1)</script>\r\n\r\n",
    ):
        client = await site.client()
        answer = await client.ask(data, "GET")
        assert b"script" not in answer.head + answer.body
        assert answer.one("Server") is None
        text = b"Your browser sent an invalid request."
        assert answer.body == b"<html><body><h1>400 Bad request</h1>\n" + text + b"\n</body></html>\n"


async def test_the_connection_of_a_refused_request_takes_what_is_still_coming(site: Site):
    """A close over unread bytes is a reset, and a reset can take the answer with it."""
    await site.serve(answering(ok()))
    client = await site.client()
    await client.send(with_body("Content-Length: 1, 2", b""))
    answer = await client.response()
    assert answer.status == 400
    await client.send(b"x" * 200_000)
    await client.rest()
    assert client.end == "closed"


async def test_empty_lines_without_end_are_no_request(site: Site):
    server = await site.serve(answering(ok()), frontend={"timeout": {"http_request": "300ms"}})
    client = await site.client()
    sending = asyncio.create_task(client.flood(b"\r\n" * 1000, 100_000))
    answer = await client.response()
    assert answer.status in {400, 408, 431}
    client.close()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert server.connections == []


FORBIDDEN_TRAILERS = ["Content-Length: 5", "Transfer-Encoding: chunked", "Host: evil", "X-Forwarded-For: 10.1.1.1"]


@pytest.mark.parametrize("trailer", FORBIDDEN_TRAILERS)
async def test_trailers_cannot_say_what_only_a_head_may(site: Site, trailer: str):
    """A server that merges trailers into the head must not be told its framing, host or client there (RFC 9110
    section 6.5.1)."""
    server = await site.serve(answering(ok()))
    client = await site.client()
    await client.send(
        head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + f"0\r\n{trailer}\r\n\r\n".encode()
    )
    await client.response("POST")
    assert trailer.encode() not in server.received.partition(b"\r\n\r\n")[2]
