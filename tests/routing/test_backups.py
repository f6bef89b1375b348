import pytest

from affinity_gw.routing.live import Live
from tests.routing.making import backend, request, server, servers, snapshot
from tests.routing.playing import digits, group, play_recorded, replay
from tests.routing.recorded import ALLBACKUPS, CONCURRENT
from tests.routing.test_hashed import heads

BALANCES = ["roundrobin", "static-rr", "leastconn", "first", "sqf", "random", "source", "hdr(X-Key)"]


@pytest.mark.parametrize("hash_type", ["map-based", "consistent"])
@pytest.mark.parametrize("balance", BALANCES)
def test_the_first_backup_serves_when_nobody_else_is_left(balance, hash_type):
    wt = backend(
        server("1", 1),
        server("2", 2, backup=True),
        server("3", 3, backup=True),
        balance=balance,
        hash_type=hash_type,
    )
    live, now = Live(), snapshot(wt)
    head = request("/", ("X-Key", "k"))
    for down, expected in [(set(), "11"), ({"wt/1"}, "22"), ({"wt/1", "wt/2"}, "33"), ({"wt/2"}, "11")]:
        state = now.with_down(frozenset(down))
        assert digits(live.choose(wt, state, head=head) for _ in range(2)) == expected


RECORDED = [each for each in CONCURRENT if "b" in each[2]]


@pytest.mark.parametrize(("balance", "options", "members", "script"), RECORDED)
def test_a_full_backup_makes_wait_as_haproxys_does(balance, options, members, script):
    assert play_recorded(balance, options, members, script) == script


@pytest.mark.parametrize(("balance", "hash_type", "members", "keys", "script"), ALLBACKUPS)
def test_all_backups_share_the_keys(balance, hash_type, members, keys, script):
    wt = backend(*group(members), balance=balance, hash_type=hash_type, allbackups=True)
    assert replay(wt, heads(keys, balance), script) == script


def test_all_backups_take_turns():
    wt = backend(*servers(1, 1, backup=True), server("3", 3), allbackups=True)
    live, now = Live(), snapshot(wt)
    down = now.with_down(frozenset({"wt/3"}))
    live.follow(down)
    assert digits(live.choose(wt, down) for _ in range(3)) == "121"
    live.follow(now)
    assert digits(live.choose(wt, now) for _ in range(2)) == "33"
    live.follow(down)
    assert sorted(digits(live.choose(wt, down) for _ in range(2))) == ["1", "2"]


def test_all_backups_are_counted():
    wt = backend(*servers(1, 1, backup=True), server("3", 3), allbackups=True)
    now = snapshot(wt, down={"wt/3"})
    assert now.nbsrv("wt") == 2
    assert [now.may_choose(member) for member in wt.servers] == [True, True, False]
