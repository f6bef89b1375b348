"""Each row is what HAProxy 2.6.12 passed on with ``cookie S insert indirect``."""

import time

import pytest
from affinity_gw_plugins.cookie_lines import tidied, values_in, without, without_prefix


@pytest.mark.parametrize(
    ("line", "values", "rest"),
    [
        ("S=x", ["x"], ""),
        ("S=", [""], ""),
        ("S", [], "S"),
        ("a=1", [], "a=1"),
        ("s=x", [], "s=x"),
        ("xS=x; Sx=y", [], "xS=x; Sx=y"),
        ("a=1; S=x; b=2", ["x"], "a=1; b=2"),
        ("a=1; S=x", ["x"], "a=1"),
        ("S=x; a=1", ["x"], "a=1"),
        ("a=1;  S=x;  b=2", ["x"], "a=1; b=2"),
        ("a=1 ; S=x ; b=2", ["x"], "a=1; b=2"),
        ("a=1;S=x;S=y;b=3", ["x", "y"], "a=1; b=3"),
        ("a=1,S=x", ["x"], "a=1"),
        ("S = x", ["x"], ""),
        ("a=1; S =x ; b=2", ["x"], "a=1; b=2"),
        ("$Version=1; S=x; $Path=/; b=2", ["x"], "$Version=1; b=2"),
        ("S=x; $Path=/", ["x"], ""),
        ("$Version=1; S=x", ["x"], ""),
        ('a="S=x; y"', [], 'a="S=x; y"'),
        ('S="x;y"; b=2', ['"x;y"'], "b=2"),
        ('a="\\"; S=q"; S=x', ["x"], 'a="\\"; S=q"'),
        ("a=b=c; S=x", ["x"], "a=b=c"),
        ("a; S=x", ["x"], "a"),
        ("S=x=y", ["x=y"], ""),
        ("a=1; S=x;", ["x"], "a=1;"),
        ("a=1;S=x;;b=2", ["x"], "a=1; ;b=2"),
        ("=x; S=x", ["x"], "=x"),
        ("", [], ""),
    ],
)
def test_cookies_are_found_and_taken_out(line, values, rest):
    assert list(values_in(line, "S")) == values
    assert without(line, "S") == rest


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a=1; b=2", "a=1; b=2"),
        ("a = 1; b =2 ; c= 3", "a=1; b=2 ; c=3"),
        ("a =\t", "a="),
        ("$a = 1; b = 2", "$a = 1; b=2"),
        ('a = "x = y"; b', 'a="x = y"; b'),
        ("a = b = c", "a=b = c"),
        (" = x", " =x"),
        ("a ; b", "a ; b"),
    ],
)
def test_blanks_around_an_equals_sign_go(line, expected):
    assert tidied(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("S=w~v", "S=v"),
        ("S=w~v~z; b=2", "S=v~z; b=2"),
        ("S=w", "S=w"),
        ("S~w", "S~w"),
        ("a=w~v; S=~", "a=w~v; S="),
        ('S="w~v;x"; a=1', 'S=v;x"; a=1'),
        ("S=w~v; S=x~y", "S=v; S=y"),
    ],
)
def test_a_prefix_goes_up_to_its_mark(line, expected):
    assert without_prefix(line, "S", "~") == expected


@pytest.mark.parametrize("piece", ['"', '"\\', "\\", '="', ";", "=", 'S="', ',"\\"'])
def test_a_hostile_line_takes_linear_time(piece):
    line = "S=" + piece * 5000
    began = time.process_time()
    list(values_in(line, "S"))
    without(line, "S")
    tidied(line)
    without_prefix(line, "S", "~")
    assert time.process_time() - began < 0.5  # quadratic would be tens of seconds
