"""Rules: what each table becomes, and what is wrong with others."""

import pytest

from affinity_gw.routing.regexes import regular
from affinity_gw.routing.rules import (
    AddField,
    Allow,
    Challenge,
    Deny,
    Phase,
    Redirect,
    ReplaceField,
    ReplaceTarget,
    Return,
    SetField,
    SetStatus,
    SetTarget,
    Together,
    UseBackend,
    UseServer,
)

FRONTEND = {
    "deny": ("deny = true", Deny(403)),
    "deny with a status": ("deny = 429", Deny(429)),
    "auth": ("auth = true", Challenge("x")),
    "auth with a realm": ('auth = true\nrealm = "Some Realm"', Challenge("Some Realm")),
    "allow": ("allow = true", Allow()),
    "backend": ('backend = "b"', UseBackend("b")),
    "redirect": ('redirect = "/a"\ncode = 301', Redirect("/a", 301)),
    "redirect to a percent sign": ('redirect = "/a%20b"', Redirect("/a%20b")),
    "redirect with a prefix": (
        'redirect = { prefix = "https://x", code = 308, drop_query = true, append_slash = true }',
        Redirect("https://x", 308, "prefix", drop_query=True, append_slash=True),
    ),
    "redirect with cookies": (
        'redirect = { location = "/", set_cookie = "A=1", clear_cookie = "B" }',
        Redirect("/", cookies=("A=1; path=/;", "B; path=/; Max-Age=0;")),
    ),
    "redirect to another scheme": ('redirect.scheme = "https"', Redirect("https", kind="scheme")),
    "return": (
        'return = { status = 404, content_type = "text/plain", body = "100%", fields = { X = "1" } }',
        Return(404, "text/plain", "100%", (("X", "1"),)),
    ),
    "return of a file": ('return.file = "page"', Return(body=b"a page")),
    "set-header": ('set_header = { X = "1" }', SetField(b"X", "1")),
    "two set-header": ('set_header = { X = "1", Y = "2" }', Together((SetField(b"X", "1"), SetField(b"Y", "2")))),
    "add-header": ('add_header.X = "1"', AddField(b"X", "1")),
    "replace-header": (
        'replace_header = { name = "X", match = "^a(.)", with = "\\\\1" }',
        ReplaceField(b"X", regular("^a(.)"), r"\1"),
    ),
    "replace-value": (
        'replace_value = { name = "X", match = "a", with = "" }',
        ReplaceField(b"X", regular("a"), "", members=True),
    ),
    "set-path": ('set_path = "/x"', SetTarget("path", "/x")),
    "set-pathq": ('set_pathq = "/x?y"', SetTarget("pathq", "/x?y")),
    "set-query": ('set_query = "y"', SetTarget("query", "y")),
    "set-uri": ('set_uri = "/x?y"', SetTarget("uri", "/x?y")),
    "replace-path": (
        'replace_path = { match = "^/proxy(.*)", with = "\\\\1" }',
        ReplaceTarget("path", regular("^/proxy(.*)"), r"\1"),
    ),
    "replace-uri": (
        'replace_uri = { match = "a", with = "/b" }',
        ReplaceTarget("uri", regular("a"), "/b"),
    ),
}


@pytest.mark.parametrize(("text", "action"), FRONTEND.values(), ids=FRONTEND)
def test_a_rule_is_read(load, tmp_path, text, action):
    (tmp_path / "page").write_text("a page")
    config = load(f"@F\n[[frontend.x.rule]]\n{text}\n@B\n")
    assert [rule.action for rule in config.frontends[0].rules] == [action]


def test_fields_to_take_out_are_named_or_begin_so(load):
    (rule,) = load('@F\n[[frontend.x.rule]]\ndel_header = ["X-A", "X-B-*"]\n@B\n').frontends[0].rules
    assert rule.action.patterns == ("X-A", "X-B-*")
    assert [rule.action.unwanted(name) for name in (b"x-a", b"x-b-c", b"x-b")] == [True, True, False]


def test_a_redirect_may_stand_among_the_other_rules(load):
    rules = '[[frontend.x.rule]]\nphase = "http-request"\nredirect = "/a"\n[[frontend.x.rule]]\ndeny = true\n'
    first, second = load(f"@F\n{rules}@B\n").frontends[0].rules
    assert (first.action, first.phase, second.action) == (Redirect("/a"), Phase.HTTP_REQUEST, Deny())


