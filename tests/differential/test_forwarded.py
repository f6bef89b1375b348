"""X-Forwarded-For and X-Original-To: who adds which line, and when not."""

from __future__ import annotations

from tests.differential.conftest import Same, cases
from tests.differential.requests import get
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask, Open


def forwarding(name: str, front: str = "", back: str = "", source: str = "") -> Scenario:
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    {front}
    default_backend app
backend app
    {back}
    server a {{server.a}}
"""
    requests = (
        get(),
        get("/", "X-Forwarded-For: 1.2.3.4"),
        get("/", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8", "X-Other: 1", "X-Client: 9.9.9.9"),
        get("/", "X-Forwarded-For:", "X-Client:"),
        get("/", "X-Original-To: 1.1.1.1", "X-Forwarded-Proto: ftp", "Forwarded: for=1.2.3.4", "X-Real-IP: 1"),
        get("/", "Connection: close", version="1.0"),
    )
    return Scenario(name, config, (Open(source=source), *(Ask(request) for request in requests)))


SCENARIOS = [
    forwarding("no-option-adds-nothing"),
    forwarding("forwardfor-in-front", "option forwardfor"),
    forwarding("forwardfor-in-back", "", "option forwardfor"),
    forwarding("in-both-it-is-added-once", "option forwardfor", "option forwardfor"),
    forwarding("header", "option forwardfor header X-Client"),
    forwarding("the-backends-name-wins", "option forwardfor header X-Front", "option forwardfor header X-Client"),
    forwarding("if-none", "option forwardfor if-none"),
    forwarding("if-none-header", "option forwardfor header X-Client if-none"),
    forwarding("except-meets", "option forwardfor except 127.0.0.1"),
    forwarding("except-network-meets", "option forwardfor except 127.0.0.0/8"),
    forwarding("except-does-not-meet", "option forwardfor except 127.0.0.0/30", source="127.0.0.9"),
    forwarding("except-in-back-only", "option forwardfor", "option forwardfor except 127.0.0.0/8"),
    forwarding("originalto", "option originalto"),
    forwarding("originalto-in-both", "option originalto", "option originalto header X-Dst"),
    forwarding("originalto-except-destination", "option originalto except 127.0.0.1"),
    forwarding("originalto-except-another", "option originalto except 10.0.0.0/8 header X-Dst"),
    forwarding("both-and-close", "option forwardfor\n    option originalto\n    option http-server-close"),
    forwarding(
        "both-and-pretend",
        "option forwardfor\n    option http-server-close",
        "option originalto\n    option http-pretend-keepalive",
    ),
]


@cases(SCENARIOS)
async def test_addresses_are_added(same: Same, scenario: Scenario):
    await same(scenario)
