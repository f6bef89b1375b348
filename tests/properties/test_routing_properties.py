"""What holds for every configuration and every traffic, not only for the tables' rows."""

import json
import os
import subprocess
import sys
from collections import Counter

from affinity_gw_plugins.cookie_lines import values_in, without
from affinity_gw_plugins.url_prefix import UrlPrefix
from hypothesis import given, settings
from hypothesis import strategies as st

from affinity_gw.routing.decision import Forward
from affinity_gw.routing.hashing import Rendezvous
from affinity_gw.routing.health import Health
from affinity_gw.routing.live import Live
from affinity_gw.routing.matching import fold, matcher
from affinity_gw.routing.roundrobin import RoundRobin
from affinity_gw.routing.servers import CheckSpec
from tests.routing.making import backend, finds, request, server, servers

unhurried = settings(deadline=None)  # the machine is shared; what is slow shows in the run as a whole

names = st.text("abcdefwt0123456789-_.", min_size=1, max_size=12)
weights = st.lists(st.integers(1, 256), min_size=1, max_size=12)
keys = st.lists(st.text(max_size=20), min_size=1, max_size=20)


@unhurried
@given(weights=weights.filter(lambda found: len(found) > 1), keys=keys, data=st.data())
def test_taking_a_server_away_moves_only_its_own_keys(weights, keys, data):
    everyone = servers(*weights)
    gone = data.draw(st.sampled_from(everyone))
    before, after = Rendezvous(everyone), Rendezvous(tuple(member for member in everyone if member is not gone))
    for key in keys:
        assert before.choose(key) is gone or after.choose(key) is before.choose(key)


@unhurried
@given(weights=weights, keys=keys, data=st.data())
def test_the_order_of_the_servers_in_the_file_decides_nothing(weights, keys, data):
    everyone = servers(*weights)
    shuffled = data.draw(st.permutations(everyone))
    for key in keys:
        assert Rendezvous(everyone).choose(key) is Rendezvous(shuffled).choose(key)


OTHER_PROCESS = """
import json, sys
from affinity_gw.routing.hashing import Rendezvous
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import Server
weights, keys = json.load(sys.stdin)
everyone = [Server("wt", str(n), n, Address("127.0.0.1", n), weight=weight) for n, weight in enumerate(weights, 1)]
print(json.dumps([hash("ann"), [Rendezvous(everyone).choose(key).name for key in keys]]))
"""


def test_all_processes_agree_about_a_key_whatever_their_hash_seed():
    weights = [1, 2, 3, 5, 250]
    keys = [f"{prefix}{number}" for number in range(100) for prefix in ("", "ü", "\udcff", "10.0.0.")]
    answers = []
    for seed in ("1", "2"):
        other = subprocess.run(
            [sys.executable, "-c", OTHER_PROCESS],
            input=json.dumps([weights, keys]),
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(json.loads(other.stdout))
    (one_hash, one), (two_hash, two) = answers
    assert one_hash != two_hash  # otherwise nothing would be shown
    ours = Rendezvous(servers(*weights))
    assert one == two == [ours.choose(key).name for key in keys]


def taken(turns, members, count):
    return [turns.choose(members).name for _ in range(count)]


@unhurried
@given(number=st.integers(1, 20), count=st.integers(1, 200), weight=st.integers(1, 256))
def test_round_robin_over_equal_weights_differs_by_one_at_the_most(number, count, weight):
    members = servers(*[weight] * number)
    counts = Counter({member.name: 0 for member in members})
    counts.update(taken(RoundRobin(members, lambda _member: True), members, count))
    assert max(counts.values()) - min(counts.values()) <= 1


@unhurried
@given(weights=st.lists(st.integers(1, 30), min_size=1, max_size=8), cycles=st.integers(1, 8))
def test_round_robin_gives_each_server_its_weight_but_for_a_turn_or_two(weights, cycles):
    """HAProxy's own is no more exact: over 2/3/3 its first eight turns are shared 1/4/3."""
    members = servers(*weights)
    counts = Counter(taken(RoundRobin(members, lambda _member: True), members, cycles * sum(weights)))
    assert all(abs(counts[member.name] - cycles * member.weight) <= 2 for member in members)


@unhurried
@given(
    weights=st.lists(st.integers(1, 256), min_size=1, max_size=6),
    steps=st.lists(st.tuples(st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)), st.integers(1, 9)), max_size=12),
)
def test_round_robin_never_chooses_a_server_that_is_down_or_full_and_finds_any_that_is_neither(weights, steps):
    everyone = servers(*weights)
    full = set()
    turns = RoundRobin(everyone, lambda member: member.name not in full)
    for down, filled, count in steps:
        usable = tuple(member for number, member in enumerate(everyone) if number not in down)
        full.clear()
        full.update(str(number + 1) for number in filled)
        open_names = {member.name for member in usable} - full
        for _ in range(count if usable else 0):
            chosen = turns.choose(usable)
            assert chosen.name in open_names if open_names else chosen is None


