"""What HAProxy 2.6.12 makes of the Set-Cookie lines of one name."""

import time

import pytest
from affinity_gw_plugins.set_cookie import change_set_cookies

from tests.plugins.making import fields


@pytest.mark.parametrize(
    ("line", "found", "expected"),
    [
        ("S=v", True, "S=<v>"),
        ("S=v; path=/x; HttpOnly", True, "S=<v>; path=/x; HttpOnly"),
        ("S=", True, "S=<>"),
        ("S", False, "S"),
        ("S ; x", False, "S ; x"),
        ("S = v ; path = /", True, "S=<v> ; path = /"),
        ("a = 1 ; x", False, "a=1 ; x"),
        ("s=v", False, "s=v"),
        ("SX=v", False, "SX=v"),
        ('S="v;w"; path=/', True, 'S=<"v;w">; path=/'),
        ("S=v,S=u", True, "S=<v>,S=u"),
        ("a=S=v", False, "a=S=v"),
        ("S=v;", True, "S=<v>;"),
        ("S=,x", True, "S=<>,x"),
        ("S==v", True, "S=<=v>"),
        ("$S=v", False, "$S=v"),
        ("a=1; S=v", False, "a=1; S=v"),
        ("; S=v", False, "; S=v"),
    ],
)
def test_the_first_cookie_of_a_line_is_what_the_line_sets(line, found, expected):
    answer = fields(("A", "1"), ("set-cookie", line), ("B", "2"))
    assert change_set_cookies(answer, "S", lambda value: f"<{value}>") is found
    assert list(answer.items()) == [("A", "1"), ("set-cookie", expected), ("B", "2")]


def test_none_takes_the_line_out():
    answer = fields(("Set-Cookie", "a=1"), ("Set-Cookie", "S=v"), ("X", "1"), ("Set-Cookie", "S=u"))
    assert change_set_cookies(answer, "S", lambda _value: None)
    assert list(answer.items()) == [("Set-Cookie", "a=1"), ("X", "1")]


def test_an_answer_without_cookies_is_left_alone():
    assert not change_set_cookies(fields(("X", "1")), "S", lambda _value: None)


@pytest.mark.parametrize("piece", ['"', '"\\', "\\", " ", "=", ","])
def test_a_hostile_line_takes_linear_time(piece):
    answer = fields(("Set-Cookie", "S=" + piece * 20000))
    began = time.process_time()
    change_set_cookies(answer, "S", lambda value: value)
    assert time.process_time() - began < 0.5
