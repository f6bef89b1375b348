"""An answer's walk through the rules that look at it."""

import re

import pytest

from affinity_gw.errors import BadAnswer
from affinity_gw.routing.answers import ruled
from affinity_gw.routing.rules import Deny, ReplaceField, ResponseRule, SetField, SetStatus
from tests.http1.making import answer
from tests.routing.making import backend, request, snapshot

NOW = snapshot(backend())


def made(*rules, head=None):
    return ruled(rules, request("/"), head or answer("X-S: 1"), NOW)


def test_an_answer_that_no_rule_changes_stays_the_same_head():
    head = answer("X-S: 1")
    assert made(ResponseRule(lambda *_: False, SetField(b"X", "1")), head=head) is head


def test_edits_follow_one_another_and_conditions_see_them():
    rules = (
        ResponseRule(None, SetField(b"X-B", "b1")),
        ResponseRule(lambda seen, _: seen.response.headers.get("X-B") == "b1", SetStatus(418, "teapot")),
        ResponseRule(lambda seen, _: seen.request.path == "/", ReplaceField(b"x-s", re.compile("(.)"), r"<\1>")),
    )
    head = made(*rules)
    assert (head.status, head.reason, list(head.headers.items())) == (
        418,
        "teapot",
        [("X-S", "<1>"), ("X-B", "b1")],
    )


def test_a_refused_answer_is_bad():
    with pytest.raises(BadAnswer) as caught:
        made(ResponseRule(None, Deny(502), "{ status 500 }"))
    assert (caught.value.status, caught.value.reason) == (502, "denied by the rule: { status 500 }")


def test_what_cannot_be_sent_is_bad():
    with pytest.raises(BadAnswer, match="set-header X"):
        made(ResponseRule(None, SetField(b"X", lambda *_: "a\r\nb")))
