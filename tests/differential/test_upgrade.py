"""WebSocket and other upgrades: the handshake, the tunnel, and how it ends."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.differences import HALF_OPEN_TUNNEL, UPGRADE_IN_10
from tests.differential.requests import get
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.servers import Answer, Do, Wait, ok
from tests.differential.steps import Ask, Leave, Read, Receive, Rest, Send, Step
from tests.differential.waits import Saw, Signal

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
HELLO = get("/chat", "Connection: Upgrade", "Upgrade: websocket", KEY, "Sec-WebSocket-Version: 13")


def switching(*fields: str, protocol: str = "websocket") -> bytes:
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Connection: Upgrade",
        f"Upgrade: {protocol}",
        *fields,
        "X-Server: {name}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


WELCOME = switching(ACCEPT)
ECHOING = (WELCOME, Do.ECHO)


def upgraded(
    name: str, *steps: Step, answer: Answer = ECHOING, front: str = "", back: str = "", **more: Any
) -> Scenario:
    config = f"""{DEFAULTS}
    timeout tunnel 5s
frontend web
    bind {{bind.web}}
    {front}
    default_backend app
backend app
    {back}
    server a {{server.a}}
"""
    return Scenario(name, config, steps, {"/chat": answer}, **more)


TALK = (Ask(HELLO), Send(b"ping"), Receive(4))

SCENARIOS = [
    upgraded("websocket", *TALK),
    upgraded("server-close", *TALK, front="option http-server-close"),
    upgraded("pretend-keepalive", *TALK, front="option http-server-close", back="option http-pretend-keepalive"),
    upgraded("close", *TALK, front="option httpclose"),
    upgraded(
        "early-bytes-of-the-client",
        Send(HELLO + b"early"),
        Saw(b"\r\n\r\n"),
        Signal("go"),
        Read(),
        Receive(5),
        answer=(Wait("go"), *ECHOING),
    ),
    upgraded("early-bytes-of-the-server", Ask(HELLO), Receive(5), answer=(WELCOME + b"first", Do.ECHO)),
    upgraded("client-closes", *TALK, Leave("close"), Saw(b"ping")),
    upgraded("client-half-closes", *TALK, Leave("finish"), Rest()),
    upgraded("client-resets", *TALK, Leave("reset")),
    upgraded("server-closes", Ask(HELLO), Rest(), answer=(WELCOME + b"bye", Do.CLOSE)),
    upgraded(
        "server-half-closes",
        Ask(HELLO),
        Receive(3),
        Rest(),
        answer=(WELCOME + b"bye", Do.FINISH),
        apart=HALF_OPEN_TUNNEL,
    ),
    upgraded("server-resets", Ask(HELLO), Saw(b"\r\n\r\n"), Rest(), answer=(WELCOME, Do.RESET)),
    upgraded("refused-by-the-server", Ask(HELLO), Ask(get()), answer=ok("no").replace(b"200 OK", b"403 Forbidden")),
    upgraded("request-without-a-key", Ask(HELLO.replace(KEY.encode() + b"\r\n", b""))),
    upgraded("answer-without-accept", Ask(HELLO), answer=(switching(), Do.ECHO)),
    upgraded(
        "another-protocol",
        Ask(get("/chat", "Connection: Upgrade", "Upgrade: foo/2")),
        Send(b"ping"),
        Receive(4),
        answer=(switching(protocol="foo/2"), Do.ECHO),
    ),
    upgraded("101-nobody-asked-for", Ask(get("/chat")), answer=ECHOING),
    upgraded("upgrade-not-named-by-connection", Ask(get("/chat", "Upgrade: websocket", KEY)), answer=ok("plain")),
    upgraded("connection-names-nothing", Ask(get("/chat", "Connection: Upgrade")), answer=ok("plain")),
    upgraded(
        "upgrade-with-a-body",
        Ask(get("/chat", "Connection: Upgrade", "Upgrade: foo", "Content-Length: 2", method="POST") + b"hi"),
        answer=ok("plain"),
    ),
    upgraded(
        "1.0",
        Ask(get("/chat", "Connection: Upgrade", "Upgrade: foo", version="1.0")),
        answer=ok("plain"),
        apart=UPGRADE_IN_10,
    ),
    upgraded(
        "keep-alive-beside-upgrade",
        Ask(get("/chat", "Connection: keep-alive, Upgrade", "Upgrade: websocket", KEY)),
        Send(b"ping"),
        Receive(4),
    ),
]


@cases(SCENARIOS)
async def test_an_upgrade(same: Same, scenario: Scenario):
    await same(scenario)
