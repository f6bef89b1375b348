"""maxconn: who waits, who is next, and for how long."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import get
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.servers import Do, Wait, ok
from tests.differential.steps import Ask, Leave, Read, Send, Step
from tests.differential.waits import Logged, Saw, Signal

SLOW = (Wait("go"), Do.BODY, ok())


def queued(
    name: str, *steps: Step, servers: tuple[str, ...] = ("maxconn 1",), options: str = "", **more: Any
) -> Scenario:
    lines = "\n".join(
        f"    server {name} {{server.{name}}} {words}" for name, words in zip("abc", servers, strict=False)
    )
    config = f"""{DEFAULTS}
    timeout queue 200ms
    option http-server-close
    {options}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
{lines}
"""
    return Scenario(name, config, steps, {"/slow": SLOW}, **more)


HELD = (Send(get("/slow"), on="1"), Saw(b"/slow"))

SCENARIOS = [
    queued(
        "a-full-server-makes-wait-until-timeout", *HELD, Ask(get("/2"), on="2", timed=True), Signal("go"), Read(on="1")
    ),
    queued(
        "the-next-one-goes-when-a-place-is-free",
        *HELD,
        Send(get("/2"), on="2"),
        Signal("go"),
        Read(on="1"),
        Read(on="2"),
    ),
    queued(
        "a-place-is-a-request-not-a-connection", Ask(get("/1"), on="1"), Ask(get("/2"), on="2"), Ask(get("/3"), on="1")
    ),
    queued(
        "another-server-takes-it",
        *HELD,
        Ask(get("/2"), on="2"),
        Ask(get("/3"), on="2"),
        Signal("go"),
        Read(on="1"),
        servers=("maxconn 1", ""),
    ),
    queued(
        "all-full",
        *HELD,
        Send(get("/slow"), on="2"),
        Saw(b"/slow", 2),
        Ask(get("/3"), on="3", timed=True),
        Signal("go"),
        Read(on="1"),
        Read(on="2"),
        servers=("maxconn 1", "maxconn 1"),
    ),
    queued(
        "who-leaves-the-queue-with-abortonclose",
        *HELD,
        Send(get("/gone"), on="2"),
        Leave("reset", on="2"),
        Logged(),
        Signal("go"),
        Read(on="1"),
        Ask(get("/3"), on="3"),
        options="option abortonclose\n    timeout queue 5s\n    log {log} local0\n    option httplog",
    ),
]


@cases(SCENARIOS)
async def test_a_queue(same: Same, scenario: Scenario):
    await same(scenario)
