import re

import pytest

from affinity_gw.routing.regexes import regular, replacement


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^/a[0-9]+$", "/a12", True),
        ("[[:digit:]]+", "a1", True),
        ("^[^[:space:]]+$", "a b", False),
        ("[[:alpha:]_]{2}", "a_", True),
        ("[[]", "[", True),
        (r"\d", "٣", False),
        (r"\w", "ä", False),
        ("(?>a+)b", "aab", True),
        ("a++b", "aab", True),
        ("(?i)A", "a", True),
    ],
)
def test_expressions_mean_what_they_mean_to_pcre(pattern, text, expected):
    assert (regular(pattern).search(text) is not None) is expected


def test_case_is_ignored_for_ascii_letters():
    assert regular("^K", ignore_case=True).search("k")
    assert not regular("K", ignore_case=True).search("\u212a")  # the Kelvin sign


@pytest.mark.parametrize("pattern", ["(", r"\h+", r"\K", "(?<name>a)", "a(?i)b", "(?R)", "[[:alpha:]"])
def test_what_python_cannot_read_is_said(pattern):
    with pytest.raises(ValueError, match=r"the regular expression .* cannot be read"):
        regular(pattern)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "x"),
        (r"<\1>", "<b>"),
        (r"\0\0", "abcabc"),
        (r"[\2]", "[]"),
        (r"[\9]", "[]"),
        (r"\x41\\\&", "A\\&"),
        ("", ""),
    ],
)
def test_replacements(text, expected):
    match = re.search("a(b)(x)?c", "abc")
    assert replacement(text)(match) == expected


def test_a_lone_backslash_is_said():
    with pytest.raises(ValueError, match="a backslash at the end of 'a"):
        replacement("a\\")
