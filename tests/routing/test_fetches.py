import pytest

from affinity_gw.routing import fetches
from tests.routing.making import request


@pytest.mark.parametrize(
    ("target", "path"),
    [("/a?b", "/a"), ("http://h/a?b", "/a"), ("http://h", "/"), ("*", None), ("/a;x", "/a;x"), ("/%61", "/%61")],
)
def test_the_path_is_raw(target, path):
    assert fetches.path(request(target)) == path


def test_the_url_is_the_target_as_received():
    assert fetches.url(request("http://h/a?b")) == "http://h/a?b"


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
        ('"open\\', ['"open\\']),
        ('x"y,z"w,v', ['x"y,z"w', "v"]),
        ('"a",', ['"a"', ""]),
    ],
)
def test_a_line_falls_apart_at_commas_outside_quotes(line, parts):
    assert fetches.split_list(line) == parts


@pytest.mark.parametrize(
    ("occurrence", "values"),
    [(0, ["a", "b", "c"]), (1, ["a"]), (3, ["c"]), (4, []), (-1, ["c"]), (-3, ["a"]), (-4, [])],
)
def test_every_line_and_every_part_is_a_value_and_one_can_be_chosen(occurrence, values):
    head = request("/", ("X", "a, b"), ("Y", "no"), ("x", "c"))
    assert list(fetches.header_values("X", occurrence)(head)) == values


def test_a_missing_header_has_no_values():
    assert list(fetches.header_values("X")(request())) == []
