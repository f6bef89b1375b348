"""Which server a key reaches is HAProxy 2.6.12's, for every way to hash, and while servers go and come."""

import pytest

from affinity_gw.routing.balancewords import read_balance, read_hash_type
from affinity_gw.routing.hashed import number
from affinity_gw.routing.live import Live
from tests.routing.making import backend, request, servers, snapshot
from tests.routing.playing import digits, group, play_recorded, replay
from tests.routing.recorded import CONCURRENT, HASHED, SOURCES


def heads(keys, balance):
    """One request a key, which stands where the balance looks for it."""
    if keys is SOURCES:
        return [request("/", peer=key) for key in keys]
    if balance.startswith("hdr"):
        return [request("/", *([("X-Key", key)] if key is not None else [])) for key in keys]
    return [request(key) for key in keys]


@pytest.mark.parametrize(
    ("balance", "hash_type", "members", "keys", "script"),
    HASHED,
    ids=[f"{balance} {hash_type}, {members}" for balance, hash_type, members, _, _ in HASHED],
)
def test_a_key_reaches_the_server_that_haproxy_chooses(balance, hash_type, members, keys, script):
    wt = backend(*group(members), balance=balance, hash_type=hash_type)
    assert replay(wt, heads(keys, balance), script) == script


FULL = [each for each in CONCURRENT if each[0].startswith(("hdr", "url_param")) and "b" not in each[2]]


@pytest.mark.parametrize(("balance", "options", "members", "script"), FULL)
def test_a_full_server_keeps_its_keys_and_they_wait(balance, options, members, script):
    assert play_recorded(balance, options, members, script) == script


def test_a_request_without_an_address_takes_its_turn():
    wt = backend(*servers(1, 1, 1), balance="source")
    live, now = Live(), snapshot(wt)
    assert digits(live.choose(wt, now, head=request("/", peer="")) for _ in range(4)) == "1231"
    assert digits(live.choose(wt, now) for _ in range(2)) == "23"


def test_a_key_is_hashed_once():
    hashed = number(read_balance("hdr(X-Key)"), read_hash_type("consistent"))
    many = [request("/", ("X-Key", str(each))) for each in range(20_000)]
    before = [hashed(head) for head in many]
    assert [hashed(head) for head in many] == before
    assert len(set(before)) == len(before)


def test_a_long_key_is_hashed_each_time_and_to_the_same():
    hashed = number(read_balance("hdr(X-Key)"), read_hash_type("map-based"))
    head = request("/", ("X-Key", "k" * 1000))
    assert hashed(head) == hashed(head)
