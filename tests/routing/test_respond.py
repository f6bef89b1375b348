"""What rules answer by themselves. Locations were tried on HAProxy 2.6."""

import pytest

from affinity_gw.routing.respond import answer, location
from affinity_gw.routing.rules import Challenge, Deny, Redirect, Return, Rule, UseBackend
from tests.routing.making import backend, request, snapshot

NOW = snapshot(backend())

LOCATIONS = {
    "location": (Redirect("/new"), "/old?x=1", "/new"),
    "prefix": (Redirect("http://p.example", kind="prefix"), "/p1/x?y=1", "http://p.example/p1/x?y=1"),
    "an empty query": (Redirect("http://p.example", kind="prefix"), "/p1?", "http://p.example/p1?"),
    "drop-query": (Redirect("http://p", kind="prefix", drop_query=True), "/p1?y=1", "http://p/p1"),
    "append-slash": (
        Redirect("http://p", kind="prefix", drop_query=True, append_slash=True),
        "/p2/x?y=1",
        "http://p/p2/x/",
    ),
    "append-slash to one": (
        Redirect("http://p", kind="prefix", drop_query=True, append_slash=True),
        "/p2/?y=1",
        "http://p/p2/",
    ),
    "prefix /": (Redirect("/", kind="prefix", drop_query=True), "/p3/x?y=1", "/p3/x"),
    "scheme": (Redirect("https", kind="scheme"), "/s1/x?y=1", "https://h.example/s1/x?y=1"),
    "absolute-form": (Redirect("https", kind="scheme"), "http://h.example/s1?y", "https://h.example/s1?y"),
    "an expression": (Redirect(lambda head, _snapshot: f"/to{head.path}"), "/x", "/to/x"),
}


@pytest.mark.parametrize(("action", "target", "expected"), LOCATIONS.values(), ids=LOCATIONS)
def test_a_location_is_haproxys(action, target, expected):
    assert location(action, request(target, ("Host", "h.example")), NOW) == expected


def test_a_redirect_brings_its_cookies():
    reply = answer(Rule(None, Redirect("/x", cookies=("A=1; path=/;",))), request(), NOW, None)
    assert (reply.status, reply.location, reply.content.fields) == (302, "/x", (("set-cookie", "A=1; path=/;"),))


def test_a_redirect_to_nowhere_does_nothing():
    action = Redirect(lambda _head, _snapshot: "", kind="prefix", ignore_empty=True)
    assert answer(Rule(None, action), request(), NOW, None) is None


def test_a_page_of_the_operators_has_its_body_and_fields():
    action = Return(404, "text/plain", lambda head, _snapshot: f"no {head.path}", (("X-A", "b"),))
    reply = answer(Rule(None, action, "{ path /x }"), request("/x"), NOW, None)
    assert (reply.status, reply.termination, reply.reason) == (404, "LR", "answered by the rule: { path /x }")
    assert (reply.content.body, reply.content.content_type) == (b"no /x", "text/plain")
    assert reply.content.fields == (("X-A", "b"),)


def test_a_refusal_knows_whose_rule_it_was():
    wt = backend()
    assert answer(Rule(None, Deny(429)), request(), NOW, wt).backend is wt


def test_a_rule_that_chooses_answers_nothing():
    assert answer(Rule(None, UseBackend("wt")), request(), NOW, None) is None


def test_a_challenge_names_its_realm():
    reply = answer(Rule(None, Challenge("here"), "!{ http_auth(users) }"), request(), NOW, None)
    assert (reply.status, reply.termination, reply.challenge) == (401, "LR", 'Basic realm="here"')
    assert reply.reason == "asked for a password by the rule: !{ http_auth(users) }"
