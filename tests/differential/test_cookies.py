"""Persistence by cookie, in all its modes."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.servers import Do, ok
from tests.differential.steps import Ask, Step


def kept(name: str, cookie: str, *steps: Step | bytes, options: str = "", weights: str = "", **more: Any) -> Scenario:
    config = f"""{DEFAULTS}
    retries 1
    timeout connect 200ms
    option redispatch
    {options}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    balance roundrobin
    cookie {cookie}
    server one {{server.a}} cookie s1 {weights}
    server two {{server.b}} cookie s2
    server three {{server.c}}
"""
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    return Scenario(name, config, script, **more)


def asking(*cookies: str) -> tuple[bytes, ...]:
    return tuple(get("/", *([f"Cookie: {cookie}"] if cookie else [])) for cookie in cookies)


CASES = asking(
    "",
    "",
    "",
    "SRV=s1",
    "SRV=s2",
    "SRV=none",
    "SRV=",
    'SRV="s1"',
    "a=1; SRV=s2; b=2",
    "srv=s1",
    "SRV",
    "SRV=none; SRV=s2",
    "SRV=s1; SRV=s2",
    "SRV=s1|abc",
    "SRV=s2 ; a=1",
    " SRV = s2",
    "a=b,SRV=s1",
    "SRV=s1;",
    "$Version=1; SRV=s1; $Path=/; a=1",
)
SEVERAL_LINES = get("/", "Cookie: a=1", "Cookie: SRV=s2", "Cookie: b=2")
CACHEABLE = {
    "*": ok("ok", "Cache-Control: max-age=60"),
    "/public": ok("ok", "Cache-Control: public"),
    "/etag": ok("ok", 'ETag: "a"'),
    "/private": ok("ok", "Cache-Control: private, max-age=60"),
    "/no-store": ok("ok", "Cache-Control: no-store", 'ETag: "a"'),
    "/pragma": ok("ok", "Pragma: no-cache", 'ETag: "a"'),
    "/expires": ok("ok", "Expires: Sat, 21 Nov 2026 05:00:00 GMT"),
    "/500": ok("ok", 'ETag: "a"').replace(b"200 OK", b"500 Oh"),
    "/404": ok("ok", 'ETag: "a"').replace(b"200 OK", b"404 Oh"),
    "/plain": ok("ok"),
}
SETTING = {
    "*": ok("ok", "Set-Cookie: a=1", "Set-Cookie: SRV=mine; path=/x", "Set-Cookie: b=2"),
    "/204": b"HTTP/1.1 204 No Content\r\nX-Server: {name}\r\n\r\n",
}

MODES = [
    "insert",
    "insert indirect",
    "insert indirect nocache",
    "insert indirect nocache httponly secure domain .a.b",
    "prefix",
    "rewrite",
    "prefix nocache",
    'insert indirect attr "SameSite=Lax"',
    "insert preserve",
    "insert indirect preserve",
    "insert postonly",
]

SCENARIOS = [
    *(kept(mode, f"SRV {mode}", *CASES, SEVERAL_LINES, post(), get("/", method="HEAD")) for mode in MODES),
    *(
        kept(f"{mode} and the server sets it", f"SRV {mode}", *CASES[:6], get("/204"), answers=SETTING)
        for mode in MODES[:3] + MODES[4:]
    ),
    kept(
        "nocache-where-cacheable",
        "SRV insert indirect nocache",
        *(get(path) for path in CACHEABLE if path != "*"),
        get(),
        get("/", "Cookie: SRV=s1"),
        post(),
        answers=CACHEABLE,
    ),
    kept("server-down", "SRV insert indirect", *asking("", "SRV=s1", "SRV=s2"), down=("a",)),
    kept("only-in-answers-of-servers", "SRV insert indirect", get(), answers={"*": (Do.BODY, Do.CLOSE)}),
    kept(
        "persist-without-redispatch",
        "SRV insert indirect",
        *asking("SRV=s1"),
        options="no option redispatch",
        down=("a",),
    ),
    kept("weight-0-keeps-its-own", "SRV insert indirect", *asking("", "", "", "SRV=s1", "SRV=s2"), weights="weight 0"),
    kept("dates", "SRV insert indirect maxidle 30m maxlife 8h", *asking("SRV=s1|abcde|abcde")),
    kept("dynamic-cookie-less-server", "SRV insert indirect nocache", *asking("", "", "", "SRV=three")),
]


@cases(SCENARIOS)
async def test_a_cookie(same: Same, scenario: Scenario):
    await same(scenario)
