"""A request's walk through rules. The cases with HAProxy's answer beside them were tried on HAProxy 2.6."""

import dataclasses
import re

import pytest

from affinity_gw.errors import BadRequest
from affinity_gw.http1.fields import matcher
from affinity_gw.routing.acl import compile_condition
from affinity_gw.routing.decision import Forward, Reply
from affinity_gw.routing.rules import (
    AddField,
    Allow,
    DeleteFields,
    Deny,
    Redirect,
    ReplaceField,
    ReplaceTarget,
    Rule,
    SetField,
    SetTarget,
    Together,
    UseBackend,
    UseServer,
    in_order,
)
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.walk import Walk, filled_in
from tests.routing.making import backend, request, servers, snapshot


def rule(action, text=""):
    return Rule(compile_condition(text, {}, backends=("wt",)) if text else None, action, text)


def walked(*rules, target="/", fields=(), of=None, down=(), trace=None):
    wt = of or backend(*servers(1, 1))
    walk = Walk(request(target, ("Host", "a.example"), *fields), snapshot(wt, down=down), trace)
    return walk, walk.through(dataclasses.replace(wt, rules=in_order(rules)))


def test_a_walk_without_a_match_leaves_the_request_alone():
    head = request("/")
    walk = Walk(head, snapshot(backend()), None)
    assert walk.through(Frontend("f", (), rules=(rule(SetField(b"X", "1"), "{ path /other }"),))) is None
    assert walk.head is head


def test_an_edit_goes_on_and_later_conditions_see_it():
    walk, end = walked(rule(SetField(b"X", "1")), rule(UseBackend("wt"), "{ hdr(X) 1 }"))
    assert end == UseBackend("wt")
    assert walk.touched == {b"x"}


def test_the_condition_of_several_edits_is_asked_once():
    edits = Together((SetField(b"X", "1"), SetField(b"Y", "2")))
    walk, _ = walked(rule(edits, "! { hdr(X) 1 }"))
    assert (walk.head.headers["X"], walk.head.headers["Y"]) == ("1", "2")


def test_a_refusal_ends_the_walk_where_it_stands():
    walk, end = walked(rule(SetField(b"X", "1")), rule(Deny(403)), rule(SetField(b"Y", "1")))
    assert isinstance(end, Reply)
    assert (end.status, end.termination) == (403, "PR")
    assert "Y" not in walk.head.headers


def test_redirects_come_after_all_edits_and_before_the_backend():
    _, end = walked(rule(UseBackend("wt")), rule(Redirect("/new"), "{ hdr(X) 1 }"), rule(SetField(b"X", "1")))
    assert isinstance(end, Reply)
    assert (end.status, end.location) == (302, "/new")


def test_allow_passes_over_edits_and_refusals_only():
    walk, end = walked(rule(Allow()), rule(Deny(403)), rule(SetField(b"X", "1")), rule(UseBackend("wt")))
    assert end == UseBackend("wt")
    assert "X" not in walk.head.headers


class TestUseServer:
    def test_its_server_gets_the_request_and_retries_stay_on_it(self):
        _, end = walked(rule(UseServer("2"), "{ path / }"))
        assert isinstance(end, Forward)
        assert (end.server.name, end.persistent, end.pin) == ("2", True, "none")
        assert end.reason == "the rule for 2: { path / }"

    def test_a_server_that_is_down_leaves_the_next_rule_its_say(self):
        _, end = walked(rule(UseServer("2")), rule(UseServer("1")), down={"wt/2"})
        assert isinstance(end, Forward)
        assert end.server.name == "1"

    def test_when_all_are_down_balance_decides(self):
        assert walked(rule(UseServer("2")), down={"wt/2"})[1] is None


