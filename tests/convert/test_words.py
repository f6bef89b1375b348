"""Single words of haproxy.cfg."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert import words
from affinity_gw.convert.lexer import Word
from affinity_gw.routing.lexer import split_words


@pytest.mark.parametrize(
    ("word", "unit", "wanted"),
    [
        ("5000", "ms", "5s"),
        ("1500", "ms", "1500ms"),
        ("30", "s", "30s"),
        ("5s", "ms", "5s"),
        ("2m", "ms", "2m"),
        ("500us", "ms", "1ms"),
        ("0", "ms", "none"),
        ("0s", "ms", "none"),
    ],
)
def test_times(word, unit, wanted):
    assert words.time(word, unit) == wanted


@pytest.mark.parametrize("word", ["", "x", "5y", "-1", "1.5s", "25d", "5 s"])
def test_what_is_no_time_is_refused(word):
    with pytest.raises(Problem):
        words.time(word)


@pytest.mark.parametrize(("word", "wanted"), [("0", 0), ("+5", 5), ("007", 7)])
def test_numbers(word, wanted):
    assert words.number(word, "maxconn") == wanted


@pytest.mark.parametrize("word", ["", "x", "5x", "-1", "11"])
def test_what_is_no_number_in_range_is_refused(word):
    with pytest.raises(Problem, match="maxconn"):
        words.number(word, "maxconn", 0, 10)


def test_a_name_is_made_of_what_haproxy_lets_into_one():
    assert words.name(Word("a-b_c.d:1"), "a server") == "a-b_c.d:1"
    with pytest.raises(Problem, match='"!" cannot stand in the name of a server'):
        words.name(Word("a!"), "a server")
    with pytest.raises(Problem, match="has no name"):
        words.name(Word(""), "a server")


def test_arguments_are_there_and_no_more():
    line = [Word("mode"), Word("http"), Word("")]
    assert words.argument(line, 1, "a mode") == "http"
    for index in (2, 3):
        with pytest.raises(Problem, match="a mode is missing"):
            words.argument(line, index, "a mode")
    words.nothing_after(line, 3)
    with pytest.raises(Problem, match='"http" is one word too many'):
        words.nothing_after(line, 1)


def test_an_unknown_word_has_the_nearest_known_one():
    assert words.unknown("chekc", "the option", ["check", "weight"]).advice == 'did you mean "check"?'


@pytest.mark.parametrize("parts", [["a", "b"], ["a b", "c"], ["it's", "x"], ["", "x"], ["a\\b", '"']])
def test_joined_words_are_taken_apart_into_the_same(parts):
    joined = words.joined([Word(part) for part in parts])
    assert split_words(joined) == parts


def test_joined_words_keep_their_variables():
    assert words.joined([Word("path"), Word("/one", "/${A}")]).spelt == "path /${A}"
