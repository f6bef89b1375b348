import pytest

from affinity_gw.routing.bounded import Bounded
from affinity_gw.routing.live import Live
from tests.routing.making import servers
from tests.routing.playing import play_recorded
from tests.routing.recorded import CONCURRENT

RECORDED = [each for each in CONCURRENT if "hash_balance_factor" in each[1]]


@pytest.mark.parametrize(("balance", "options", "members", "script"), RECORDED)
def test_a_key_whose_server_has_its_share_goes_where_haproxy_sends_it(balance, options, members, script):
    assert play_recorded(balance, options, members, script) == script


def test_no_server_has_more_than_the_factor_of_its_share():
    members, live = servers(1, 1, 2), Live()
    bounded = Bounded(members, 150, live.load)
    bounded.follow(members)
    for _ in range(40):
        chosen = next(member for member in members if bounded(member))
        live.load(chosen).active += 1
    assert [live.load(member).active for member in members] == [15, 15, 10]  # of 40 requests: 10, 10 and 20 times 1.5


def test_requests_that_run_already_count():
    members, live = servers(1, 1), Live()
    for member in members:
        live.load(member).active = 1
    bounded = Bounded(members, 101, live.load)
    bounded.follow(members)
    live.load(members[0]).active = 3
    assert [bounded(member) for member in members] == [False, True]


def test_everybody_may_have_one():
    members, live = servers(1, 256), Live()
    bounded = Bounded(members, 101, live.load)
    bounded.follow(members)
    assert bounded(members[0])


def test_with_nobody_left_nothing_is_divided_by_zero():
    members, live = servers(1), Live()
    bounded = Bounded(members, 101, live.load)
    bounded.follow(())
    assert bounded(members[0])
