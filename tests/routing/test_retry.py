"""Times and servers are HAProxy 2.6.12's, measured with a server that refuses every connection."""

import pytest

from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.retry import after_failure
from tests.routing.making import backend, finds, request, servers, snapshot


def attempts(wt, persistent, down=(), timed_out=False):
    """Where and after how many seconds each attempt goes after the first one, which went to server 1."""
    now, live = snapshot(wt, down=down), Live()
    first = wt.servers[0]
    forward = Forward(HEAD, wt, first, "hit", finds("1"), "1", "1") if persistent else Forward(HEAD, wt, first)
    if not persistent and first in now.usable["wt"]:
        live.choose(wt, now)
    steps = []
    for failures in range(1, 10):
        attempt = after_failure(forward, failures, now, live, timed_out)
        if attempt is None:
            return " ".join(steps)
        forward.server = attempt.server
        steps.append(f"{attempt.server.name}@{attempt.delay_seconds:g}")
    raise AssertionError("it never gives up")


HEAD = request(peer="192.0.2.2")
TWO = servers(1, 1)
SOURCE = {"balance": "source"}
RING = {"hash_type": "consistent"}
ONE = servers(1)


@pytest.mark.parametrize(
    ("members", "options", "persistent", "expected"),
    [
        pytest.param(TWO, {}, False, "2@0 1@0 2@0", id="a balanced request moves at once"),
        pytest.param(TWO, {"balance": "leastconn"}, False, "2@0 1@0 2@0", id="with leastconn too"),
        pytest.param(TWO, {"balance": "first"}, False, "2@0 1@0 2@0", id="with first too"),
        pytest.param(TWO, {"balance": "random"}, False, "2@0 1@0 2@0", id="with random too"),
        pytest.param(TWO, SOURCE, False, "1@1 1@1 1@0", id="a hashed one stays, and a map names no other server"),
        pytest.param(TWO, SOURCE | RING, False, "1@1 1@1 2@0", id="a ring does, for the last retry"),
        pytest.param(TWO, RING | SOURCE | {"redispatch_after": 1}, False, "2@0 1@0 2@0", id="each retry elsewhere"),
        pytest.param(TWO, {"redispatch_after": 2, "retries": 4}, True, "1@1 2@0 1@0 2@0", id="from the second one on"),
        pytest.param(TWO, {"redispatch_after": -2}, True, "1@1 2@0 1@0", id="from the last but one on"),
        pytest.param(TWO, {"redispatch_after": -9}, True, "1@1 1@1 1@1", id="before the first one is never"),
        pytest.param(
            TWO,
            RING | SOURCE | {"redispatch_after": 2, "retries": 4},
            False,
            "1@1 2@0 2@1 1@0",
            id="every second retry of a hashed one",
        ),
        pytest.param(TWO, {}, True, "1@1 1@1 2@0", id="a pinned one moves with its last retry, without a wait"),
        pytest.param(TWO, {"retries": 2}, True, "1@1 2@0", id="as many attempts as retries say"),
        pytest.param(TWO, {"redispatch": False}, False, "1@1 1@1 1@1", id="without redispatch it stays"),
        pytest.param(TWO, {"redispatch": False}, True, "1@1 1@1 1@1", id="and so does a pinned one"),
        pytest.param(ONE, {}, False, "1@1 1@1 1@1", id="a single server is asked again each second"),
        pytest.param(TWO, {"retries": 0}, False, "", id="no retries"),
        pytest.param(TWO, {"retries": 1}, True, "2@0", id="the only retry is the last one"),
        pytest.param(TWO, {"timeout_connect": 0.2}, True, "1@0.2 1@0.2 2@0", id="no wait longer than a connect"),
    ],
)
def test_retries_and_redispatch(members, options, persistent, expected):
    assert attempts(backend(*members, **options), persistent) == expected


def test_a_connect_that_timed_out_was_wait_enough():
    assert attempts(backend(*ONE), False, timed_out=True) == "1@0 1@0 1@0"
    assert attempts(backend(*TWO), True, timed_out=True) == "1@0 1@0 2@0"


def test_a_server_that_was_marked_down_meanwhile_is_left_at_once():
    three = servers(1, 1, 1)
    assert attempts(backend(*three), True, down={"wt/1"}).startswith("2@0")


def test_the_last_server_that_is_up_is_asked_after_a_second():
    assert attempts(backend(*TWO), True, down={"wt/1"}) == "2@1 2@1 2@1"


def test_it_gives_up_where_no_server_is_left():
    assert attempts(backend(*ONE), False, down={"wt/1"}) == ""


def test_a_redispatch_ends_the_keys_hold():
    wt = backend(*TWO, retries=1)
    forward = Forward(request(), wt, wt.servers[0], "hit", finds("1"), "1", "1")
    attempt = after_failure(forward, 1, snapshot(wt), Live())
    assert attempt.server is wt.servers[1]
    assert not forward.persistent


def test_a_retry_on_the_same_server_keeps_the_keys_hold():
    wt = backend(*TWO)
    forward = Forward(request(), wt, wt.servers[0], "hit", finds("1"), "1", "1")
    attempt = after_failure(forward, 1, snapshot(wt), Live())
    assert attempt.server is wt.servers[0]
    assert forward.persistent


def test_where_all_others_are_full_the_request_names_one_and_waits():
    wt = backend(*servers(1, 1, maxconn=1))
    live = Live()
    for member in wt.servers:
        live.load(member).active = 1
    attempt = after_failure(Forward(request(), wt, wt.servers[0]), 1, snapshot(wt), live)
    assert not live.queues.has_room(attempt.server)


@pytest.mark.parametrize(("hash_type", "name"), [("map-based", "1"), ("consistent", "2")])
def test_a_hashed_request_waits_for_the_server_that_its_last_retry_names(hash_type, name):
    wt = backend(*servers(1, 1, maxconn=1), balance="source", hash_type=hash_type, retries=1)
    live = Live()
    for member in wt.servers:
        live.load(member).active = 1
    forward = Forward(HEAD, wt, wt.servers[0], assigned=True)
    attempt = after_failure(forward, 1, snapshot(wt), live)
    forward.server = attempt.server
    live.queues.enter("waiting", forward)
    assert attempt.server.name == name
    assert live.load(attempt.server).queued == 1
