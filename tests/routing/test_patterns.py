import pytest

from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.patterns import Patterns, parse_patterns

FILES = {"hosts": ["a.example", "  b.example  ", "", "# a comment", " # none", "c d\r"], "none": []}


def read(name):
    if name not in FILES:
        raise FileNotFoundError(2, "No such file or directory", name)
    return FILES[name]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", Patterns(None, (), ())),
        ("a b", Patterns(None, ("a", "b"), ())),
        ("-i a b", Patterns(None, (), ("a", "b"))),
        ("-m beg a", Patterns("beg", ("a",), ())),
        ("-i -m sub a", Patterns("sub", (), ("a",))),
        ("-m sub -i a", Patterns("sub", (), ("a",))),
        ("-- -i", Patterns(None, ("-i",), (), ended=True)),
        ("-i -- -m", Patterns(None, (), ("-m",), ended=True)),
        ("-n 10.0.0.1", Patterns(None, ("10.0.0.1",), ())),
        ("a -i", Patterns(None, ("a", "-i"), ())),
        ("-f hosts", Patterns(None, ("a.example", "b.example  ", "# none", "c d"), ())),
        ("-i -f hosts x", Patterns(None, (), ("a.example", "b.example  ", "# none", "c d", "x"))),
        ("-f hosts -i x", Patterns(None, ("a.example", "b.example  ", "# none", "c d"), ("x",))),
        ("-f none x", Patterns(None, ("x",), ())),
    ],
)
def test_flags_and_patterns(words, expected):
    assert parse_patterns(words.split(), read) == expected


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("-x a", "-x is no flag; flags are -i, -m, -f and --, which stands before a pattern that begins with -"),
        ("-m", "-m wants a word after it"),
        ("-f", "-f wants a word after it"),
        ("-f hosts -m beg", "-m must stand before -f"),
        ("-f gone", "the pattern file gone cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong_is_said(words, problem):
    with pytest.raises(ValueError, match=r"-|file") as caught:
        parse_patterns(words.split(), read)
    assert str(caught.value) == problem


@pytest.mark.parametrize("flag", ["-M", "-u"])
def test_flags_that_come_later_are_told_apart(flag):
    with pytest.raises(NotSupportedYet, match="not supported yet"):
        parse_patterns([flag, "x"], read)


def test_without_a_reader_no_file_is_read():
    with pytest.raises(ValueError, match="-f hosts: patterns cannot come from a file here"):
        parse_patterns(["-f", "hosts"])


def test_an_empty_pattern_is_said():
    with pytest.raises(ValueError, match="an empty pattern matches nothing; ask with -m len 0"):
        parse_patterns(["a", ""])
