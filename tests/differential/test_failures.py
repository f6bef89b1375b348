"""Whatever goes wrong between the gateway and a server, and what the client is told of it."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import chunked, get, post
from tests.differential.scenario import DEFAULTS, Apart, Scenario
from tests.differential.servers import Answer, Do, Wait, ok
from tests.differential.steps import Ask, Got, Leave, Open, Read, Rest, Send, Step
from tests.differential.waits import Saw, Signal

LENGTH = b"HTTP/1.1 200 OK\r\nX-Server: {name}\r\nContent-Length: 10\r\n\r\nhello"
CHUNKS = b"HTTP/1.1 200 OK\r\nX-Server: {name}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
NEXT = get("/next")


def failing(name: str, *steps: Step | bytes, answer: Answer | None = None, options: str = "", **more: Any) -> Scenario:
    config = f"""{DEFAULTS}
    retries 0
    {options}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    server a {{server.a}}
"""
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    answers = {"/": answer} if answer is not None else {}
    return Scenario(name, config, script, answers, **more)


def answered(name: str, answer: Answer, **more: Any) -> Scenario:
    """One request, that answer, and another request on the same connection."""
    return failing(name, get(), NEXT, answer=answer, **more)


BAD_HEADS: dict[str, Answer] = {
    "no-http": b"hello\r\n\r\n",
    "no-status": b"HTTP/1.1\r\n\r\n",
    "two-lengths": ok("ok", "Content-Length: 3"),
    "length-not-a-number": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "blank-in-a-name": ok("ok", "X A: 1"),
    "no-colon": ok("ok", "nonsense"),
    "partial-head-then-close": (Do.BODY, b"HTTP/1.1 200 OK\r\nContent-Le", Do.CLOSE),
    "101-unasked": b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
}

SCENARIOS = [
    failing("refused", get(), NEXT, down=("a",)),
    failing("refused-post", post(), NEXT, down=("a",)),
    failing("refused-head", get(method="HEAD"), NEXT, down=("a",)),
    failing("refused-1.0", get(version="1.0"), down=("a",)),
    answered("closed-without-a-byte", (Do.BODY, Do.CLOSE)),
    answered("reset-without-a-byte", (Do.BODY, Do.RESET)),
    failing("post-closed-without-a-byte", post(), NEXT, answer=(Do.BODY, Do.CLOSE)),
    *(answered(name, answer) for name, answer in BAD_HEADS.items()),
    failing("length-cut", get(), answer=(Do.BODY, LENGTH, Do.CLOSE)),
    failing("length-cut-by-reset", Send(get()), Read(), answer=(Do.BODY, LENGTH, Do.CLOSE)),
    failing("chunks-cut", get(), answer=(Do.BODY, CHUNKS, Do.CLOSE)),
    failing(
        "bad-chunk", Send(get()), Got(b"hello"), Signal("bad"), Read(), answer=(Do.BODY, CHUNKS, Wait("bad"), b"zz\r\n")
    ),
    failing("more-than-the-length", get(), NEXT, answer=ok() + b"surplus"),
    failing("504-and-the-connection-stays", get(), NEXT, answer=(Do.HOLD,), options="timeout server 150ms"),
    failing("504-of-a-post", post(), NEXT, answer=(Do.BODY, Do.HOLD), options="timeout server 150ms"),
    failing(
        "silent-in-the-middle-of-a-length", get(), answer=(Do.BODY, LENGTH, Do.HOLD), options="timeout server 150ms"
    ),
    failing("silent-in-the-middle-of-chunks", get(), answer=(Do.BODY, CHUNKS, Do.HOLD), options="timeout server 150ms"),
    failing("408", Send(b"GET / HT"), Read(), options="timeout http-request 150ms"),
    failing("408-without-a-byte", Open(), Read(), options="timeout http-request 150ms"),
    failing("408-after-timeout-client", Send(b"GET / HTTP/1.1\r\n"), Read(), options="timeout client 150ms"),
    failing("idle-keep-alive-ends-silently", get(), Rest(), options="timeout http-keep-alive 150ms"),
    failing("idle-keep-alive-by-http-request", get(), Rest(), options="timeout http-request 150ms"),
    failing(
        "a-slow-answer-is-no-slow-client",
        get(),
        answer=(Do.HOLD,),
        options="timeout client 100ms\n    timeout server 300ms",
    ),
    answered(
        "another-version",
        ok().replace(b"HTTP/1.1", b"HTTP/9.9"),
        apart=Apart(
            "answers with Content-Length twice, even equal, or of another version than 1.x", (200, 200), (502, 200)
        ),
    ),
    answered(
        "a-long-head",
        ok("ok", "X-Long: " + "x" * 20000),
        apart=Apart("an answer's head beyond 15 KB", (502, 200), (200, 200)),
    ),
    failing(
        "client-leaves-without-a-byte",
        Open(),
        Leave("finish"),
        Read(),
        apart=Apart("a client that leaves without a byte", (400,), (0,)),
    ),
    failing("client-leaves-within-the-head", Send(b"GET / HT"), Leave("finish"), Read()),
    failing(
        "client-half-closes-after-the-request",
        Send(get()),
        Saw(b"\r\n\r\n"),
        Leave("finish"),
        Read(),
        Rest(),
        answer=(ok(),),
    ),
    failing(
        "client-leaves-while-waiting",
        Send(get()),
        Saw(b"GET"),
        Leave("close"),
        answer=(Do.HOLD,),
        options="option abortonclose",
    ),
    failing(
        "client-resets-while-waiting",
        Send(get()),
        Saw(b"GET"),
        Leave("reset"),
        answer=(Do.HOLD,),
        options="option abortonclose",
    ),
    Scenario(
        "no-backend",
        f"{DEFAULTS}\nfrontend web\n    bind {{bind.web}}\n",
        (Ask(get()), Ask(NEXT)),
    ),
    failing("chunk-of-the-client-is-bad", Send(chunked(b"zz\r\n")), Read("POST")),
]


@cases(SCENARIOS)
async def test_a_failure(same: Same, scenario: Scenario):
    await same(scenario)
