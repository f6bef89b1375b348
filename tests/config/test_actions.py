"""What a rule does: what each key becomes."""

import pytest

from affinity_gw.routing.regexes import regular
from affinity_gw.routing.rules import (
    AddField,
    Allow,
    Challenge,
    Deny,
    Redirect,
    ReplaceField,
    ReplaceTarget,
    Return,
    SetField,
    SetTarget,
    Together,
    UseBackend,
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
