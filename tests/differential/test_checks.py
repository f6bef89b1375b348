"""Health checks: the exact bytes that a server sees, and which answers make it go down."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import get
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.servers import Do, ok
from tests.differential.steps import Ask, Step
from tests.differential.waits import Down, Listen, Refuse, Saw

OFTEN = "check inter 50ms fall 1 rise 1"


def checked(name: str, *steps: Step, words: str = OFTEN, back: str = "", **more: Any) -> Scenario:
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    {back}
    server a {{server.a}} {words}
    server b {{server.b}}
"""
    return Scenario(name, config, steps, checks=("/", "/up"), **more)


def says(status: str) -> bytes:
    return ok().replace(b"200 OK", status.encode())


def judged(name: str, expect: str, answer: bytes | tuple[Any, ...], *, down: bool) -> Scenario:
    """Whether this answer to a check takes the server down."""
    waits: tuple[Step, ...] = (Down("app/a"),) if down else (Saw(b"/up", 3),)
    back = f"option httpchk GET /up\n    {expect}"
    return checked(name, *waits, *(Ask(get("/x")) for _ in range(3)), back=back, answers={"/up": answer})


REQUESTS = {
    "httpchk": "option httpchk",
    "httpchk-uri": "option httpchk /up",
    "httpchk-head": "option httpchk HEAD /up",
    "httpchk-version": "option httpchk GET /up HTTP/1.1",
    "httpchk-host-by-escapes": r"option httpchk GET /up HTTP/1.1\r\nHost:\ www",
    "http-check-send": "option httpchk\n    http-check send meth GET uri /up ver HTTP/1.1 hdr Host www hdr X-A 1",
    "http-check-send-body": "option httpchk\n    http-check send meth POST uri /up ver HTTP/1.1 hdr Host w body hello",
}

SCENARIOS = [
    *(checked(name, Saw(b"HTTP/1"), back=back) for name, back in REQUESTS.items()),
    judged("200", "", says("200 OK"), down=False),
    judged("302", "", says("302 Found"), down=False),
    judged("404", "", says("404 Not Found"), down=True),
    judged("500", "", says("500 Oh"), down=True),
    judged("closed", "", (Do.BODY, Do.CLOSE), down=True),
    judged("no-http", "", b"hello\r\n\r\n", down=True),
    judged("expect-status", "http-check expect status 404", says("404 Not Found"), down=False),
    judged("expect-status-misses", "http-check expect status 200", says("204 No Content"), down=True),
    judged("expect-range", "http-check expect status 200-299", says("204 No Content"), down=False),
    judged("expect-not-status", "http-check expect ! status 200", ok(), down=True),
    judged("expect-rstatus", "http-check expect rstatus ^4", says("404 Not Found"), down=False),
    judged("expect-not-rstatus", "http-check expect ! rstatus ^5", says("404 Not Found"), down=False),
    judged("expect-string", "http-check expect string fine", ok("all is fine"), down=False),
    judged("expect-string-misses", "http-check expect string fine", ok("all is bad"), down=True),
    judged("expect-rstring", "http-check expect rstring ^all.*e$", ok("all is fine"), down=False),
    judged("never-answers", "timeout check 100ms", (Do.HOLD,), down=True),
    checked("tcp", Refuse("a"), Down("app/a"), *(Ask(get("/x")) for _ in range(3))),
    checked(
        "up-again",
        Refuse("a"),
        Down("app/a"),
        Ask(get("/x")),
        Listen("a"),
        Down("app/a", down=False),
        *(Ask(get("/x")) for _ in range(3)),
    ),
    checked(
        "first-failure-is-enough",
        Down("app/a"),
        Ask(get("/x")),
        Ask(get("/x")),
        words="check inter 50ms fall 3",
        down=("a",),
    ),
    checked("unchecked-is-up", Ask(get("/x")), Ask(get("/x")), words="", down=("a",), back="retries 0"),
    checked("disabled", Ask(get("/x")), Ask(get("/x")), words="disabled"),
]


@cases(SCENARIOS)
async def test_a_check(same: Same, scenario: Scenario):
    await same(scenario)


def tracking(name: str, *steps: Step) -> Scenario:
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    use_backend first if {{ nbsrv(first) gt 0 }}
    default_backend both
backend both
    server a {{server.a}} track first/a
    server b {{server.b}}
backend first
    server a {{server.a}} {OFTEN}
"""
    return Scenario(name, config, steps)


TRACKED = [
    tracking("up", Ask(get())),
    tracking("down", Refuse("a"), Down("both/a"), Ask(get()), Ask(get())),
    tracking("up-again", Refuse("a"), Down("both/a"), Ask(get()), Listen("a"), Down("both/a", down=False), Ask(get())),
]


@cases(TRACKED)
async def test_a_tracked_server(same: Same, scenario: Scenario):
    await same(scenario)
