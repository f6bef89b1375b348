"""Mode tcp: bytes pass, ends of streams pass, and servers are chosen a connection at a time."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.scenario import Scenario
from tests.differential.servers import Answer, Do
from tests.differential.steps import Leave, Open, Receive, Rest, Send, Step
from tests.differential.waits import Saw


def relayed(
    name: str, *steps: Step, answer: Answer = (Do.ECHO,), options: str = "", back: str = "", **more: Any
) -> Scenario:
    config = f"""
defaults
    mode tcp
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    retries 0
    {options}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    {back}
    server a {{server.a}}
    server b {{server.b}}
"""
    return Scenario(name, config, steps, {"*": answer}, raw=True, **more)


def talk(on: str, word: bytes = b"ping") -> tuple[Step, ...]:
    return Send(word, on), Receive(len(word), on)


SCENARIOS = [
    relayed("echo", *talk("1")),
    relayed("one-server-a-connection", *talk("1"), *talk("2", b"second"), *talk("3", b"third"), *talk("1", b"again")),
    relayed("no-http-in-it", *talk("1", b"GET / HTTP/1.1\r\n\r\n\0\xff")),
    relayed("big", Send(b"x" * 200_000), Receive(200_000)),
    relayed("the-server-speaks-first", Open(), Receive(5), answer=(b"220 a", Do.ECHO)),
    relayed("client-closes", *talk("1"), Leave("close")),
    relayed("client-half-closes", Send(b"all"), Saw(b"all"), Leave("finish"), Rest()),
    relayed("client-half-closes-at-once", Send(b"all"), Leave("finish"), Rest()),
    relayed("client-resets", *talk("1"), Leave("reset")),
    relayed("server-closes", Send(b"x"), Rest(), answer=(b"bye", Do.CLOSE)),
    relayed("server-half-closes", Send(b"x"), Receive(3), Send(b"more"), Saw(b"more"), answer=(b"bye", Do.FINISH)),
    relayed(
        "server-half-closes-then-client",
        Send(b"x"),
        Receive(3),
        Send(b"more"),
        Saw(b"more"),
        Leave("finish"),
        Rest(),
        answer=(b"bye", Do.FINISH),
    ),
    relayed("server-resets", Send(b"x"), Rest(), answer=(Do.RESET,)),
    relayed("server-down", Open(), Rest(), down=("a", "b")),
    relayed("redispatched", Open(), *talk("1"), options="option redispatch\n    retries 2", down=("a",)),
    relayed("client-timeout", Open(), Rest(), options="timeout client 150ms"),
    relayed("server-timeout", *talk("1"), Rest(), Leave(), options="timeout server 150ms"),
    relayed("by-source", *talk("1"), *talk("2"), back="balance source"),
    relayed("leastconn", *talk("1"), *talk("2"), *talk("3"), back="balance leastconn"),
]


@cases(SCENARIOS)
async def test_a_connection_is_relayed(same: Same, scenario: Scenario):
    await same(scenario)


LISTEN = Scenario(
    "listen",
    """
listen web
    mode tcp
    bind {bind.web}
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    server a {server.a}
""",
    talk("1"),
    raw=True,
)


async def test_a_listen_section(same: Same):
    await same(LISTEN)
