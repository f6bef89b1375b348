import pytest

from affinity_gw.routing.balance import hashes, queued_means_full
from affinity_gw.routing.balancewords import BALANCES
from affinity_gw.routing.live import Live
from tests.routing.making import backend, request, servers, snapshot
from tests.routing.playing import digits, play_recorded
from tests.routing.recorded import CONCURRENT

WORDS = {"hdr": "hdr(X-Key)", "url_param": "url_param id"}


@pytest.mark.parametrize("hash_type", ["map-based", "consistent"])
@pytest.mark.parametrize("name", BALANCES)
def test_every_balance_chooses_and_passes_over_a_server_that_is_down(name, hash_type):
    wt = backend(*servers(1, 2, 0), balance=WORDS.get(name, name), hash_type=hash_type)
    live, now = Live(), snapshot(wt)
    heads = [request("/?id=a", ("X-Key", "a"))] * 9
    assert set(digits(live.choose(wt, now, head=head) for head in heads)) <= {"1", "2"}
    assert digits(live.choose(wt, now.with_down(frozenset({"wt/2"})), head=head) for head in heads) == "1" * 9


def test_round_robin_over_full_servers_is_haproxys():
    recorded = next(each for each in CONCURRENT if each[0] == "roundrobin" and "b" not in each[2])
    assert play_recorded(*recorded) == recorded[3]


def test_what_hashes_is_known():
    assert [name for name in BALANCES if hashes(backend(balance=WORDS.get(name, name)))] == [
        *("source", "uri", "hdr", "url_param"),
    ]


def test_balances_that_go_by_turns_do_not_look_while_requests_wait():
    assert [name for name in BALANCES if queued_means_full(backend(balance=WORDS.get(name, name)))] == [
        *("roundrobin", "static-rr", "first", "sqf"),
    ]
