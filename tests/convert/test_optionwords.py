"""Options one after the other, each with its arguments."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.optionwords import Option, left_out, run, silent, warned, whole_number
from tests.convert.reading import Reader

KNOWN = {
    "one": Option(lambda _context, made, words: made.append(words[0]), 1),
    "none": Option(lambda _context, made, _words: made.append("none")),
    **left_out({"away": (1, "there is none")}),
    **warned({"odd": (0, "it means little")}),
    **silent("quiet", arguments=1),
}


def made(text):
    found = []
    reader = Reader({"x": lambda context: run(context, found, context.words[1:], KNOWN, "the option")})
    reader.read(f"x {text}")
    return found, reader.notes


@pytest.mark.parametrize(
    ("text", "found", "notes"),
    [
        ("", [], []),
        ("one a none one b", ["a", "none", "b"], []),
        ("away z none", ["none"], [("left out", "away: there is none")]),
        ("odd quiet one one one", ["one"], [("warning", "odd: it means little")]),
    ],
)
def test_each_word_takes_its_arguments(text, found, notes):
    assert made(text) == (found, notes)


@pytest.mark.parametrize(("text", "problem"), [("noen", "unknown"), ("one", "no argument"), ("one ''", "no argument")])
def test_an_unknown_word_and_a_missing_argument_are_refused(text, problem):
    with pytest.raises(Problem, match=problem):
        made(text)


@pytest.mark.parametrize(
    ("word", "value", "kinds"), [("5", 5, []), ("-5", -5, []), ("5x", 5, ["warning"]), ("x", 0, ["warning"])]
)
def test_a_number_ends_where_its_digits_end(word, value, kinds):
    found = []
    reader = Reader({"x": lambda context: found.append(whole_number(context, word, "n"))}).read("x")
    assert (found, reader.kinds) == ([value], kinds)
