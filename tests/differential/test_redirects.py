"""Redirects: codes, fields, and what becomes of the connection and of a body."""

from __future__ import annotations

from tests.differential.conftest import Same, cases
from tests.differential.requests import chunked, get, post
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask, Read, Send, Step


def redirects(name: str, *steps: Step | bytes, rules: str = "", backend: str = "") -> Scenario:
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    {rules}
    default_backend app
backend app
    {backend}
    server a {{server.a}}
"""
    return Scenario(name, config, tuple(Ask(step) if isinstance(step, bytes) else step for step in steps))


OLD = (get("/old"), get("/old?a=1&b=2"), get("/other"), get("/old", method="HEAD"))
LOCATION = "redirect location /new if { path_beg /old }"


def with_code(code: int) -> Scenario:
    return redirects(f"code-{code}", *OLD, rules=f"redirect location /new code {code} if {{ path_beg /old }}")


SCENARIOS = [
    redirects("location", *OLD, rules=LOCATION),
    *(with_code(code) for code in (301, 302, 303, 307, 308)),
    redirects("post-is-closed", get("/old"), post(b"hello", "/old"), rules=LOCATION),
    redirects("post-without-a-body", post(b"", "/old"), get("/old"), rules=LOCATION),
    redirects("chunked-is-closed", chunked(target="/old"), rules=LOCATION),
    redirects("1.0", get("/old", version="1.0"), rules=LOCATION),
    redirects("1.0-keep-alive", get("/old", "Connection: keep-alive", version="1.0"), get("/x"), rules=LOCATION),
    redirects("close-asked-for", get("/old", "Connection: close"), rules=LOCATION),
    redirects("prefix", *OLD, rules="redirect prefix http://x.y if { path_beg /old }"),
    redirects(
        "prefix-drop-query", *OLD, get("/old/"), rules="redirect prefix /new drop-query code 301 if { path_beg /old }"
    ),
    redirects(
        "prefix-append-slash",
        *OLD,
        get("/old/"),
        rules="redirect prefix /new drop-query append-slash if { path_beg /old }",
    ),
    redirects("prefix-slash", *OLD, rules="redirect prefix / if { path_beg /old }"),
    redirects("prefix-of-absolute", get("http://a/old?x"), rules="redirect prefix /new"),
    redirects("scheme", *OLD, get("/", host="a:8080"), rules="redirect scheme https if !{ ssl_fc }"),
    redirects("scheme-301-without-host", get("/x", host="", version="1.0"), rules="redirect scheme https code 301"),
    redirects(
        "location-format",
        *OLD,
        rules="redirect location https://%[req.hdr(host)]/x%[path]?%[query] if { path_beg /old }",
    ),
    redirects("set-cookie", *OLD, rules="redirect location /new set-cookie SEEN=1 if { path_beg /old }"),
    redirects("clear-cookie", *OLD, rules="redirect location /new clear-cookie SEEN if { path_beg /old }"),
    redirects("http-request", *OLD, rules="http-request redirect location /new code 301 if { path_beg /old }"),
    redirects(
        "http-request-before-a-later-deny",
        *OLD,
        rules="http-request redirect location /new if { path_beg /old }\n    http-request deny if { path_beg /old }",
    ),
    redirects(
        "deny-before-redirect-whatever-the-order",
        *OLD,
        rules=f"{LOCATION}\n    http-request deny if {{ path_beg /old }}",
    ),
    redirects("in-the-backend", *OLD, backend=LOCATION),
    redirects("unless", *OLD, rules="redirect location /new unless { path_beg /old }"),
    redirects("pipelined", Send(get("/old") + get("/x") + get("/old?2")), Read(), Read(), Read(), rules=LOCATION),
    redirects("first-wins", *OLD, rules=f"redirect location /first if {{ path /old }}\n    {LOCATION}"),
]


@cases(SCENARIOS)
async def test_a_redirect(same: Same, scenario: Scenario):
    await same(scenario)