HAPROXY = {
    # action, target: target at the server
    "set-path keeps the query": (SetTarget("path", "/changed"), "/sp?q=1", "/changed?q=1"),
    "set-query": (SetTarget("query", "a=b"), "/sq?z=1", "/sq?a=b"),
    "set-pathq": (SetTarget("pathq", "/x?a=b"), "/sq?z=1", "/x?a=b"),
    "replace-path with a group": (
        ReplaceTarget("path", re.compile("^/rp/(.*)"), r"/new/\1"),
        "/rp/a/b?q",
        "/new/a/b?q",
    ),
    "replace-path replaces the whole path": (ReplaceTarget("path", re.compile("rq"), "/XX"), "/rq/foo?z", "/XX?z"),
    "replace-path without a match": (ReplaceTarget("path", re.compile("^/no"), "/XX"), "/rq/foo?z", "/rq/foo?z"),
    "replace-uri": (ReplaceTarget("uri", re.compile("^/ru(.*)"), r"/U\1"), "/ru/x?y=2", "/U/x?y=2"),
    "set-uri": (SetTarget("uri", "/su?x=1"), "/a", "/su?x=1"),
}


@pytest.mark.parametrize(("action", "target", "expected"), HAPROXY.values(), ids=HAPROXY)
def test_targets_become_what_haproxy_makes_of_them(action, target, expected):
    assert walked(rule(action), target=target)[0].head.target == expected


def replace(name, match, value, *, members=False):
    return ReplaceField(name, re.compile(match), value, members)


FIELDS = {
    "replace-header": (
        replace(b"Cookie", "foo=([^;]*);(.*)", r"foo=\1-x;ip=;\2"),
        [("Cookie", "foo=1; bar=2"), ("Cookie", "x=3")],
        [("Cookie", "foo=1-x;ip=; bar=2"), ("Cookie", "x=3")],
    ),
    "replace-value": (
        replace(b"X-L", "b(.)", r"B\1", members=True),
        [("X-L", "a, b1 , c, b2"), ("X-L", "b3")],
        [("X-L", "a,B1, c,B2"), ("X-L", "B3")],
    ),
    "replace-value and quoted commas": (
        replace(b"X-L", "^b$", "B", members=True),
        [("X-L", '"a,b",b')],
        [("X-L", '"a,b",B')],
    ),
    "add-header": (AddField(b"X-L", "2"), [("X-L", "1")], [("X-L", "1"), ("X-L", "2")]),
    "set-header": (SetField(b"X-L", "2"), [("X-L", "1"), ("Y", "1")], [("Y", "1"), ("X-L", "2")]),
    "del-header": (DeleteFields(("X-*",), matcher(["X-*"])), [("X-L", "1"), ("Y", "1")], [("Y", "1")]),
}


@pytest.mark.parametrize(("action", "fields", "expected"), FIELDS.values(), ids=FIELDS)
def test_fields_become_what_haproxy_makes_of_them(action, fields, expected):
    head = walked(rule(action), fields=fields)[0].head
    assert list(head.headers.items()) == [("Host", "a.example"), *expected]


@pytest.mark.parametrize(
    "action",
    [SetField(b"X", "a\r\nb"), SetTarget("path", "/a b"), SetTarget("path", "nolead"), SetField(b"Host", "a b")],
    ids=["a line break", "a blank in the target", "no slash", "no host"],
)
def test_what_http_cannot_carry_is_a_bad_request(action):
    with pytest.raises(BadRequest) as caught:
        walked(rule(action))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("text", "filled"),
    [("plain", "plain"), (r"<\1>", "<b>"), (r"\0", "abc"), (r"\9", ""), (r"\\1", r"\1"), (r"\2", ""), ("\\", "\\")],
)
def test_groups_are_filled_in(text, filled):
    found = re.search("a(b)(x)?c", "abc")
    assert filled_in(text, found) == filled


def test_expressions_see_the_request_as_it_is_by_then():
    copy = SetField(b"Y", lambda head, _snapshot: head.headers["X"])
    walk, _ = walked(rule(SetField(b"X", "1")), rule(copy))
    assert walk.head.headers["Y"] == "1"


def test_a_walk_tells_what_it_did():
    trace = []
    walked(rule(SetField(b"X", "1")), rule(Deny(403), "{ path /no }"), trace=trace)
    assert trace == ["rule set-header X when always: matches", "rule deny 403 when { path /no }: no match"]