@unhurried
@given(
    fall=st.integers(1, 6),
    rise=st.integers(1, 6),
    failures=st.lists(st.integers(0, 5), max_size=10),
)
def test_fewer_than_fall_failures_in_a_row_never_take_a_healthy_server_down(fall, rise, failures):
    health = Health(CheckSpec(rise=rise, fall=fall))
    health.record(success=True)
    for count in failures:
        for _ in range(min(count, fall - 1)):
            assert not health.record(success=False)
        health.record(success=True)
        assert health.up


@unhurried
@given(fall=st.integers(1, 6), rise=st.integers(1, 6), results=st.lists(st.booleans(), max_size=40), up=st.booleans())
def test_health_agrees_with_counting_by_hand(fall, rise, results, up):
    health = Health(CheckSpec(rise=rise, fall=fall), up=up)
    state, failed, passed = up, fall - 1 if up else 0, 0  # fresh: one failure is enough
    for result in results:
        failed, passed = (0, passed + 1) if result else (failed + 1, 0)
        if state and failed >= fall:
            state, failed = False, 0
        elif not state and passed >= rise:
            state, passed = True, 0
        before = health.up
        assert health.record(result) == (before != state)
        assert health.up == state


@unhurried
@given(
    moves=st.lists(st.tuples(st.sampled_from("enter leave next"), st.integers(0, 9), st.integers(0, 2)), max_size=60)
)
def test_queues_agree_with_a_plain_list(moves):
    one, two = server("one", 1, maxconn=1), server("two", 2, maxconn=1)
    wt, live, waiting = backend(one, two), Live(), []
    for move, waiter, place in moves:
        held = (None, one, two)[place]
        if move == "enter" and waiter not in [known for known, _ in waiting]:
            entry = finds("k") if held else None
            live.queues.enter(waiter, Forward(request(), wt, held or one, "hit" if held else "none", entry, "k"))
            waiting.append((waiter, held))
        elif move == "leave":
            assert live.queues.leave(waiter) is (waiter in [known for known, _ in waiting])
            waiting = [(known, where) for known, where in waiting if known != waiter]
        elif move == "next":
            free = held or one
            expected = next((known for known, where in waiting if where in {None, free}), None)
            assert live.queues.next_for(free) == expected
            waiting = [(known, where) for known, where in waiting if known != expected]
        assert live.queues.waiting("wt") == sum(where is None for _, where in waiting)
        assert live.load(one).queued == sum(where is one for _, where in waiting)


@unhurried
@given(
    words=st.sets(names, min_size=1, max_size=20),
    tail=st.text("0123456789abcXYZ", min_size=16, max_size=16),
    data=st.data(),
)
def test_a_session_id_reaches_the_server_whose_prefix_it_has(words, tail, data):
    word = data.draw(st.sampled_from(sorted(words)))
    known = dict.fromkeys(words)
    assert UrlPrefix("wtd").server_word(word + tail, known) == word
    assert UrlPrefix("wtd").server_word(word, known) == word or len(word) > 16


@unhurried
@given(value=st.text(max_size=30), words=st.sets(names, max_size=20), tail=st.integers(0, 20))
def test_a_word_that_is_named_begins_the_value(value, words, tail):
    word = UrlPrefix("wtd", tail).server_word(value, dict.fromkeys(words))
    assert word is None or (word in words and value.startswith(word))


@unhurried
@given(query=st.text("wtd=&%+7 x?/", max_size=40).filter(lambda text: " " not in text))
def test_no_key_is_left_in_a_target_that_it_was_taken_out_of(query):
    wtd, target = UrlPrefix("wtd"), f"/p?{query}"
    rest = wtd.without_key(target)
    assert wtd.request_key(request(rest)) is None
    assert (rest == target) is (wtd.request_key(request(target)) is None)


@unhurried
@given(line=st.text('Sa=;, "\\$\t', max_size=40))
def test_no_cookie_is_left_in_a_line_that_it_was_taken_out_of(line):
    rest = without(line, "S")
    assert not list(values_in(rest, "S"))
    assert list(values_in(rest, "a")) in ([], list(values_in(line, "a")))


@unhurried
@given(
    value=st.text("aB.:/?x", max_size=12),
    pattern=st.text("aB.:/?x", min_size=1, max_size=5).filter(lambda text: text.strip("./:?")),
)
def test_dom_finds_what_haproxys_loop_finds(value, pattern):
    assert matcher("dom", [pattern])(value) is match_word(value, pattern.strip("./:?"), "./:?")
    assert matcher("dom", [pattern], ignore_case=True)(value) is match_word(
        fold(value), fold(pattern.strip("./:?")), "./:?"
    )


def match_word(value, word, delimiters):
    """pattern.c's match_word, step by step."""
    may_match = True
    for start in range(len(value) - len(word) + 1):
        if value[start] in delimiters:
            may_match = True
            continue
        if may_match and value.startswith(word, start):
            end = start + len(word)
            if end == len(value) or value[end] in delimiters:
                return True
        may_match = False
    return False
