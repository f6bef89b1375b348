"""A request whose rules ask for a password: it waits until that has been looked at, and is decided then."""

from collections import deque
from dataclasses import replace

import pytest

from affinity_gw.routing.acl import compile_condition
from affinity_gw.routing.rules import Challenge, Deny, Rule
from affinity_gw.routing.userlists import Userlist
from tests.proxy.pinned import PINNED, to
from tests.proxy.stage import OK

ALICE = b"Authorization: Basic YWxpY2U6c2VjcmV0\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n" + ALICE + b"\r\n"
REFUSED = b"HTTP/1.1 401 Unauthorized\r\n"


class Looking:
    """A verifier that finds out what the test says, when the test says."""

    def __init__(self):
        self.found = {}
        self.waiting = deque()
        self.full = False

    def known(self, claim):
        return self.found.get(claim)

    def find_out(self, claim, _client, then):
        if not self.full:
            self.waiting.append((claim, then))
        return not self.full

    def finds(self, is_true):
        claim, then = self.waiting.popleft()
        self.found[claim] = is_true
        then()

    def stop(self):
        pass


@pytest.fixture
def play(open_stage):
    def play(*rules, **options):
        needs = compile_condition("!{ http_auth(users) }", {}, backends=(), userlists=("users",))
        rules = rules or (Rule(needs, Challenge("here"), "!{ http_auth(users) }"),)
        stage = open_stage(*options.pop("servers", ()), frontend={"rules": rules}, **options)
        stage.looking = stage.shared.verifier = Looking()
        stage.shared.publish(replace(stage.shared.snapshot, userlists={"users": Userlist("users", {"alice": "hash"})}))
        return stage

    return play


def finds(stage, is_true):
    stage.looking.finds(is_true)
    stage.settle()


def test_the_right_one_comes_in(play):
    stage = play()
    client = stage.client()
    client >> GET
    assert not stage.attempts
    finds(stage, True)
    server = stage.accept()
    assert ALICE in server.receives()
    server << OK
    assert client.receives() == OK


def test_a_wrong_one_is_asked_again(play):
    stage = play()
    client = stage.client()
    client >> GET
    finds(stage, False)
    answer = client.receives()
    assert answer.startswith(REFUSED)
    assert b'\r\nwww-authenticate: Basic realm="here"\r\n\r\n<html>' in answer
    assert stage.endings == [(401, "LR")]


def test_nothing_is_looked_at_without_a_password(play):
    stage = play()
    client = stage.client()
    client >> b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert client.receives().startswith(REFUSED)
    assert not stage.looking.waiting


def test_what_is_known_needs_no_looking(play):
    stage = play()
    for number in range(2):
        client = stage.client()
        client >> GET
        if not number:
            finds(stage, True)
        stage.accept() << OK
        assert client.receives() == OK
    assert not stage.looking.waiting


def test_a_body_waits_and_comes_whole(play):
    stage = play()
    client = stage.client()
    client >> GET.replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 50000\r\n\r\n")
    client >> b"x" * 50000
    finds(stage, True)
    server = stage.accept()
    assert server.receives().endswith(b"x" * 50000)
    server << OK
    assert client.receives() == OK


def test_a_body_that_nobody_wants_is_thrown_away(play):
    stage = play()
    client = stage.client()
    client >> GET.replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 50000\r\n\r\n")
    client >> b"x" * 50000
    finds(stage, False)
    assert client.receives().startswith(REFUSED)
    client >> b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert client.receives().startswith(REFUSED)


def test_who_pipelines_is_answered_in_turn(play):
    stage = play()
    client = stage.client()
    client >> GET + b"GET /second HTTP/1.1\r\nHost: a\r\n\r\n"
    finds(stage, True)
    stage.accept() << OK
    answers = client.receives()
    assert answers.startswith(OK)
    assert answers[len(OK) :].startswith(REFUSED)


def test_a_client_that_leaves_is_told_nothing(play):
    stage = play()
    client = stage.client()
    client >> GET
    client.resets()
    finds(stage, True)
    assert not stage.attempts
    assert stage.record.termination[:2] == "CR"
    assert stage.record.reason == "the client left before the answer"


def test_a_client_that_has_said_all_is_answered(play):
    stage = play(backend={"abortonclose": False})
    client = stage.client()
    client >> GET
    client.ends()
    finds(stage, True)
    stage.accept() << OK
    assert client.receives().startswith(b"HTTP/1.1 200 OK\r\n")


def test_with_abortonclose_a_client_that_has_said_all_is_gone(play):
    stage = play()
    client = stage.client()
    client >> GET
    client.ends()
    finds(stage, True)
    assert not stage.attempts
    assert stage.endings == [(-1, "CC")]


def test_a_client_that_ends_within_its_body_is_abandoned(play):
    stage = play()
    client = stage.client()
    client >> GET.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\nx")
    client.ends()
    finds(stage, True)
    assert stage.endings == [(-1, "CR")]
    assert client.wire.lost


def test_where_too_many_wait_it_is_refused_for_now(play):
    stage = play()
    stage.looking.full = True
    client = stage.client()
    client >> GET
    assert client.receives().startswith(b"HTTP/1.1 503 ")
    assert stage.record.reason == "too many passwords have to be looked at"
    stage.looking.full = False
    client >> GET
    finds(stage, True)
    stage.accept() << OK
    assert client.receives() == OK


def test_it_does_not_wait_for_ever(play):
    stage = play()
    client = stage.client()
    client >> GET
    stage.wait(stage.frontend.timeout_http_request + 1)
    assert client.receives().startswith(b"HTTP/1.1 503 ")
    assert stage.record.reason == "the password could not be looked at within timeout.http_request"
    finds(stage, True)
    assert not stage.attempts


def test_a_rule_may_ask_in_the_midst_of_others(play):
    known = compile_condition("{ http_auth(users) }", {}, backends=(), userlists=("users",))
    stage = play(Rule(known, Deny(403), "{ http_auth(users) }"))
    client = stage.client()
    client >> GET
    finds(stage, True)
    assert client.receives().startswith(b"HTTP/1.1 403 ")


def to_s1():
    return to("s1").replace(b"\r\n\r\n", b"\r\n" + ALICE + b"\r\n")


@pytest.mark.parametrize("is_forgotten", [False, True], ids=["known", "forgotten"])
def test_a_server_goes_down_while_a_request_with_a_password_waits_for_it(play, is_forgotten):
    stage = play(backend={"affinity": PINNED}, servers=[{"maxconn": 1}, {}])
    stage.client() >> to_s1()
    finds(stage, True)
    under_way = stage.accept()
    waiting = stage.client() >> to_s1()
    if is_forgotten:
        stage.looking.found.clear()
    stage.set_down("s1")
    if is_forgotten:
        assert waiting.got.startswith(b"HTTP/1.1 503 ")
    else:
        stage.accept("s2") << OK
        assert waiting.got == OK
    under_way << OK
