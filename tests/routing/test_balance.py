import pytest

from affinity_gw.routing.live import Live
from tests.routing.making import backend, server, servers, snapshot


def choose(live, kind, now, count=1, avoid=None):
    wt = now.backends["wt"]
    assert wt.balance == kind
    return " ".join(chosen.name if (chosen := live.choose(wt, now, avoid)) else "-" for _ in range(count))


def balanced(kind, *members):
    return snapshot(backend(*(members or servers(1, 1, 1)), balance=kind))


def busy(live, now, **active):
    for number, requests in active.items():
        live.load(now.backends["wt"].servers[int(number[1:]) - 1]).active = requests


class TestLeastConn:
    def test_requests_one_after_the_other_rotate(self):
        assert choose(Live(), "leastconn", balanced("leastconn"), 6) == "1 2 3 1 2 3"

    def test_the_server_with_the_fewest_requests_is_chosen(self):
        live, now = Live(), balanced("leastconn")
        busy(live, now, s1=3, s2=1, s3=2)
        assert choose(live, "leastconn", now) == "2"

    def test_weights_share_the_load(self):
        live, now = Live(), balanced("leastconn", *servers(1, 3))
        for _ in range(40):
            live.load(live.choose(now.backends["wt"], now)).active += 1
        assert [live.load(member).active for member in now.backends["wt"].servers] == [10, 30]

    def test_requests_that_wait_for_a_server_count(self):
        live, now = Live(), balanced("leastconn", *servers(1, 1))
        live.load(now.backends["wt"].servers[0]).queued = 1
        assert choose(live, "leastconn", now, 2) == "2 2"

    def test_a_full_server_is_passed_over(self):
        live, now = Live(), balanced("leastconn", server("1", 1, maxconn=1), server("2", 2))
        busy(live, now, s1=1, s2=9)
        assert choose(live, "leastconn", now, 2) == "2 2"

    def test_all_full_is_nobody(self):
        live, now = Live(), balanced("leastconn", server("1", 1, maxconn=1))
        busy(live, now, s1=1)
        assert choose(live, "leastconn", now) == "-"

    def test_a_server_to_avoid_is_taken_where_no_other_has_room(self):
        live, now = Live(), balanced("leastconn", server("1", 1), server("2", 2, maxconn=1))
        first = now.backends["wt"].servers[0]
        assert choose(live, "leastconn", now, 1, avoid=first) == "2"
        busy(live, now, s2=1)
        assert choose(live, "leastconn", now, 1, avoid=first) == "1"

    def test_a_server_that_went_down_is_forgotten(self):
        live, now = Live(), balanced("leastconn")
        choose(live, "leastconn", now, 3)
        assert choose(live, "leastconn", now.with_down(frozenset({"wt/1"})), 2) == "2 3"


class TestFirst:
    def test_the_first_one_takes_all_while_it_has_room(self):
        live, now = Live(), balanced("first", server("1", 1, maxconn=2), server("2", 2, maxconn=1), server("3", 3))
        names = []
        for _ in range(5):
            chosen = live.choose(now.backends["wt"], now)
            live.load(chosen).active += 1
            names.append(chosen.name)
        assert names == ["1", "1", "2", "3", "3"]

    def test_the_next_one_takes_over_when_it_is_down(self):
        assert choose(Live(), "first", balanced("first").with_down(frozenset({"wt/1"})), 2) == "2 2"

    def test_a_server_to_avoid_is_taken_where_no_other_has_room(self):
        live, now = Live(), balanced("first", server("1", 1), server("2", 2, maxconn=1))
        first = now.backends["wt"].servers[0]
        assert choose(live, "first", now, 1, avoid=first) == "2"
        busy(live, now, s2=1)
        assert choose(live, "first", now, 1, avoid=first) == "1"


@pytest.mark.parametrize("kind", ["roundrobin", "leastconn", "first"])
def test_a_backup_serves_when_nobody_else_is_left(kind):
    now = balanced(kind, server("1", 1), server("2", 2, backup=True), server("3", 3, backup=True))
    live = Live()
    assert choose(live, kind, now) == "1"
    assert choose(live, kind, now.with_down(frozenset({"wt/1"})), 2) == "2 2"
    assert choose(live, kind, now.with_down(frozenset({"wt/1", "wt/2"})), 2) == "3 3"


@pytest.mark.parametrize("kind", ["roundrobin", "leastconn", "first"])
def test_a_full_backup_is_nobody(kind):
    live, now = Live(), balanced(kind, server("1", 1), server("2", 2, backup=True, maxconn=1))
    busy(live, now, s2=1)
    assert choose(live, kind, now.with_down(frozenset({"wt/1"}))) == "-"
