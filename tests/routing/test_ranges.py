"""Each row was compared with HAProxy 2.6.12's answer."""

import pytest

from affinity_gw.routing.ranges import header_number, integer_matcher, number_in


@pytest.mark.parametrize(
    ("words", "matching"),
    [
        ("2", [2]),
        ("eq 2", [2]),
        ("1 3", [1, 3]),
        ("1:3", [1, 2, 3]),
        ("1-3", [1, 2, 3]),
        (":1", [0, 1]),
        ("-1", [0, 1]),
        ("3:", [3, 4]),
        ("3-", [3, 4]),
        ("gt 0", [1, 2, 3, 4]),
        ("ge 2", [2, 3, 4]),
        ("lt 2", [0, 1]),
        ("le 1", [0, 1]),
        ("le 1 ge 4", [0, 1, 4]),
        ("gt 3 1", [2, 3, 4]),
        ("gt 1:3", [1, 2, 3]),
        ("gt -1", [0, 1]),
        (":-1", []),
        ("1 eq", [1]),
    ],
)
def test_numbers(words, matching):
    matches = integer_matcher(words.split())
    assert [number for number in range(5) if matches(number)] == matching


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", "a number is missing"),
        ("gt", "a number is missing after 'gt'"),
        ("many", "'many' is no number"),
        (":", "':' is no number"),
        ("+5", "'+5' is no number"),
        ("1:2:3", "'1:2:3' is no number"),
        ("> 0", "'>' is no number"),
        ("3:1", "the range '3:1' is empty; write the smaller number first"),
    ],
)
def test_a_bad_number_is_said(words, problem):
    with pytest.raises(ValueError, match="number") as caught:
        integer_matcher(words.split())
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", None),
        ("12", 12),
        ("-12x", -12),
        ("+3", 3),
        ("x", 0),
        ("1.5", 1),
        ("9" * 20, 2**63 - 1),
        ("-" + "9" * 5000, -(2**63)),
    ],
)
def test_the_number_that_a_string_begins_with(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("12", 12),
        ("12a", 12),
        ("a12", 0),
        ("-12", -12),
        ("1.5", 85),
        ("4294967297", 1),
        ("2147483648", -(2**31)),
        ("\xe4", -1230),
    ],
    ids=ascii,
)
def test_the_number_in_a_header(text, number):
    assert header_number(text) == number
