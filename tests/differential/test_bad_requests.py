"""Requests that HAProxy repairs, passes or refuses: both refuse alike, and each difference is on purpose."""

from __future__ import annotations

from tests.differential.conftest import Same, cases
from tests.differential.requests import get
from tests.differential.scenario import ONE_SERVER, Apart, Scenario
from tests.differential.steps import Read, Receive, Send

STRICT = (
    "bare LF, NUL, folded lines, an odd or missing Host, HTTP/1.0 with Transfer-Encoding, "
    "Content-Length with Transfer-Encoding"
)
TOO_MUCH = "a head that is too long or has too many fields"


def head(*lines: str | bytes) -> bytes:
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode("latin-1") for line in lines) + b"\r\n\r\n"


def field(*lines: str | bytes) -> bytes:
    return head("GET / HTTP/1.1", "Host: a", *lines)


BOTH_REFUSE = {
    "bare-cr": head("GET / HTTP/1.1", "Host: a\rX: b"),
    "blank-in-name": field("X Y: z"),
    "nul-in-name": field("X\0: z"),
    "8-bit-in-name": field(b"X\xe9: z"),
    "parenthesis-in-name": field("X(: z"),
    "blank-before-colon": field("X : y"),
    "no-colon": field("X"),
    "first-field-line-begins-with-a-blank": head("GET / HTTP/1.1", " Host: a"),
    "0.9": b"GET /\r\n\r\n",
    "lower-case-version": head("GET / http/1.1", "Host: a"),
    "1.10": head("GET / HTTP/1.10", "Host: a"),
    "relative-target": head("GET foo HTTP/1.1", "Host: a"),
    "fragment": head("GET /a#b HTTP/1.1", "Host: a"),
    "8-bit-target": head(b"GET /\xe9 HTTP/1.1", "Host: a"),
    "two-hosts": head("GET / HTTP/1.1", "Host: a", "Host: b"),
    "absolute-with-another-host": head("GET http://b/ HTTP/1.1", "Host: a"),
    "two-lengths": field("Content-Length: 1", "Content-Length: 2") + b"x",
    "empty-length": field("Content-Length:"),
    "signed-length": field("Content-Length: +1") + b"x",
    "hex-length": field("Content-Length: 0x1") + b"x",
    "huge-length": field("Content-Length: 99999999999999999999"),
    "chunked-not-last": field("Transfer-Encoding: chunked, gzip"),
    "chunked-twice": field("Transfer-Encoding: chunked, chunked"),
    "no-coding": field("Transfer-Encoding:"),
    "identity": field("Transfer-Encoding: identity"),
    "bad-chunk-size": head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked") + b"zz\r\n",
    "binary": bytes(range(1, 9)) + b"\r\n\r\n",
}

APART = {
    "bare-lf": (STRICT, 200, 400, b"GET / HTTP/1.1\nHost: a\n\n"),
    "nul-in-a-value": (STRICT, 200, 400, field("X: a\0b")),
    "control-in-a-value": (STRICT, 200, 400, field("X: a\x01b")),
    "folded": (STRICT, 200, 400, field("X: a\r\n b")),
    "no-host": (STRICT, 200, 400, head("GET / HTTP/1.1")),
    "empty-host": (STRICT, 200, 400, head("GET / HTTP/1.1", "Host:")),
    "odd-host": (STRICT, 200, 400, head("GET / HTTP/1.1", "Host: a b")),
    "host-twice": (STRICT, 200, 400, head("GET / HTTP/1.1", "Host: a", "Host: a")),
    "1.0-chunked": (STRICT, 200, 400, head("POST / HTTP/1.0", "Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    "length-and-chunked": (STRICT, 200, 400, field("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    "blanks-in-the-request-line": (STRICT, 200, 400, head("GET  / HTTP/1.1", "Host: a")),
    "too-many-fields": (TOO_MUCH, 400, 431, field(*(f"X-{n}: {n}" for n in range(101)))),
    "too-long": (TOO_MUCH, 400, 431, field("X: " + "x" * 17000)),
    "connect": (
        "CONNECT, TRACE; an Expect other than 100-continue",
        200,
        405,
        head("CONNECT a:443 HTTP/1.1", "Host: a:443"),
    ),
    "trace": ("CONNECT, TRACE; an Expect other than 100-continue", 200, 405, get(method="TRACE")),
    "another-expectation": ("CONNECT, TRACE; an Expect other than 100-continue", 200, 417, get("/", "Expect: tea")),
    "unregistered-method": ("methods that nobody registered (`FOO`)", 200, 400, get(method="FOO")),
}


HTTP2 = Scenario(
    "http2-preface",
    ONE_SERVER,
    (Send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"), Receive(9)),
    apart=Apart("HTTP/2 by prior knowledge, h2c", (), ()),
)


def raw(name: str, data: bytes, apart: Apart | None = None) -> Scenario:
    return Scenario(name, ONE_SERVER, (Send(data), Read()), apart=apart)


SCENARIOS = [
    *(raw(name, data) for name, data in BOTH_REFUSE.items()),
    *(raw(name, data, Apart(row, (theirs,), (here,))) for name, (row, theirs, here, data) in APART.items()),
    HTTP2,
]


@cases(SCENARIOS)
async def test_a_request_that_is_not_quite_one(same: Same, scenario: Scenario):
    await same(scenario)
