"""TLS on the client's side: who is shown which certificate, what is agreed on, and what rules see of it."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.differences import REFUSED_HANDSHAKE
from tests.differential.requests import get
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask, Encrypt, Open, Rest, Send, Step
from tests.tls.making import authority


@cache
def pair(name: str) -> str:
    """Certificate and key of this name in one text."""
    return "".join(part.decode() for part in authority().issue(name, common=name))


TRUSTED = authority().pem.decode()
FILES = {"one": pair("one.example.com"), "two": pair("two.example.com"), "wild": pair("*.example.org"), "ca": TRUSTED}


def served(name: str, *steps: Step, words: str = "crt {file.one}", front: str = "", **more: Any) -> Scenario:
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}} ssl {words}
    bind {{bind.plain}}
    {front}
    default_backend app
backend app
    server a {{server.a}}
"""
    return Scenario(name, config, steps, files=FILES, **more)


def shake(name: str = "", **options: Any) -> tuple[Step, ...]:
    return (Encrypt(name=name, trusted=TRUSTED, **options),)


TALK = (*shake("one.example.com"), Ask(get("/1")), Ask(get("/2")))
TWO = "crt {file.one} crt {file.two} crt {file.wild}"

SCENARIOS = [
    served("plain", *TALK),
    served("close", *shake(), Ask(get("/", "Connection: close")), Rest()),
    *(
        served(f"by name {name}", *shake(name), words=TWO)
        for name in (
            "one.example.com",
            "two.example.com",
            "TWO.example.com",
            "x.example.org",
            "a.b.example.org",
            "other",
            "",
        )
    ),
    served("strict-sni", *shake("other"), words=TWO + " strict-sni", apart=REFUSED_HANDSHAKE),
    served("no-tls-1.3", *shake(), words="crt {file.one} ssl-max-ver TLSv1.2"),
    served(
        "at-least-1.3",
        *shake(most=ssl.TLSVersion.TLSv1_2),
        words="crt {file.one} ssl-min-ver TLSv1.3",
        apart=REFUSED_HANDSHAKE,
    ),
    served("alpn", *shake(protocols=("http/1.1",)), Ask(get()), words="crt {file.one} alpn http/1.1"),
    served("alpn-unknown", *shake(protocols=("spdy/1",)), words="crt {file.one} alpn http/1.1"),
    served(
        "client-certificate",
        *shake(own=pair("me")),
        Ask(get()),
        words="crt {file.one} ca-file {file.ca} verify required",
    ),
    served(
        "client-certificate-missing",
        *shake(most=ssl.TLSVersion.TLSv1_2),
        words="crt {file.one} ca-file {file.ca} verify required",
        apart=REFUSED_HANDSHAKE,
    ),
    served(
        "client-certificate-optional", *shake(), Ask(get()), words="crt {file.one} ca-file {file.ca} verify optional"
    ),
    served(
        "ssl_fc",
        *TALK,
        Ask(get("/3"), on="2", to="plain"),
        front="option http-server-close\n    http-request set-header X-Forwarded-Proto https if { ssl_fc }",
    ),
    served(
        "redirect-to-https",
        *shake(),
        Ask(get("/x?y")),
        Ask(get("/x?y"), on="2", to="plain"),
        front="redirect scheme https code 301 unless { ssl_fc }",
    ),
    served("hsts", *shake(), Ask(get()), front="http-response set-header Strict-Transport-Security max-age=16000000"),
    served("no-tls-where-it-is-expected", Send(get()), Rest()),
    served("nothing-sent", Open(), Rest(), front="timeout http-request 100ms\n    timeout client 100ms"),
]


@cases(SCENARIOS)
async def test_a_client_over_tls(same: Same, scenario: Scenario):
    await same(scenario)
