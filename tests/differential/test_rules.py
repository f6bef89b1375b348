"""Rules that refuse, edit and answer, in HAProxy's order of evaluation."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import chunked, get, post
from tests.differential.scenario import DEFAULTS, Apart, Scenario
from tests.differential.servers import ok
from tests.differential.steps import Ask, Step
from tests.differential.usual import one_backend
from tests.differential.waits import Down, Refuse

SERVER_FIELDS = {
    "*": ok("{name}", "Cache-Control: max-age=1, private", "X-A: 1", "X-A: 2", "Set-Cookie: a=1; path=/").replace(
        b"Content-Length: 6", b"Content-Length: 1"
    )
}


def ruled(name: str, *steps: Step | bytes, **more: Any) -> Scenario:
    return one_backend(name, *steps, **{"answers": SERVER_FIELDS} | more)


GETS = (get("/a/b?c=d", "X-A: one", "X-A: two", "X-B: three"), get("/admin/x", host="b"), get("http://a/a/b?c"))

SCENARIOS = [
    ruled("deny", get("/admin"), get("/x"), get("/admin"), front="http-request deny if { path_beg /admin }"),
    ruled("deny-in-backend", get("/admin"), get("/x"), back="http-request deny if { path_beg /admin }"),
    ruled("deny-status", get("/"), get("/"), front="http-request deny deny_status 404"),
    ruled("deny-status-429", get("/"), front="http-request deny deny_status 429"),
    ruled("deny-head", get("/", method="HEAD"), get("/"), front="http-request deny"),
    ruled("deny-swallows-a-body", post(b"x" * 100), get("/"), front="http-request deny"),
    ruled("deny-swallows-chunks", chunked(), get("/"), front="http-request deny"),
    ruled("deny-1.0", get("/", version="1.0"), front="http-request deny"),
    ruled("deny-close", get("/", "Connection: close"), front="http-request deny"),
    ruled(
        "deny-unless-internal",
        get("/admin"),
        get("/adminx"),
        get("/x"),
        front="acl admin path_beg /admin\n    acl inside src 192.168.10.0/24\n    http-request deny if admin !inside",
    ),
    ruled(
        "allow-ends-the-rules", get("/a"), get("/b"), front="http-request allow if { path /a }\n    http-request deny"
    ),
    ruled("set-header", *GETS, front="http-request set-header X-A %[src]"),
    ruled("set-header-new", *GETS, front="http-request set-header X-New new"),
    ruled(
        "set-header-format",
        *GETS,
        front='http-request set-header X-New "%[path] %[req.hdr(host)] %[method] %[query] %[url] %[dst]"',
    ),
    ruled("set-header-if", *GETS, front="http-request set-header X-Admin 1 if { path_beg /admin }"),
    ruled("set-header-host", *GETS[:1], front="http-request set-header Host other"),
    ruled("add-header", *GETS, front="http-request add-header X-A three", back="http-request add-header X-A four"),
    ruled("del-header", *GETS, front="http-request del-header x-a"),
    ruled("del-header-m-beg", *GETS, front="http-request del-header X- -m beg"),
    ruled("replace-header", *GETS, front=r"http-request replace-header X-A ^(o.*)$ was-\1"),
    ruled("replace-header-whole-line", get("/", "X-A: a, b, c"), front=r"http-request replace-header X-A b X"),
    ruled("replace-value", get("/", "X-A: a, b, c"), front=r"http-request replace-value X-A b X"),
    ruled("set-path", *GETS, front="http-request set-path /x%[path]"),
    ruled("set-query", *GETS, front="http-request set-query q=%[path]"),
    ruled("set-pathq", *GETS, front="http-request set-pathq /z?y=%[query]"),
    ruled("set-uri", *GETS, front="http-request set-uri /u?v"),
    ruled("replace-path", *GETS, front=r"http-request replace-path ^/a/(.*) /\1/c"),
    ruled("replace-pathq", *GETS, front=r"http-request replace-pathq ^/a/(.*)\?(.*) /\2?\1"),
    ruled("replace-uri", *GETS, front=r"http-request replace-uri ^/a/(.*) /y/\1"),
    ruled(
        "rules-see-earlier-edits",
        get("/a"),
        front="http-request set-path /b\n    http-request set-header X-Saw 1 if { path /b }",
    ),
    ruled(
        "frontend-edits-before-backend",
        get("/a"),
        front="http-request set-path /b",
        back="http-request set-header X-Saw %[path]",
    ),
    ruled(
        "reqs-and-switching-see-edits",
        get("/a"),
        front="http-request set-path /b\n    redirect location /r if { path /b }",
    ),
    ruled(
        "return",
        get("/a"),
        get("/b"),
        front='http-request return status 200 content-type text/plain string "hello" if { path /a }',
    ),
    ruled(
        "return-fields",
        get("/a"),
        front="http-request return status 201 content-type text/plain string x hdr X-One 1 hdr X-Two %[path]",
    ),
    ruled(
        "return-log-format",
        get("/a"),
        front='http-request return status 200 content-type text/plain lf-string "%[path]"',
    ),
    ruled("return-nothing", get("/a"), get("/b"), front="http-request return status 204"),
    ruled("return-post", post(), get("/"), front="http-request return status 200 content-type text/plain string x"),
    ruled(
        "return-head",
        get("/", method="HEAD"),
        get("/"),
        front="http-request return status 200 content-type text/plain string x",
    ),
    ruled(
        "return-file",
        get("/a"),
        front="http-request return status 200 content-type text/plain file {file.page}",
        files={"page": "a page\n"},
    ),
    ruled(
        "response-set-header", *GETS, back="http-response set-header X-A three", front="http-response set-header X-F f"
    ),
    ruled("response-add-header", *GETS, back="http-response add-header X-A three"),
    ruled("response-del-header", *GETS, back="http-response del-header X-A"),
    ruled("response-replace-header", *GETS, back=r"http-response replace-header Set-Cookie (.*) \1;Secure"),
    ruled("response-replace-value", *GETS, back=r"http-response replace-value Cache-Control ^private$ public"),
    ruled("response-set-status", *GETS, back="http-response set-status 404"),
    ruled("response-set-status-reason", *GETS, back='http-response set-status 503 reason "Slow Down"'),
    ruled(
        "response-conditions",
        *GETS,
        back="http-response set-header X-Was 200 if { status 200 } { res.hdr(x-a) -m found }",
    ),
    ruled(
        "response-deny",
        *GETS,
        back="http-response deny if { res.hdr(x-a) 2 }",
        apart=Apart("a server whose answer a rule refuses", (502,) * 3, (502,) * 3),
    ),
    ruled(
        "response-order",
        get("/"),
        back="http-response set-header X-A back",
        front="http-response set-header X-Saw %[res.hdr(x-a)]",
    ),
    ruled(
        "hsts",
        get("/"),
        front='http-response set-header Strict-Transport-Security "max-age=31536000; includeSubDomains"',
    ),
    ruled(
        "own-answers-have-no-response-rules", get("/"), front="http-response set-header X-F f\n    http-request deny"
    ),
]


@cases(SCENARIOS)
async def test_a_rule(same: Same, scenario: Scenario):
    await same(scenario)


def two_servers(name: str, rules: str, *steps: Step | bytes, words: str = "", **more: object) -> Scenario:
    config = f"""{DEFAULTS}
    option redispatch
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    {rules}
    server a {{server.a}} {words}
    server b {{server.b}} {words}
"""
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    return Scenario(name, config, script, **more)  # type: ignore[arg-type]


DEV = "use-server b if { hdr_beg(host) dev. }\n    use-server a unless { hdr_beg(host) dev. }"
USE_SERVER = [
    two_servers("use-server", DEV, *[get("/", host=host) for host in ("dev.x", "x", "dev.y", "y")]),
    two_servers("first-rule-wins", "use-server b if TRUE\n    use-server a if TRUE", get(), get()),
    two_servers(
        "one-is-down",
        DEV,
        Refuse("b"),
        Down("app/b"),
        *[get("/", host=host) for host in ("dev.x", "x", "dev.y")],
        words="check inter 50ms fall 1",
    ),
    two_servers("no-rule-meets", "use-server b if FALSE", get(), get(), get()),
]


@cases(USE_SERVER)
async def test_use_server(same: Same, scenario: Scenario):
    await same(scenario)
