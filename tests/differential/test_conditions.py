"""Conditions see the raw request, as HAProxy sees it: which rule a request meets, told by who answers."""

from __future__ import annotations

from typing import Any

from tests.differential.choices import Which
from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Scenario


def chosen(name: str, condition: str, *requests: bytes, acls: str = "", **more: Any) -> Scenario:
    """Server b answers where the condition holds, else server a."""
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    {acls}
    use_backend yes if {condition}
    default_backend no
backend no
    server a {{server.a}}
backend yes
    server b {{server.b}}
"""
    return Scenario(name, config, (Which(requests),), answers_only=True, **more)


def hosts(*names: str) -> tuple[bytes, ...]:
    return tuple(get("/", host=name) for name in names)


def targets(*names: str) -> tuple[bytes, ...]:
    return tuple(get(name) for name in names)


def agents(*values: str) -> tuple[bytes, ...]:
    return tuple(get("/", f"User-Agent: {value}") for value in values)


WTD = targets("/?wtd=wt1", "/?wtd=wt12", "/?xwtd=wt1", "/?WTD=wt1", "/?wtd=wt%31", "/wtd=wt1;a", "/?a=1&wtd=wt1x", "/")
PATHS = targets(
    "/static",
    "/staticfoo",
    "/static/x?y",
    "/STATIC",
    "//static",
    "/%73tatic",
    "/a/../static",
    "/?/static",
    "/a/static/b",
)
ABSOLUTE = (get("http://a/static/x"), get("http://a/?/static"), get("http://a:8080/static", host="a:8080"))
HOSTS = hosts("urlenco.de", "URLENCO.DE", "www.urlenco.de", "xurlenco.de", "urlenco.de:8080", "urlenco.de.", "b")
DOMAINS = hosts("a.b.c", "www.a.b.c", "a.b.c.au", "a.b.c:8080", "xa.b.c", "a.b.cx", "A.B.C", "b.c")

SCENARIOS = [
    chosen("url_sub", "{ url_sub wtd=wt1 }", *WTD),
    chosen("url_sub-ignores-case", "{ url_sub -i wtd=wt1 }", *WTD),
    chosen("url_sub-not-in-fields-or-body", "{ url_sub wtd=wt1 }", get("/", "Cookie: wtd=wt1"), post(b"wtd=wt1")),
    chosen("url_beg", "{ url_beg /static http://a/ }", *PATHS, *ABSOLUTE),
    chosen("url_end", "{ url_end .png }", *targets("/a.png", "/a.png?x", "/a?x.png", "/a.PNG", "/")),
    chosen("url_dir", "{ url_dir static }", *PATHS),
    chosen("url_reg", r"{ url_reg ^/a[0-9]+(/|$) }", *targets("/a1", "/a1/", "/a/1", "/a12x", "/b/a1")),
    chosen("url", "{ url /static /?x }", *PATHS, *targets("/?x")),
    chosen("path", "{ path /static }", *PATHS, *ABSOLUTE),
    chosen("path_beg", "{ path_beg /static }", *PATHS, *ABSOLUTE),
    chosen("path_end", "{ path_end .png .gif }", *targets("/a.png", "/a.gif?x", "/a?x.png", "/a.png/")),
    chosen("path_sub", "{ path_sub tat }", *PATHS),
    chosen("path_dir", "{ path_dir static }", *PATHS),
    chosen("path_dom", "{ path_dom a.b }", *targets("/a.b", "/x.a.b", "/a.b.c", "/xa.b", "/a.bx", "/q/a.b/z")),
    chosen("path_reg", "{ path_reg -i ^/STAT.*$ }", *PATHS),
    chosen("path_len", "{ path_len 3:5 }", *targets("/a", "/ab", "/abcd", "/abcde", "/ab?cdefgh")),
    chosen("hdr_end", "{ hdr_end(host) -i urlenco.de }", *HOSTS),
    chosen("hdr_end-minds-case", "{ hdr_end(host) urlenco.de }", *HOSTS),
    chosen("hdr_beg", "{ hdr_beg(host) -i dev. }", *hosts("dev.x", "DEV.x", "devel.x", "x.dev.")),
    chosen("hdr_dom", "{ hdr_dom(host) -i a.b.c }", *DOMAINS),
    chosen("hdr_dom-trims-pattern", "{ hdr_dom(host) .b.c }", *DOMAINS),
    chosen(
        "hdr-parts",
        "{ hdr(x-tag) two }",
        *(get("/", f"X-Tag: {v}") for v in ("one,two", "two", "one two", " two , x", "TWO")),
    ),
    chosen("hdr-lines", "{ hdr(x-tag) two }", get("/", "X-Tag: one", "X-Tag: two"), get("/", "X-Tag:"), get("/")),
    chosen("hdr-occurrence", "{ hdr(x-tag,2) two }", get("/", "X-Tag: one, two"), get("/", "X-Tag: two, one")),
    chosen("hdr-last", "{ hdr(x-tag,-1) two }", get("/", "X-Tag: one, two"), get("/", "X-Tag: two, one")),
    chosen(
        "hdr_cnt",
        "{ hdr_cnt(x-tag) ge 2 }",
        get("/", "X-Tag: a"),
        get("/", "X-Tag: a, b"),
        get("/", "X-Tag: a", "X-Tag: b"),
    ),
    chosen("hdr_val", "{ hdr_val(x-n) gt 10 }", *(get("/", f"X-N: {v}") for v in ("9", "10", "11", "x", "11x", "-1"))),
    chosen("hdr_len", "{ hdr_len(x-n) 3 }", *(get("/", f"X-N: {v}") for v in ("ab", "abc", "abcd", "a,abc"))),
    chosen("hdr_sub", "{ hdr_sub(user-agent) -i mobile }", *agents("Mobile Safari", "x,MOBILE", "mob,ile", "Desk")),
    chosen("hdr_reg", "{ hdr_reg(user-agent) ^M.*e$ }", *agents("Mobile", "aMobile", "Me", "Mobile,x")),
    chosen("hdr_dir", "{ hdr_dir(referer) b }", *(get("/", f"Referer: {v}") for v in ("a/b/c", "a/bc", "b", "x?b"))),
    chosen(
        "req.hdr-m-sub", "{ req.hdr(User-Agent) -i -m sub Mobile }", *agents("iMOBILEi", "x, Mobile", "Desktop"), get()
    ),
    chosen("req.hdr-m-found", "{ req.hdr(x-a) -m found }", get("/", "X-A: 1"), get("/", "X-A:"), get("/", "X-B: 1")),
    chosen("hdr-exists-by-count", "{ req.hdr_cnt(x-a) 0 }", get("/", "X-A: 1"), get("/")),
    chosen("req.fhdr", "{ req.fhdr(x-tag) one,two }", get("/", "X-Tag: one,two"), get("/", "X-Tag: one")),
    chosen("method", "{ method POST }", post(), get(), get("/", method="PUT"), get("/", method="HEAD")),
    chosen("method-several", "{ method GET HEAD }", post(), get(), get("/", method="OPTIONS")),
    chosen("meth-get", "METH_GET", post(), get()),
    chosen("predefined-http-1.1", "HTTP_1.1", get(), get(version="1.0")),
    chosen("predefined-localhost", "LOCALHOST", get()),
    chosen("predefined-true-false", "TRUE !FALSE", get()),
    chosen(
        "cook",
        "{ cook(sid) abc }",
        *(
            get("/", f"Cookie: {v}")
            for v in ("sid=abc", "x=1; sid=abc", "sid=abcd", "SID=abc", "xsid=abc", 'sid="abc"')
        ),
    ),
    chosen("cook_beg", "{ cook_beg(sid) s1 }", *(get("/", f"Cookie: {v}") for v in ("sid=s1", "sid=s12", "sid=xs1"))),
    chosen("cook_cnt", "{ cook_cnt(sid) 2 }", get("/", "Cookie: sid=1"), get("/", "Cookie: sid=1; sid=2")),
    chosen("urlp", "{ urlp(wtd) wt1 }", *WTD, *targets("/?wtd=wt1&x", "/?x&wtd=wt1", "/?x;wtd=wt1", "/?wtd=")),
    chosen("url_param_sub", "{ url_param(wtd) -m sub wt1 }", *WTD),
    chosen("urlp-found", "{ urlp(wtd) -m found }", *targets("/?wtd=", "/?wtd", "/?wtd=1", "/")),
    chosen("query", "{ query -m beg a= }", *targets("/?a=1", "/?b&a=1", "/a=")),
    chosen("src", "{ src 127.0.0.0/30 }", get()),
    chosen("src-not", "!{ src 192.168.1.0/24 10.0.0.1 }", get()),
    chosen("dst", "{ dst 127.0.0.1 }", get()),
    chosen("dst_port", "{ dst_port 1:65535 }", get()),
    chosen("ssl_fc", "{ ssl_fc }", get()),
    chosen("nbsrv", "{ nbsrv(yes) gt 0 }", get()),
    chosen("nbsrv-ranges", "{ nbsrv(yes) 1:3 } { nbsrv(no) eq 1 } { nbsrv(no) lt 2 } { nbsrv(no) le 1 }", get()),
    chosen("srv_is_up", "{ srv_is_up(yes/b) }", get()),
    chosen("avg_queue", "{ avg_queue(yes) lt 1 }", get()),
    chosen("always", "{ always_true } !{ always_false }", get()),
    chosen("and", "{ path_beg /a } { method GET }", get("/a"), get("/b"), post(b"", "/a")),
    chosen(
        "or",
        "{ path_beg /a } { method GET } or { path_beg /b }",
        get("/a"),
        get("/b"),
        post(b"", "/a"),
        post(b"", "/b"),
    ),
    chosen("double-bar", "{ path_beg /a } || { path_beg /b }", get("/a"), get("/b"), get("/c")),
    chosen("negations", "!{ path_beg /a } ! { path_beg /b }", get("/a"), get("/b"), get("/c")),
    chosen(
        "named-lines-are-or",
        "x !y",
        *targets("/a", "/b", "/a?y", "/c"),
        acls="acl x path_beg /a\n    acl x path_beg /b\n    acl y url_sub ?y",
    ),
    chosen("several-patterns-and-flags", "x", *targets("/A", "/b", "/B", "-i"), acls="acl x path_beg -i /a -- /b -i"),
    chosen("m-beg-on-a-name", "{ path -m beg /a /b }", *targets("/a1", "/b", "/c")),
    chosen("m-len", "{ path -m len 2 }", *targets("/a", "/ab")),
    chosen(
        "quotes-and-escapes",
        r"""{ hdr(x-a) "a b" 'c d' e\ f }""",
        *(get("/", f"X-A: {v}") for v in ("a b", "c d", "e f", "a")),
    ),
    chosen("lower-converter", "{ req.hdr(host),lower -m str abc }", *hosts("ABC", "abc", "abcd")),
    chosen(
        "from-a-file",
        "{ path_beg -f {file.paths} }",
        *targets("/a", "/b", "/c"),
        files={"paths": "# these\n/a\n\n/b\n"},
    ),
]


@cases(SCENARIOS)
async def test_the_same_requests_meet_the_same_rules(same: Same, scenario: Scenario):
    await same(scenario)
