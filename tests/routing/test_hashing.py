from collections import Counter

import pytest

from affinity_gw.routing.hashing import Rendezvous, draw
from tests.routing.making import servers

KEYS = [f"key-{number}" for number in range(6000)]


def test_the_draw_is_the_same_on_every_machine_and_python():
    assert [draw(name, b"ann") for name in ("wt1", "wt2", "wt3")] == [
        5761758083942828793,
        7022203757195831282,
        11807845406857940339,
    ]


def test_a_name_and_a_key_do_not_run_into_each_other():
    assert draw("a", b"bc") != draw("ab", b"c")


@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (1, 2, 3), (100, 1, 50)], ids=str)
def test_each_server_wins_its_weight_of_the_keys(weights):
    hashes = Rendezvous(servers(*weights))
    won = Counter(hashes.choose(key).name for key in KEYS)
    for number, weight in enumerate(weights, 1):
        expected = len(KEYS) * weight / sum(weights)
        assert won[str(number)] == pytest.approx(expected, abs=4 * expected**0.5 + 1)


def test_a_key_that_is_remembered_goes_where_it_went_first():
    hashes = Rendezvous(servers(1, 1, 1))
    assert hashes.choose("ann") is hashes.choose("ann")


def test_the_memory_is_bounded_whatever_keys_clients_invent(monkeypatch):
    monkeypatch.setattr("affinity_gw.routing.hashing._MEMO_KEYS", 10)
    hashes = Rendezvous(servers(1, 1))
    for key in [*KEYS[:35], "long" * 1000]:
        hashes.choose(key)
    assert len(hashes._memo) <= 10
    assert "long" * 1000 not in hashes._memo


@pytest.mark.parametrize("key", ["", "ü", "\udcff", "a\0b"], ids=ascii)
def test_any_string_is_a_key(key):
    assert Rendezvous(servers(1, 1)).choose(key).name in {"1", "2"}
