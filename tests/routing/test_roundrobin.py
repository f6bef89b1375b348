"""The sequences are HAProxy 2.6.12's: a digit is a turn of that server, -2 takes one down, +2 brings it up."""

import pytest

from affinity_gw.routing.roundrobin import RoundRobin
from tests.routing.making import server, servers

RECORDED = [
    ((2, 1, 3), "31323131 -1 332333233 -2 33333333333 +1 31313313133 +2 133123133"),
    ((1, 1, 1), "123123123 -1 232323 +1 231 -3 2121 -1 222222222222"),
    ((2, 1), "112112112112 -2 111 111 11111 +2 12112112112"),
    ((5, 3, 1), "1121 -3 2112112 -1 2222 222222 +1 121211211212"),
    ((10, 20, 30, 40), "434 -2 1344343413 -3 44444414 +3 43413443 +2 434123"),
    ((256, 1, 7), "1111 -3 1111111 -2 1111111111 +2 1111 -1 22222222"),
    ((33, 2, 8), "11113 -2 111131111 +2 31111311111 -3 11111111 +3 121131111311"),
]


def always(_server):
    return True


def take(turns, usable, count, avoid=None):
    return "".join(chosen.name if (chosen := turns.choose(usable, avoid)) else "-" for _ in range(count))


@pytest.mark.parametrize(("weights", "script"), RECORDED, ids=[str(weights) for weights, _ in RECORDED])
def test_turns_are_haproxys_also_while_servers_go_down_and_come_up(weights, script):
    everyone = servers(*weights)
    turns = RoundRobin(everyone, always)
    down = set()
    usable = everyone
    for step in script.split():
        if step[0] in "+-":
            down ^= {step[1:]}
            usable = tuple(member for member in everyone if member.name not in down)
        else:
            assert take(turns, usable, len(step)) == step


@pytest.mark.parametrize(
    ("weights", "expected"),
    [((2, 1, 3), "313231313231"), ((1, 1, 1, 1), "12341234"), ((1,), "1111")],
    ids=str,
)
def test_the_figures_that_people_know(weights, expected):
    members = servers(*weights)
    assert take(RoundRobin(members, always), members, len(expected)) == expected


def test_a_full_server_is_passed_over_and_takes_its_turn_when_it_has_room():
    members = servers(1, 1, 1)
    full = {"2"}
    turns = RoundRobin(members, lambda member: member.name not in full)
    assert take(turns, members, 4) == "1313"
    full.clear()
    assert sorted(take(turns, members, 3)) == ["1", "2", "3"]


def test_nobody_is_chosen_while_all_are_full_and_nobody_is_lost_by_it():
    members = servers(2, 1, 3)
    room = [False]
    turns = RoundRobin(members, lambda _member: room[0])
    assert take(turns, members, 3) == "---"
    room[0] = True
    assert sorted(take(turns, members, 6)) == ["1", "1", "2", "3", "3", "3"]


def test_a_server_to_avoid_is_taken_only_where_no_other_has_room():
    members = servers(1, 1)
    turns = RoundRobin(members, lambda member: member.name in room)
    room = {"1", "2"}
    assert take(turns, members, 2, avoid=members[0]) == "22"
    room = {"1"}
    assert take(turns, members, 1, avoid=members[0]) == "1"


def test_an_avoided_server_keeps_its_turn():
    members = servers(1, 1)
    turns = RoundRobin(members, always)
    assert take(turns, members, 1) == "1"
    assert take(turns, members, 1, avoid=members[0]) == "2"
    assert take(turns, members, 2) == "12"


def test_a_backup_that_is_left_alone_takes_every_request():
    members = (*servers(1, 1), server("backup", 3, backup=True))
    turns = RoundRobin(members, always)
    assert take(turns, members[:2], 2) == "12"
    assert take(turns, members[2:], 1) == "backup"
    assert take(turns, members[:2], 2) in {"12", "21"}


def test_a_server_without_weight_takes_no_turns():
    members = servers(1, 0, 1)
    assert take(RoundRobin(members, always), (members[0], members[2]), 4) == "1313"


def test_another_weight_in_a_new_configuration_counts_from_then_on():
    old, new = servers(1, 1), servers(1, 3)
    turns = RoundRobin(old, always)
    take(turns, old, 3)
    assert take(turns, new, 40).count("2") >= 29


def test_a_new_configuration_with_the_same_weights_does_not_disturb_the_turns():
    old, new = servers(2, 1, 3), servers(2, 1, 3)
    turns = RoundRobin(old, always)
    assert take(turns, old, 4) + take(turns, new, 8) == "313231313231"
    assert turns.choose(new) in new
