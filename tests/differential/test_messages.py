"""What a request and its answer carry: bodies, chunks, trailers, methods without a body, Expect, interim answers."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.differences import (
    CHUNKS_OF_HEAD,
    CHUNKS_TO_10,
    INTERIM_TO_10,
    REFUSED_EXPECTATION,
)
from tests.differential.requests import chunked, get, post
from tests.differential.scenario import ONE_SERVER, Apart, Scenario
from tests.differential.servers import Answer, Do, Wait, ok
from tests.differential.steps import Ask, Read, Send, Step
from tests.differential.waits import Saw, Signal

STRICT_ANSWERS = "answers with Content-Length twice, even equal, or of another version than 1.x"


def through(
    name: str, *steps: Step | bytes, answer: Answer | None = None, config: str = ONE_SERVER, **more: Any
) -> Scenario:
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    return Scenario(name, config, script, **{"answers": {"*": answer} if answer is not None else {}} | more)


def says(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "X-Server: {name}", *lines]).encode() + b"\r\n\r\n" + body


CHUNKS = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
TRAILED = b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n"
CHUNKED_ANSWER = says("Transfer-Encoding: chunked", body=CHUNKS)
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\nX-Server: {name}\r\nContent-Length: 0\r\n\r\n"
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nX-Server: {name}\r\nETag: "a"\r\nContent-Length: 10\r\n\r\n'
EXPECTING = get("/", "Content-Length: 5", "Expect: 100-continue", method="POST")

SCENARIOS = [
    through("length-both-ways", post(b"x" * 5000), answer=ok("y" * 5000)),
    through("a-body-in-pieces", Send(post(b"")[:-4] + b"\r\nX-A: 1\r\n\r\n"), Read()),
    through("chunks-to-the-server", chunked(CHUNKS)),
    through("chunks-to-the-client", get(), get(), answer=CHUNKED_ANSWER),
    through(
        "chunks-both-ways-with-trailers",
        chunked(TRAILED),
        answer=says("Transfer-Encoding: chunked", "Trailer: X-Sum", body=TRAILED),
    ),
    through("chunks-to-a-1.0-client", get(version="1.0"), answer=CHUNKED_ANSWER, apart=CHUNKS_TO_10),
    through("chunks-in-pieces", Send(chunked(b"5\r\nhel")), Saw(b"hel"), Send(b"lo\r\n0\r\n\r\n"), Read("POST")),
    through(
        "an-empty-chunked-body",
        chunked(b"0\r\n\r\n"),
        get(),
        answer=says("Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    ),
    through(
        "an-answer-in-pieces",
        Send(get()),
        Saw(b"\r\n\r\n"),
        Signal("more"),
        Read(),
        answer=(says("Content-Length: 10", body=b"hello"), Wait("more"), b"world"),
    ),
    through("get-with-a-body", get("/", "Content-Length: 5") + b"hello", get()),
    through("delete-with-a-body", get("/", "Content-Length: 5", method="DELETE") + b"hello", get()),
    through("head", get(method="HEAD"), get(method="HEAD"), answer=(Do.BODY, says("Content-Length: 5"))),
    through("head-of-chunks", get(method="HEAD"), answer=says("Transfer-Encoding: chunked"), apart=CHUNKS_OF_HEAD),
    through("head-without-any-length", get(method="HEAD"), get(method="HEAD"), answer=says()),
    through("204", get(), get(), answer=NO_CONTENT),
    through("304", get(), get(), answer=NOT_MODIFIED),
    through("205", get(), get(), answer=ok("").replace(b"200 OK", b"205 Reset Content")),
    through("zero-length", post(b""), get(), answer=ok("")),
    through("options-asterisk", get("*", method="OPTIONS")),
    through("absolute-form", get("http://a/x?y"), get("http://a:80/x", host="a:80")),
    through(
        "put-patch",
        get("/", "Content-Length: 1", method="PUT") + b"1",
        get("/", "Content-Length: 1", method="PATCH") + b"2",
    ),
    through("unknown-status-and-reason", get(), answer=ok().replace(b"200 OK", b"999 Something else")),
    through("no-reason", get(), answer=ok().replace(b"200 OK", b"200 ")),
    through(
        "equal-lengths-twice", get(), answer=ok("ok", "Content-Length: 2"), apart=Apart(STRICT_ANSWERS, (200,), (502,))
    ),
    through(
        "many-fields-in-order",
        get("/", *(f"X-{n}: {n}" for n in range(40))),
        answer=ok("ok", *(f"X-{n}: {n}" for n in range(40))),
    ),
    through(
        "same-name-twice",
        get("/", "X-A: 1", "X-B: 2", "x-a: 3"),
        answer=ok("ok", "Set-Cookie: a", "X-B: 1", "Set-Cookie: b"),
    ),
    through(
        "8-bit-values", get("/", "X-A: caf\xe9"), answer=ok("ok").replace(b"\r\n\r\n", b"\r\nX-A: caf\xe9\r\n\r\n")
    ),
    through("empty-value-and-blanks", get("/", "X-A:", "X-B:   y  ", "X-C:\tz"), answer=ok("ok", "X-A:", "X-B:   y  ")),
    through(
        "date-and-server-pass", get(), answer=ok("ok", "Date: Sat, 21 Nov 2026 05:00:00 GMT", "Server: x", "Via: 1.1 y")
    ),
    through(
        "expect",
        Send(EXPECTING),
        Saw(b"100-continue"),
        Signal("go"),
        Send(b"hello"),
        Read("POST"),
        answer=(Wait("go"), CONTINUE, Do.BODY, ok()),
    ),
    through(
        "expect-answered-at-once",
        Send(EXPECTING),
        Read("POST"),
        answer=(ok().replace(b"200 OK", b"417 Expectation Failed"), Do.BODY),
        apart=REFUSED_EXPECTATION,
    ),
    through("body-without-waiting", Send(EXPECTING + b"hello"), Read("POST"), answer=(CONTINUE, Do.BODY, ok())),
    through("103", get(), get(), answer=HINTS + ok()),
    through("103-to-1.0", get(version="1.0"), answer=HINTS + ok(), apart=INTERIM_TO_10),
    through("two-interim-answers", get(), answer=CONTINUE + HINTS + HINTS + ok()),
    through(
        "answer-before-the-body-is-there",
        Send(post(b"hello")[:-5]),
        Read("POST"),
        Send(b"hello"),
        Send(get()),
        Read(),
        answer=(ok("early"), Do.BODY),
        apart=Apart("a server that answers before it has the whole body", (200, 200), (200, 200)),
    ),
    through(
        "a-client-that-stops-sending",
        Send(post(b"hello")[:-1]),
        Read("POST"),
        config=ONE_SERVER.replace("client 5s", "client 200ms").replace("server 5s", "server 300ms"),
        apart=Apart("a client that stops sending its body", (504,), (408,)),
    ),
]


@cases(SCENARIOS)
async def test_a_message_passes(same: Same, scenario: Scenario):
    await same(scenario)
