import random

import pytest

from affinity_gw.routing.ring import Ring
from tests.routing.making import servers
from tests.routing.playing import digits


def ring(members, has_room=lambda _member: True):
    made = Ring(has_room)
    made.follow(members)
    return made


CHANCE = random.Random(7)
NUMBERS = [CHANCE.getrandbits(32) for _ in range(2000)]


def test_a_servers_going_moves_its_own_keys_only():
    members = servers(1, 2, 3, 1)
    before, after = ring(members), ring(members[:2] + members[3:])
    moved = [number for number in NUMBERS if before.at(number).id != after.at(number).id]
    assert moved
    assert {before.at(number).name for number in moved} == {"3"}


def test_weights_share_the_keys():
    made = ring(servers(10, 30))
    share = sum(made.at(number).name == "2" for number in NUMBERS) / len(NUMBERS)
    assert 0.65 < share < 0.85


def test_a_server_does_not_depend_on_its_place_but_on_its_number():
    members = servers(1, 2, 3)
    made, turned = ring(members), ring(members[::-1])
    assert all(made.at(number) is turned.at(number) for number in NUMBERS)


def test_the_circle_is_closed():
    made = ring(servers(1, 1, 1))
    assert made.at(0xFFFFFFFF) in made.servers
    assert made.at(0) in made.servers


def test_a_server_to_avoid_is_left_out_as_if_it_were_gone_or_taken_where_it_is_the_only_one():
    members = servers(1, 1, 1)
    made = ring(members)
    assert all(made.at(number, members[0]) is not members[0] for number in NUMBERS)
    assert ring(members[:1]).at(5, members[0]) is members[0]


def test_requests_without_a_key_go_along_the_ring():
    made = ring(servers(1, 1))
    first = digits(made.turn() for _ in range(32))
    assert sorted(first) == ["1"] * 16 + ["2"] * 16
    assert digits(made.turn() for _ in range(32)) == first


def test_a_turn_passes_over_full_and_avoided_servers():
    members, room = servers(1, 1, 1), {"1", "2", "3"}
    made = ring(members, lambda member: member.name in room)
    made.turn()
    room -= {"2"}
    assert set(digits(made.turn(members[0]) for _ in range(20))) == {"3"}
    room -= {"3"}
    assert digits([made.turn(members[0])]) == "1"
    room.clear()
    assert digits([made.turn()]) == "-"


def test_after_all_were_full_only_the_first_point_is_looked_at():
    members, room = servers(1, 1), set()
    made = ring(members, lambda member: member.name in room)
    assert made.turn() is None
    room |= {"2"}
    first = ring(members).turn()
    assert digits([made.turn()]) == ("2" if first.name == "2" else "-")


def test_a_turn_goes_on_behind_a_server_that_went():
    members = servers(1, 1, 1)
    whole = ring(members)
    order = digits(whole.turn() for _ in range(48))
    made = ring(members)
    last = digits(made.turn() for _ in range(10))[-1]
    rest = tuple(member for member in members if member.name != last)
    made.follow(rest)
    skipped = (order[10:] + order).replace(last, "")
    # The first one after it stands for the one that went: it has had that turn.
    assert digits(made.turn() for _ in range(8)) == skipped[1:9]


@pytest.mark.parametrize("seed", range(10))
def test_a_ring_that_follows_is_the_ring_that_is_made_anew(seed):
    chance = random.Random(seed)
    made = Ring(lambda _member: True)
    for _ in range(12):
        everyone = servers(*(chance.choice([1, 2, 5]) for _ in range(6)))  # a reload may change weights
        usable = tuple(chance.sample(everyone, chance.randint(1, 6)))
        made.follow(usable)
        fresh = ring(usable)
        assert all(made.at(number) is fresh.at(number) for number in NUMBERS[:200])


def test_an_empty_ring_forgets_its_turn():
    members = servers(1, 1)
    made = ring(members)
    first = made.turn()
    made.follow(())
    made.follow(members)
    assert made.turn() is first
