"""What is wrong with one value, and the nearest word."""

import pytest

from affinity_gw.config.problem import NotYet, Problem, listed, suggestion


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("maxcon", ["maxconn", "bind"], 'did you mean "maxconn"?'),
        ("MAXCONN", ["maxconn", "bind"], 'did you mean "maxconn"?'),
        ("zzz", ["b", "a", "c"], "there is a, b and c"),
        ("zzz", [], ""),
        ("zzz", "abcdefghijklm", "there is a, b, c, d, e, f, g, h, i, j, k, l and more"),
    ],
)
def test_a_suggestion_is_near_or_lists_what_there_is(word, known, said):
    assert suggestion(word, known) == said


@pytest.mark.parametrize(
    ("names", "text"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")]
)
def test_names_are_listed_as_people_do(names, text):
    assert listed(names) == text


def test_any_value_error_becomes_a_problem():
    problem = Problem("a", "b")
    assert Problem.of(problem) is problem
    assert Problem.of(ValueError("c")).problem == "c"


def test_what_comes_later_says_so():
    assert NotYet().problem == "not supported yet"
    assert NotYet("TLS").problem == "TLS is not supported yet"
