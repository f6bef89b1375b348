"""The user of a request, in conditions."""

from dataclasses import replace

import pytest

from affinity_gw.routing.acl import compile_condition, compile_response_condition
from affinity_gw.routing.userlists import Claim, Unverified, Userlist
from tests.routing.making import backend, request, snapshot

USERS = Userlist("users", {"alice": "hash"})
ALICE, BOB = ("Authorization", "Basic YWxpY2U6c2VjcmV0"), ("Authorization", "Basic Ym9iOnNlY3JldA==")


def holds(text, *fields, verified=lambda _claim: None):
    now = replace(snapshot(backend()), userlists={"users": USERS}, verified=verified)
    return compile_condition(text, {}, backends=(), userlists=("users",))(request("/", *fields), now)


def test_without_a_user_it_does_not_hold_and_nothing_is_asked():
    assert holds("!{ http_auth(users) }")


def test_what_is_known_is_known():
    assert holds("{ http_auth(users) }", ALICE, verified=lambda _claim: True)
    assert not holds("{ http_auth(users) }", ALICE, verified=lambda _claim: False)


def test_a_stranger_is_none_even_with_the_right_password():
    assert not holds("{ http_auth(users) }", BOB, verified=lambda _claim: True)


def test_what_is_not_known_is_a_question():
    with pytest.raises(Unverified, match="the password of alice has not been looked at") as caught:
        holds("{ http_auth(users) }", ALICE)
    assert caught.value.claim == Claim("alice", b"secret", "hash", known=True)
    assert "secret" not in str(caught.value)


def test_nothing_is_asked_where_the_condition_is_settled_before():
    assert not holds("{ path /other } { http_auth(users) }", ALICE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{ http_auth }", "http_auth wants a userlist in parentheses"),
        ("{ http_auth(user) }", r"http_auth\(user\): there is no such userlist; did you mean users\?"),
    ],
)
def test_a_list_is_named(text, problem):
    with pytest.raises(ValueError, match=problem):
        holds(text)


def test_an_answer_has_no_user():
    with pytest.raises(ValueError, match="http_auth looks at a request"):
        compile_response_condition("{ http_auth(users) }", {}, backends=(), userlists=("users",))
