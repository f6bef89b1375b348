"""The lines that both write to a log server: same fields, same words for how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import Scenario
from tests.differential.servers import Do, Wait
from tests.differential.steps import Ask, Leave, Open, Read, Receive, Rest, Send, Step
from tests.differential.waits import Logged, Refuse, Saw, Signal


def logged(
    name: str,
    *steps: Step | bytes,
    options: str = "",
    front: str = "",
    back: str = "",
    target: str = "{log} local0",
    servers: str = "",
    **more: Any,
) -> Scenario:
    config = f"""
global
    log {target}
defaults
    log global
    mode http
    option httplog
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    retries 0
    {options}
frontend web
    bind {{bind.web}}
    {front}
    default_backend app
backend app
    {back}
    {servers or "server a {server.a}"}
"""
    script: list[Step] = []
    for step in steps:
        script += [Ask(step), Logged()] if isinstance(step, bytes) else [step]
    return Scenario(name, config, tuple(script), answers_only=True, **more)


TRUNCATED = (Do.BODY, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", Do.CLOSE)
SERVER_ERROR = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
COOKIE = "cookie S insert indirect"
WITH_COOKIE = "server a {server.a} cookie s1"


def without_httplog(scenario: Scenario) -> Scenario:
    return replace(scenario, config=scenario.config.replace("option httplog", ""))


SCENARIOS = [
    logged("plain", get("/a?b=c"), post()),
    logged("facility-and-level", get(), target="{log} local3 info"),
    logged(
        "level-that-leaves-traffic-out",
        Ask(get()),
        Refuse("a"),
        Logged(),
        target="{log} local1 notice",
        servers="server a {server.a} check inter 50ms fall 1",
    ),
    logged("redirect", get("/old"), front="redirect location /new"),
    logged("deny", get("/old"), front="http-request deny"),
    logged("return", get("/old"), front="http-request return status 200"),
    logged("refused", get(), down=("a",)),
    logged("bad-request", Ask(b"GET / HTTP/1.1\r\nbad line\r\n\r\n"), Logged()),
    logged("closed-without-an-answer", get(), answers={"*": (Do.BODY, Do.CLOSE)}),
    logged("bad-answer", get(), answers={"*": b"nonsense\r\n\r\n"}),
    logged("cut", Ask(get()), Logged(), answers={"*": TRUNCATED}),
    logged("504", get(), answers={"*": (Do.HOLD,)}, options="timeout server 100ms"),
    logged("408", Ask(b"GET /"), Logged(), options="timeout http-request 100ms"),
    logged("nothing-sent", Open(), Read(), Logged(), options="timeout http-request 100ms"),
    logged("dontlognull", Open("9"), Leave("close", "9"), get(), options="option dontlognull"),
    logged("left-without-a-word", Open("9"), Leave("close", "9"), Logged()),
    logged("left-after-a-request", get(), Leave("close"), Ask(get("/2"), on="2"), Logged()),
    logged(
        "normal-is-left-out",
        Ask(get("/1")),
        get("/old"),
        options="option dontlog-normal",
        front="http-request deny if { path /old }",
    ),
    logged(
        "errors-apart",
        get("/1"),
        get("/old"),
        get("/new"),
        options="option log-separate-errors",
        front="http-request deny if { path /old }\n    redirect location / if { path /new }",
    ),
    logged("a-servers-500", get(), options="option log-separate-errors", answers={"*": SERVER_ERROR}),
    logged(
        "left-in-the-queue",
        Send(get("/1"), on="2"),
        Saw(b"GET /1"),
        Send(get("/2")),
        Leave("close"),
        Logged(),
        options="option abortonclose",
        servers="server a {server.a} maxconn 1",
        answers={"/1": (Do.HOLD,)},
    ),
    logged(
        "no-place-in-time",
        Send(get("/1"), on="2"),
        Saw(b"GET /1"),
        get("/2"),
        options="timeout queue 100ms",
        servers="server a {server.a} maxconn 1",
        answers={"/1": (Do.HOLD,)},
    ),
    logged("left-within-the-head", Send(b"GET / HT"), Leave("finish"), Read(), Logged()),
    logged("cookie-none", get(), back=COOKIE, servers=WITH_COOKIE),
    logged("cookie-valid", get("/", "Cookie: S=s1"), back=COOKIE, servers=WITH_COOKIE),
    logged("cookie-invalid", get("/", "Cookie: S=x"), back=COOKIE, servers=WITH_COOKIE),
    logged("keep-alive-counts", get("/1"), get("/2")),
    logged("two-connections", Open("2"), Ask(get(), on="2"), Logged(), get()),
    logged(
        "tunnel",
        Ask(get("/", "Connection: Upgrade", "Upgrade: x")),
        Leave("close"),
        Logged(),
        answers={"*": (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", Do.END)},
    ),
    logged("a-long-target-is-cut", get("/" + "x" * 2000)),
    logged("control-bytes-are-escaped", get('/"quoted"')),
    logged("head", get(method="HEAD")),
    logged("1.0", get(version="1.0")),
    logged(
        "redispatched",
        get(),
        options="option redispatch\n    retries 1",
        servers="server a {server.a}\n    server b {server.b}",
        down=("a",),
    ),
    logged("server-down-and-up", Refuse("a"), Logged(2), servers="server a {server.a} check inter 50ms fall 1 rise 1"),
    without_httplog(logged("default-format", Ask(get()), Logged())),
]


@cases(SCENARIOS)
async def test_a_line_of_the_http_log(same: Same, scenario: Scenario):
    await same(scenario)


def tcp_logged(name: str, *steps: Step, options: str = "", **more: Any) -> Scenario:
    config = f"""
defaults
    log {{log}} local0
    mode tcp
    option tcplog
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    retries 0
    {options}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    server a {{server.a}}
"""
    return Scenario(name, config, (*steps, Logged()), raw=True, answers_only=True, **more)


TCP = [
    tcp_logged("plain", Send(b"ping"), Receive(4), Leave("finish"), Rest()),
    tcp_logged("refused", Open(), Rest(), down=("a",)),
    tcp_logged("server-closes", Open(), Rest(), Leave(), answers={"*": (b"bye", Do.CLOSE)}),
    tcp_logged(
        "server-resets",
        Open(),
        Receive(2),
        Signal("go"),
        Rest(),
        Leave(),
        answers={"*": (b"hi", Wait("go"), Do.RESET)},
    ),
    tcp_logged("client-timeout", Send(b"ping"), Receive(4), Rest(), options="timeout client 150ms"),
    tcp_logged("client-resets", Send(b"ping"), Receive(4), Leave("reset")),
]


@cases(TCP)
async def test_a_line_of_the_tcp_log(same: Same, scenario: Scenario):
    await same(scenario)
