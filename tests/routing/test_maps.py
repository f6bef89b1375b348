import random

import pytest

from affinity_gw.routing.maps import TurnMap, common_divisor, draw
from tests.routing.making import backend, request, servers
from tests.routing.playing import digits, group, play_recorded, replay
from tests.routing.recorded import CONCURRENT, STATIC_RR


@pytest.mark.parametrize(("members", "script"), STATIC_RR, ids=[members for members, _ in STATIC_RR])
def test_static_rr_walks_as_haproxy_does(members, script):
    wt = backend(*group(members), balance="static-rr")
    assert replay(wt, [request()] * 24, script) == script


def test_static_rr_passes_over_full_servers_as_haproxy_does():
    (balance, options, members, script) = next(each for each in CONCURRENT if each[0] == "static-rr")
    assert play_recorded(balance, options, members, script) == script


def place_by_place(weights):
    """HAProxy's own way (recalc_server_map)."""
    total, scores, places = sum(weights), [0] * len(weights), []
    for _ in range(total):
        scores = [score + weight for score, weight in zip(scores, weights, strict=True)]
        levels = [(score + total) // total for score in scores]
        best = levels.index(max(levels))
        scores[best] -= total
        places.append(best)
    return places


@pytest.mark.parametrize("seed", range(60))
def test_a_map_is_drawn_as_place_by_place(seed):
    chance = random.Random(seed)
    weights = [chance.choice([1, 2, 3, 7, 20, chance.randint(1, 256)]) for _ in range(chance.randint(2, 9))]
    assert draw(range(len(weights)), weights) == place_by_place(weights)


def test_the_common_divisor_is_of_all_servers():
    assert common_divisor(servers(4, 6, 0)) == 2
    assert common_divisor(servers(0)) == 1
    assert common_divisor(()) == 1


def test_all_full_leaves_the_position():
    members, room = servers(1, 1, 1), {"1", "2", "3"}
    turns = TurnMap(members, lambda member: member.name in room)
    turns.follow(members)
    assert digits([turns.turn()]) == "1"
    room.clear()
    assert digits([turns.turn(), turns.turn()]) == "--"
    room |= {"1", "2", "3"}
    assert digits([turns.turn()]) == "2"


def test_a_server_to_avoid_is_taken_where_no_other_has_room():
    members = servers(1, 1)
    turns = TurnMap(members, lambda member: member.name in room)
    turns.follow(members)
    room = {"1", "2"}
    assert digits(turns.turn(members[0]) for _ in range(2)) == "22"
    room = {"1"}
    assert digits([turns.turn(members[0])]) == "1"


def test_a_hashed_key_knows_no_server_to_avoid():
    members = servers(1, 1)
    turns = TurnMap(members, lambda _member: True)
    turns.follow(members)
    assert digits([turns.at(7, members[1])]) == "2"
