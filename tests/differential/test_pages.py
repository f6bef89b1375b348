"""Answers that no server gives: error files, the monitor's, and what a dispatch address or an unknown backend does."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Apart, Scenario
from tests.differential.steps import Ask, Read, Rest, Send, Step
from tests.differential.waits import Down, Refuse

FIELDS = ("Cache-Control: no-cache", "Connection: close", "Content-Type: text/html", "X-Page: own")


def page(code: int, reason: str) -> str:
    return "\r\n".join([f"HTTP/1.0 {code} {reason}", *FIELDS, "", f"<p>own {code}</p>\n"])


FILES = {
    "e400": page(400, "Bad"),
    "e403": page(403, "No"),
    "e503": page(503, "Down"),
    "e503b": page(503, "Backend down"),
}


def paged(
    name: str, *steps: Step | bytes, options: str = "", front: str = "", back: str = "server a {server.a}", **more: Any
) -> Scenario:
    config = f"""{DEFAULTS}
    retries 0
    {options}
frontend web
    bind {{bind.web}}
    {front}
    default_backend app
backend app
    {back}
"""
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    return Scenario(name, config, script, **{"files": FILES} | more)


FAULTY = "server a {server.a} check inter 50ms fall 1"

SCENARIOS = [
    paged("errorfile-503", get(), get(), options="errorfile 503 {file.e503}", down=("a",)),
    paged("errorfile-503-head", get(method="HEAD"), get(), options="errorfile 503 {file.e503}", down=("a",)),
    paged(
        "the-backends-file-wins",
        get(),
        front="errorfile 503 {file.e503}",
        back="errorfile 503 {file.e503b}\n    server a {server.a}",
        down=("a",),
    ),
    paged("errorfile-403", get(), post(), front="errorfile 403 {file.e403}\n    http-request deny"),
    paged(
        "errorfile-400",
        Send(b"GET / HTTP/1.1\r\nbad line\r\n\r\n"),
        Read(),
        options="errorfile 400 {file.e400}",
        apart=Apart("an errorfile for 400, where no request could be read", (400,), (400,)),
    ),
    paged(
        "errorfile-dev-null-is-silent",
        Send(b"GET /"),
        Rest(),
        options="errorfile 408 /dev/null\n    timeout http-request 100ms",
    ),
    paged(
        "monitor-uri",
        get("/up"),
        get("/up?x"),
        get("/up/"),
        get("/up", method="HEAD"),
        get("/up"),
        front="monitor-uri /up",
    ),
    paged("monitor-uri-post", post(b"x", "/up"), front="monitor-uri /up"),
    paged("monitor-uri-1.0", get("/up", version="1.0"), front="monitor-uri /up"),
    paged("monitor-before-deny", get("/up"), get("/"), front="monitor-uri /up\n    http-request deny"),
    paged("monitor-fail", get("/up"), get("/up"), front="monitor-uri /up\n    monitor fail if { always_true }"),
    paged(
        "monitor-fail-by-nbsrv",
        get("/up"),
        Refuse("a"),
        Down("app/a"),
        get("/up"),
        front="monitor-uri /up\n    monitor fail if { nbsrv(app) lt 1 }",
        back=FAULTY,
    ),
    paged("dispatch", get(), get(), back="dispatch {server.a}"),
    paged("every-server-is-down", Refuse("a"), Down("app/a"), get(), get(), back=FAULTY),
    paged(
        "use-backend-by-name",
        get("/", "X-To: other"),
        get("/", "X-To: none"),
        get(),
        front="use_backend %[req.hdr(x-to)]",
        back="server a {server.a}\nbackend other\n    server b {server.b}",
    ),
]


@cases(SCENARIOS)
async def test_an_answer_that_no_server_gives(same: Same, scenario: Scenario):
    await same(scenario)
