import pytest

from affinity_gw.routing.draws import Xorshift
from affinity_gw.routing.live import Live
from affinity_gw.routing.ring import Ring
from tests.routing.making import backend, servers, snapshot
from tests.routing.playing import Play, digits


def drawing(*numbers):
    return iter(numbers).__next__


def point(members, name):
    """A number that a draw may give for this server."""
    ring = Ring(lambda _member: True)
    ring.follow(members)
    return next(number for number in range(0, 1 << 32, 1_000_003) if ring.at(number).name == name)


@pytest.mark.parametrize(
    ("weights", "busy", "drawn", "expected"),
    [
        ((1, 1, 1), {}, "12", "2"),
        ((1, 1, 1), {"2": 1}, "12", "1"),
        ((1, 1, 1), {"1": 1, "2": 1}, "12", "2"),
        ((1, 1, 1), {"1": 9}, "11", "1"),
        ((1, 1, 1), {"1": 1, "2": 2, "3": 3}, "321", "1"),
        ((1, 3, 1), {"1": 1, "2": 2}, "12", "2"),
        ((1, 3, 1), {"1": 1, "2": 4}, "12", "1"),
    ],
)
def test_of_the_drawn_the_least_loaded_for_its_weight_and_of_equals_the_last(weights, busy, drawn, expected):
    members = servers(*weights)
    wt = backend(*members, balance=f"random({len(drawn)})")
    live = Live(drawing(*(point(members, name) for name in drawn)))
    for name, active in busy.items():
        live.load(members[int(name) - 1]).active = active
    assert digits([live.choose(wt, snapshot(wt))]) == expected


def test_a_full_server_that_was_drawn_makes_the_request_wait_in_the_backends_queue():
    members = servers(1, 1, maxconn=1)
    wt = backend(*members, balance="random(1)")
    play = Play(wt, Live(drawing(point(members, "1"), point(members, "1"), point(members, "2"))))
    assert play.play("+1 +2 +3:2 -3") == "+1:1 +2 +3:2 -3>2:2"


def test_a_server_that_failed_is_not_drawn():
    members = servers(1, 1, 1)
    wt = backend(*members, balance="random")
    live, now = Live(), snapshot(wt)
    assert set(digits(live.choose(wt, now, members[0]) for _ in range(200))) == {"2", "3"}


def test_two_draws_keep_the_load_even():
    members = servers(1, 1, 2)
    wt = backend(*members, balance="random(2)")
    live, now = Live(), snapshot(wt)
    for _ in range(400):
        live.load(live.choose(wt, now)).active += 1
    loads = [live.load(member).active for member in members]
    assert abs(loads[0] - 100) < 15
    assert abs(loads[2] - 200) < 20


def test_chance_is_the_same_in_every_run_and_spread_over_all_bits():
    one, other = Xorshift(), Xorshift()
    numbers = [one() for _ in range(1000)]
    assert numbers == [other() for _ in range(1000)]
    assert numbers[0] == 723471715
    assert max(numbers) < 1 << 32
    assert len(set(numbers)) == 1000
