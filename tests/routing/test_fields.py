import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.routing import fields
from tests.routing.making import request


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("foo", ["foo"]),
        ("", [""]),
        (" foo ", ["foo"]),
        ("a,b", ["a", "b"]),
        ("a , b\t,c", ["a", "b", "c"]),
        (",foo", ["", "foo"]),
        ("foo,", ["foo", ""]),
        (",", ["", ""]),
        ('"a, b", c', ['"a, b"', "c"]),
        ('"a\\", b", c', ['"a\\", b"', "c"]),
        ('"open, a', ['"open, a']),
        ('"open, a,', ['"open, a,']),
        ('a,"open,', ["a", '"open,']),
        ('"open\\', ['"open\\']),
        ('x"y,z"w,v', ['x"y,z"w', "v"]),
        ('"a",', ['"a"', ""]),
    ],
)
def test_a_line_falls_apart_at_commas_outside_quotes(line, parts):
    assert fields.split_list(line) == parts


@pytest.mark.parametrize(
    ("occurrence", "values"),
    [(0, ["a", "b", "c"]), (1, ["a"]), (3, ["c"]), (4, []), (-1, ["c"]), (-3, ["a"]), (-4, [])],
)
def test_every_line_and_every_part_is_a_value_and_one_can_be_chosen(occurrence, values):
    head = request("/", ("X", "a, b"), ("Y", "no"), ("x", "c"))
    found = fields.header_values("X")
    assert list((fields.occurrence(found, occurrence) if occurrence else found)(head)) == values


def test_a_missing_header_has_no_values():
    assert list(fields.header_values("X")(request())) == []


@pytest.mark.parametrize("line", ["a, b ,c", ' "a, b" ,c', "a,", ",", "", '"a'])
def test_the_members_of_a_line_make_the_line_again(line):
    assert ",".join(fields.split_members(line)) == line


def test_a_long_line_costs_no_more_than_its_length():
    # Patterns that try again at every blank would need minutes for these.
    for line in (" " * 16000, "a=" + " " * 16000, '"' * 15999, "a=" + '"' * 15999, "=;" * 8000, "\\" * 16000):
        head = request("/", ("Cookie", line))
        assert len(fields.cookie_values("a")(head)) <= 1
        assert fields.split_list(line)


@given(st.text("ab=; \t$", max_size=12).map(str.strip), st.sampled_from(["a", "ab", "b", "$a"]))
def test_cookies_without_quotes_are_found_as_those_with_them(line, name):
    # A first line in quotes takes the other way through; it holds nothing.
    quoted = '"";' + line
    assert fields.cookie_values(name)(request("/", ("Cookie", line))) == fields.cookie_values(name)(
        request("/", ("Cookie", quoted))
    )
