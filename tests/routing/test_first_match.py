import timeit
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.routing.acl import compile_condition
from affinity_gw.routing.first_match import PathPrefix, next_match
from tests.routing.making import NOW, request


class When(NamedTuple):
    when: Any


def rules(*texts):
    return [When(compile_condition(text, {}, backends=()) if text else None) for text in texts]


def one_by_one(conditions, head, start):
    for position in range(start, len(conditions)):
        when = conditions[position].when
        if when is None or when(head, NOW):
            return position
    return -1


PREFIXES = [f"{{ path_beg /{letters} }}" for letters in ("", "a", "ab", "abc", "b", "ba", "c", "a/b", "ab c", "a ab")]
CONDITIONS = st.sampled_from([*PREFIXES, *PREFIXES, "{ path_end c }", "{ path_beg -i /A }", "!{ path_beg /a }", ""])


@given(
    st.lists(CONDITIONS, max_size=24),
    st.sampled_from(["/", "*"]) | st.text("abc/?", max_size=4).map("/".__add__),
    st.integers(0, 24),
)
def test_it_finds_what_trying_one_by_one_finds(texts, target, start):
    tried = rules(*texts)
    head = request(target)
    assert next_match(tried)(head, NOW, start) == one_by_one(tried, head, start)


@pytest.mark.parametrize(
    ("target", "start", "position"),
    [
        ("/app7/x", 0, 7),
        ("/app7/x", 8, 200),
        ("/app19/x", 0, 1),
        ("/app19/x", 2, 19),
        ("/other", 0, 200),
        ("/", 201, -1),
    ],
)
def test_the_first_of_many_that_match(target, start, position):
    texts = [f"{{ path_beg /app{number} }}" for number in range(200)]
    assert next_match(rules(*texts, "", "{ path /nowhere }"))(request(target), NOW, start) == position


def test_prefixes_are_what_the_table_is_made_of():
    assert all(isinstance(rule.when, PathPrefix) for rule in rules("{ path_beg /a }", "{ path_beg /a /b }"))
    assert not any(
        isinstance(rule.when, PathPrefix)
        for rule in rules("{ path_beg -i /a }", "{ path_beg a }", "!{ path_beg /a }", "{ path_beg /a } { path_end b }")
    )


def test_two_hundred_rules_on_prefixes_cost_next_to_nothing():
    search = next_match(rules(*(f"{{ path_beg /application{number:03}/ }}" for number in range(200))))
    head = request("/application199/x")
    search(head, NOW, 0)
    seconds = min(timeit.repeat(lambda: search(head, NOW, 0), number=200, repeat=10)) / 200
    assert seconds < 20e-6