def test_unless_turns_a_condition_round(load):
    config = load('@F\n[[frontend.x.rule]]\nunless = "{ method POST }"\ndeny = true\n@B\n')
    (rule,) = config.frontends[0].rules
    post, get = (type("Head", (), {"method": method}) for method in ("POST", "GET"))
    assert (rule.when(post, None), rule.when(get, None), rule.text) == (False, True, "unless { method POST }")


def test_a_backend_has_rules_and_acls_of_its_own(load):
    config = load(
        '@F\n@B\nserver.s2 = "127.0.0.1:2"\nacl.dev = "hdr_beg(host) dev."\n'
        '[[backend.b.rule]]\nwhen = "dev"\nserver = "s2"\n'
        '[[backend.b.response_rule]]\nset_status = 418\nreason = "teapot"\n'
        "[[backend.b.response_rule]]\ndeny = true\n"
    )
    (backend,) = config.backends
    assert [(rule.action, rule.text) for rule in backend.rules] == [(UseServer("s2"), "dev")]
    assert [rule.action for rule in backend.response_rules] == [SetStatus(418, "teapot"), Deny(502)]


WRONG = {
    "a backend's rule that sends elsewhere": (
        '@F\n@B\n[[backend.b.rule]]\nbackend = "b"\n',
        "[backend.b] rule[0].backend: a backend cannot send a request to another one; move the rule to the frontend",
    ),
    "use-server in a frontend": (
        '@F\n[[frontend.x.rule]]\nserver = "s"\n@B\n',
        "[frontend.x] rule[0].server: a frontend has no servers; move the rule to the backend",
    ),
    "a server that is none": (
        '@F\n@B\nserver.s2 = "127.0.0.1:2"\n[[backend.b.rule]]\nserver = "s3"\n',
        '[backend.b] rule[0].server: there is no server "s3" in this backend; there is s1 and s2',
    ),
    "when and unless": (
        '@F\n[[frontend.x.rule]]\nwhen = "{ path /a }"\nunless = "{ path /b }"\ndeny = true\n@B\n',
        "[frontend.x] rule[0].unless: the rule has when and unless; keep one",
    ),
    "a redirect to nowhere": (
        "@F\n[[frontend.x.rule]]\nredirect.code = 301\n@B\n",
        '[frontend.x] rule[0].redirect: a redirect has one of location, prefix and scheme; write redirect = "/new"',
    ),
    "no regular expression": (
        '@F\n[[frontend.x.rule]]\nreplace_path = { match = "(", with = "" }\n@B\n',
        (
            "[frontend.x] rule[0].replace_path.match: the regular expression '(' cannot be read: "
            "missing ), unterminated subpattern at position 0"
        ),
    ),
    "a file that is not there": (
        '@F\n[[frontend.x.rule]]\nreturn.file = "no"\n@B\n',
        (
            "[frontend.x] rule[0].return.file: no cannot be read: No such file or directory; "
            "name a file that the gateway may read"
        ),
    ),
    "a second Host": (
        '@F\n[[frontend.x.rule]]\nadd_header.Host = "a"\n@B\n',
        "[frontend.x] rule[0].add_header: a request has one Host; write set_header",
    ),
    "no Host": (
        '@F\n[[frontend.x.rule]]\ndel_header = "H*"\n@B\n',
        "[frontend.x] rule[0].del_header: every request has a Host; leave it, or write set_header",
    ),
    "a field of the gateway's own": (
        '@F\n[[frontend.x.rule]]\nset_header.Content-Length = "1"\n@B\n',
        "[frontend.x] rule[0].set_header.Content-Length: Content-Length is the gateway's own business; leave it out",
    ),
    "a reason without a status": (
        '@F\n[[frontend.x.response_rule]]\ndeny = 502\nreason = "x"\n@B\n',
        "[frontend.x] response_rule[0].reason: only a set_status has a reason; leave it out",
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_rule_is_complained_of(complaints, text, said):
    assert [complaint.partition(" ")[2] for complaint in complaints(text)] == [said]
