"""Lines that are read under a condition. What holds was tried with ``haproxy -cc``."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.conditional import Blocks, evaluate
from affinity_gw.convert.lexer import lex

VARIABLES = {"HOME": "/root", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("", False),
        ("0", False),
        ("1", True),
        ("!0", True),
        ("!!1", True),
        ("defined(HOME)", True),
        ("defined(EMPTY)", True),
        ("defined(NOWHERE)", False),
        ("feature(OPENSSL)", True),
        ("feature(QUIC)", False),
        ("streq(a,a)", True),
        ("streq(a,b)", False),
        ("streq(,)", True),
        ("strneq(a,b)", True),
        ("version_atleast(2.4-dev19)", True),
        ("version_atleast(2.6.12)", True),
        ("version_atleast(2.6.13)", False),
        ("version_atleast(2.7)", False),
        ("version_atleast(x)", True),
        ("version_before(2.7)", True),
        ("version_before(2.6)", False),
        ("1 && 0 || 1", True),
        ("1 || 1 && 0", True),
        ("(1 || 1) && 0", False),
        ("feature(OPENSSL) && (streq(a,yes) || streq(yes,yes))", True),
        ("!feature(OPENSSL) || !(1 && 0)", True),
    ],
)
def test_a_condition_holds_or_not(text, holds):
    assert evaluate(text, VARIABLES) is holds


@pytest.mark.parametrize(
    "text",
    ["nobody(x)", "streq(a)", "1 &&", "&& 1", "1 1", "(1", "1)", "yes", "!", "1 |"],
)
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(Problem):
        evaluate(text, VARIABLES)


def read(*texts):
    """The numbers of the lines that count."""
    blocks = Blocks()
    counted = []
    for number, text in enumerate(texts, start=1):
        if text.startswith("."):
            blocks.take(lex(number, text, {}, {}), {})
        elif blocks.holds:
            counted.append(text)
    return "".join(counted), len(blocks.open)


@pytest.mark.parametrize(
    ("texts", "counted"),
    [
        ((".if 1", "a", ".else", "b", ".endif", "c"), "ac"),
        ((".if 0", "a", ".else", "b", ".endif", "c"), "bc"),
        ((".if 0", "a", ".elif 1", "b", ".elif 1", "c", ".else", "d", ".endif"), "b"),
        ((".if 0", "a", ".if 1", "b", ".else", "c", ".endif", ".endif", "d"), "d"),
        ((".if 1", ".if 0", "a", ".else", "b", ".endif", "c", ".endif"), "bc"),
        ((".if 0", ".if 1", "a", ".elif 1", "b", ".endif", ".elif 1", "c", ".endif"), "c"),
    ],
)
def test_lines_count_by_their_block(texts, counted):
    assert read(*texts) == (counted, 0)


@pytest.mark.parametrize("texts", [(".else",), (".endif",), (".elif 1",), (".if 1", ".else", ".else")])
def test_what_has_no_if_is_refused(texts):
    with pytest.raises(Problem):
        read(*texts)


def test_a_condition_that_is_not_asked_may_be_wrong():
    assert read(".if 1", "a", ".elif nobody(x)", "b", ".endif") == ("a", 0)
