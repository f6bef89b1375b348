"""Connection modes: what is said about both connections, and what becomes of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import Apart, Scenario
from tests.differential.servers import Do, ok
from tests.differential.steps import Ask, Open, Read, Send, Step
from tests.differential.usual import one_backend
from tests.differential.waits import Left

MODES = {
    "keep-alive": ("", ""),
    "server-close": ("option http-server-close", ""),
    "server-close-in-backend": ("", "option http-server-close"),
    "pretend-keepalive": ("option http-server-close", "option http-pretend-keepalive"),
    "close": ("option httpclose", ""),
    "close-in-backend": ("", "option httpclose"),
    "close-beats-server-close": ("option http-server-close", "option httpclose"),
    "no-option": ("no option httpclose", "option http-keep-alive"),
}

CLIENTS = {
    "1.1": (get("/1"), get("/2")),
    "1.1-close": (get("/1", "Connection: close"),),
    "1.1-keep-alive": (
        get("/1", "Connection: keep-alive"),
        get("/2", "Connection: Keep-Alive", "Keep-Alive: timeout=5"),
    ),
    "1.0": (get("/1", version="1.0"),),
    "1.0-keep-alive": (get("/1", "Connection: keep-alive", version="1.0"), get("/2", version="1.0")),
    "post": (post(), post(b"second", "/2")),
}

SERVERS = {
    "says-close": {"*": ok("ok", "Connection: close")},
    "says-close-and-does": {"*": (Do.BODY, ok("ok", "Connection: close"), Do.CLOSE)},
    "1.0": {"*": ok().replace(b"1.1", b"1.0")},
    "1.0-keep-alive": {"*": ok("ok", "Connection: keep-alive").replace(b"1.1", b"1.0")},
    "close-delimited": {"*": (Do.BODY, b"HTTP/1.1 200 OK\r\nX-Server: {name}\r\n\r\nto the end", Do.CLOSE)},
}


def each_on_its_own(clients: Mapping[str, tuple[bytes, ...]]) -> tuple[Step, ...]:
    """One connection a client, one after the other."""
    return tuple(Ask(request, on=name) for name, requests in clients.items() for request in requests)


KEPT = ("keep-alive", "no-option")
"""Modes in which server connections outlive a request: one client a scenario there, see IDLE."""

ACROSS = [
    one_backend(mode, *each_on_its_own(CLIENTS), front=front, back=back)
    for mode, (front, back) in MODES.items()
    if mode not in KEPT
]
ALONE = [
    one_backend(f"{mode} {client}", *map(Ask, requests), front=MODES[mode][0], back=MODES[mode][1])
    for mode, (client, requests) in itertools.product(KEPT, CLIENTS.items())
]
ONE_CLIENT = {"1.1": CLIENTS["1.1"]}
TWO_CLIENTS = {name: CLIENTS[name] for name in ("1.1", "1.0-keep-alive")}
BEHIND = [
    one_backend(
        f"{mode} server {server}",
        *each_on_its_own(ONE_CLIENT if mode in KEPT else TWO_CLIENTS),
        front=front,
        back=back,
        answers=answers,
    )
    for (mode, (front, back)), (server, answers) in itertools.product(list(MODES.items())[:6], SERVERS.items())
]
NOMINATED = get("/", "Connection: X-Hop, keep-alive", "X-Hop: 1", "TE: trailers, gzip", "Proxy-Connection: x", "X-B: 2")

REUSE = [
    one_backend(
        f"reuse-{mode}",
        Ask(get("/1"), on="1"),
        Ask(get("/2"), on="1"),
        Ask(get("/3"), on="2"),
        Ask(get("/4"), on="2"),
        Ask(get("/5"), on="1"),
        back=f"http-reuse {mode}",
        apart=Apart("idle connections to a server", (200,) * 5, (200,) * 5) if mode == "safe" else None,
    )
    for mode in ("never", "safe", "aggressive", "always")
]

SCENARIOS = [
    *ACROSS,
    *ALONE,
    *BEHIND,
    *REUSE,
    one_backend("pipelined", Send(get("/1") + get("/2") + get("/3")), Read(), Read(), Read()),
    one_backend(
        "pipelined-server-close",
        Send(get("/1") + post(b"x", "/2") + get("/3")),
        Read(),
        Read(),
        Read(),
        front="option http-server-close",
    ),
    one_backend("nothing-after-close", Send(get("/1", "Connection: close") + get("/2")), Read()),
    one_backend("leading-line-ends", Send(b"\r\n\r\n" + get("/1")), Read()),
    one_backend(
        "head-in-pieces",
        Send(b"GET /1 HT"),
        Open("2"),
        Ask(get("/2"), on="2"),
        Send(b"TP/1.1\r\nHost: a\r\n\r\n"),
        Read(),
        front="option http-server-close",
    ),
    one_backend(
        "server-connection-is-left-at-once",
        Ask(get("/1")),
        Left("a"),
        Ask(get("/2")),
        Left("a"),
        front="option http-server-close",
    ),
    one_backend("hop-by-hop-fields", NOMINATED),
    one_backend(
        "servers-hop-by-hop-fields",
        get(),
        answers={"*": ok("ok", "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: timeout=3", "Proxy-Authenticate: Basic")},
    ),
    one_backend("both-close-and-keep-alive", get("/", "Connection: close, keep-alive")),
]


@cases(SCENARIOS)
async def test_both_connections(same: Same, scenario: Scenario):
    await same(scenario)
