"""Rules as data: their order, and their words for people."""

import re

import pytest

from affinity_gw.http1.fields import matcher
from affinity_gw.routing.rules import (
    AddField,
    Allow,
    DeleteFields,
    Deny,
    Phase,
    Redirect,
    ReplaceField,
    ReplaceTarget,
    Return,
    Rule,
    SetField,
    SetStatus,
    SetTarget,
    Together,
    UseBackend,
    UseServer,
    described,
    in_order,
    written,
)


def test_rules_are_tried_in_phases_and_within_one_as_they_were_written():
    actions = [UseBackend("b"), Redirect("/2"), Redirect("/1"), SetField(b"X", "1"), UseServer("s"), Deny()]
    assert [rule.action for rule in in_order([Rule(None, action) for action in actions])] == [
        SetField(b"X", "1"),
        Deny(),
        Redirect("/2"),
        Redirect("/1"),
        UseBackend("b"),
        UseServer("s"),
    ]


def test_a_redirect_may_stand_among_the_http_request_rules():
    early, deny = Rule(None, Redirect("/1"), phase=Phase.HTTP_REQUEST), Rule(None, Deny())
    assert in_order([Rule(None, UseBackend("b")), early, deny])[:2] == (early, deny)


WORDS = [
    (Deny(404), "deny 404"),
    (Redirect("/new"), "redirect /new"),
    (Redirect("https", kind="scheme"), "redirect scheme https"),
    (Redirect(lambda _head, _snapshot: ""), "redirect an expression"),
    (Return(204), "return 204"),
    (Allow(), "allow"),
    (UseBackend("b"), "backend b"),
    (UseServer("s"), "use-server s"),
    (SetField(b"X", "1"), "set-header X"),
    (AddField(b"X", "1"), "add-header X"),
    (DeleteFields(("X", "Y-*"), matcher(["x"])), "del-header X Y-*"),
    (ReplaceField(b"X", re.compile("a"), "b"), "replace-header X"),
    (ReplaceField(b"X", re.compile("a"), "b", members=True), "replace-value X"),
    (SetTarget("pathq", "/"), "set-pathq"),
    (ReplaceTarget("uri", re.compile("a"), "b"), "replace-uri"),
    (SetStatus(418), "set-status 418"),
    (Together((SetField(b"X", "1"), SetField(b"Y", "1"))), "set-header X, set-header Y"),
]


@pytest.mark.parametrize(("action", "words"), WORDS, ids=[words for _, words in WORDS])
def test_an_action_has_words_for_people(action, words):
    assert described(action) == words


def test_a_text_is_written_as_it_is_or_by_its_expressions():
    assert written("plain", None, None) == "plain"
    assert written(lambda head, snapshot: f"{head}{snapshot}", "a", "b") == "ab"
