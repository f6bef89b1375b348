"""The scripts are HAProxy 2.6.12's over overlapping requests; sqf is lighttpd 1.5's, after its source."""

import pytest

from affinity_gw.routing.live import Live
from tests.routing.making import backend, server, servers, snapshot
from tests.routing.playing import Play, digits, group, play_recorded
from tests.routing.recorded import CONCURRENT

RECORDED = [each for each in CONCURRENT if each[0] in {"leastconn", "first"} and "b" not in each[2]]


@pytest.mark.parametrize(("balance", "options", "members", "script"), RECORDED)
def test_overlapping_requests_go_where_haproxy_sends_them(balance, options, members, script):
    assert play_recorded(balance, options, members, script) == script


def played(balance, members, script):
    return Play(backend(*group(members), balance=balance)).play(script)


@pytest.mark.parametrize(
    ("balance", "members", "script"),
    [
        ("leastconn", "1 1 1", "+1:1 -1 +2:2 -2 +3:3 -3 +4:1"),
        ("leastconn", "1 1 1", "+1:1 +2:2 +3:3 -2 +4:2 -1 -3 +5:1"),
        ("first", "1 1 1", "+1:1 +2:1 +3:1 -1 +4:1"),
        ("first", "1/1 1/1 1", "+1:1 +2:2 +3:3 -1 +4:1"),
        ("sqf", "1 1 1", "+1:1 -1 +2:1 -2 +3:1 +4:2 +5:3 +6:1 -4 +7:2"),
        ("sqf", "1 9", "+1:1 +2:2 +3:1 +4:2"),
        ("sqf", "1/1 1/1", "+1:1 +2:2 +3 -2>3:2 -1 +4:1"),
    ],
)
def test_who_is_next(balance, members, script):
    assert played(balance, members, script) == script


def test_first_goes_by_the_ids():
    assert played("first", "1#9 1#2 1#5", "+1 +2") == "+1:2 +2:2"


def test_weights_share_the_load():
    wt = backend(*servers(1, 3), balance="leastconn")
    live, now = Live(), snapshot(wt)
    for _ in range(40):
        live.load(live.choose(wt, now)).active += 1
    assert [live.load(member).active for member in wt.servers] == [10, 30]


def test_a_load_from_before_the_first_choice_counts():
    wt = backend(*servers(1, 1, 1), balance="leastconn")
    live = Live()
    for member, active in zip(wt.servers, (3, 1, 2), strict=True):
        live.load(member).active = active
    assert digits([live.choose(wt, snapshot(wt))]) == "2"


def test_requests_that_wait_for_a_server_count():
    wt = backend(*servers(1, 1), balance="leastconn")
    live = Live()
    live.load(wt.servers[0]).queued = 1
    assert digits([live.choose(wt, snapshot(wt))]) == "2"


@pytest.mark.parametrize("balance", ["leastconn", "first", "sqf"])
def test_a_server_to_avoid_is_taken_where_no_other_has_room(balance):
    wt = backend(server("1", 1), server("2", 2, maxconn=1), balance=balance)
    live, now = Live(), snapshot(wt)
    assert digits([live.choose(wt, now, wt.servers[0])]) == "2"
    live.load(wt.servers[1]).active = 1
    assert digits([live.choose(wt, now, wt.servers[0]), live.choose(wt, now)]) == "11"


@pytest.mark.parametrize("balance", ["leastconn", "first", "sqf"])
def test_all_full_is_nobody_until_one_leaves(balance):
    wt = backend(*servers(1, 1, maxconn=1), balance=balance)
    live, now = Live(), snapshot(wt)
    for _ in range(2):
        live.load(live.choose(wt, now)).active += 1
    assert live.choose(wt, now) is None
    live.load(wt.servers[1]).active -= 1
    assert digits([live.choose(wt, now)]) == "2"


def test_who_comes_up_ranks_behind_its_equals():
    wt = backend(*servers(1, 1, 1), balance="leastconn")
    live, now = Live(), snapshot(wt)
    assert digits([live.choose(wt, now)]) == "1"
    for down in ({"wt/1"}, set()):
        live.follow(now.with_down(frozenset(down)))
    assert digits([live.choose(wt, now)]) == "2"


def test_who_is_down_is_not_chosen_and_its_requests_end_in_peace():
    wt = backend(*servers(1, 1), balance="leastconn")
    live, now = Live(), snapshot(wt)
    live.load(live.choose(wt, now)).active += 1
    down = now.with_down(frozenset({"wt/1"}))
    assert digits(live.choose(wt, down) for _ in range(2)) == "22"
    live.load(wt.servers[0]).active -= 1
    assert digits([live.choose(wt, now)]) == "2"


def test_a_reload_that_changes_a_weight_ranks_anew():
    live = Live()
    light, heavy = backend(*servers(1, 1), balance="leastconn"), backend(*servers(1, 9), balance="leastconn")
    for _ in range(4):
        live.load(live.choose(light, snapshot(light))).active += 1
    assert digits([live.choose(heavy, snapshot(heavy))]) == "2"


def test_ranks_that_count_no_more_do_not_pile_up():
    wt = backend(*servers(1, 1), balance="sqf")
    live, now = Live(), snapshot(wt)
    for _ in range(5000):
        live.load(live.choose(wt, now)).active += 1
        live.load(wt.servers[0]).active -= 1
    assert len(live._balancers["wt"][1]._heap) < 200
