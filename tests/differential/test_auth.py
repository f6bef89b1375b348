"""Users and passwords: who is asked, in which words, and who comes in."""

from __future__ import annotations

from base64 import b64encode

from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask

SHA256 = "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA"
SHA512 = "$6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1"
"""Both of "secret"."""


def basic(said: str, scheme: str = "Basic ") -> str:
    return f"Authorization: {scheme}{b64encode(said.encode()).decode()}"


def asked(name: str, *requests: bytes, front: str = "", back: str = "") -> Scenario:
    config = f"""userlist users
    user alice password {SHA256}
    user dora password {SHA512}
    user bob insecure-password plain
{DEFAULTS}
frontend web
    bind {{bind.web}}
    {front}
    default_backend app
backend app
    {back}
    server a {{server.a}}
"""
    return Scenario(name, config, tuple(map(Ask, requests)))


RULE = "http-request auth unless { http_auth(users) }"

SCENARIOS = [
    asked("nobody", get("/a"), get("/b", method="HEAD"), post(), get("/c"), front=RULE),
    asked("nobody-at-a-backend", get("/a"), get("/b"), back=RULE),
    asked("nobody-1.0", get("/", version="1.0"), front=RULE),
    asked("nobody-1.0-keep-alive", get("/", "Connection: keep-alive", version="1.0"), get("/"), front=RULE),
    asked("nobody-close", get("/", "Connection: close"), front=RULE),
    asked("realm", get("/"), front=r"http-request auth realm Some\ Realm if { path / }"),
    asked("everybody", get("/", basic("alice:secret")), front="http-request auth"),
    asked(
        "on-a-path",
        get("/public"),
        get("/private"),
        get("/private", basic("alice:secret")),
        front="http-request auth if { path_beg /private } !{ http_auth(users) }",
    ),
    asked("by-an-acl", get("/"), get("/", basic("bob:plain")), front=f"acl known http_auth(users)\n    {RULE}"),
    *(
        asked(name, get("/", field), post(b"hello", "/", field), front=RULE)
        for name, field in {
            "sha256": basic("alice:secret"),
            "sha512": basic("dora:secret"),
            "insecure": basic("bob:plain"),
            "wrong": basic("alice:guess"),
            "another-ones": basic("alice:plain"),
            "stranger": basic("carol:secret"),
            "no-password": basic("alice:"),
            "no-colon": basic("alice"),
            "lower-case": basic("alice:secret", "basic "),
            "many-blanks": basic("alice:secret", "BASIC    "),
            "a-tab": basic("alice:secret", "Basic\t"),
            "no-padding": basic("bob:plain").rstrip("="),
            "padding": basic("dora:secrets"),
            "bearer": basic("alice:secret", "Bearer "),
            "not-base64": "Authorization: Basic a:b",
            "empty": "Authorization:",
        }.items()
    ),
]


@cases(SCENARIOS)
async def test_users(same: Same, scenario: Scenario):
    await same(scenario)
