"""Each row was compared with HAProxy 2.6.12's answer."""

import pytest

from affinity_gw.routing.matching import METHODS, fold, integer_matcher, matcher, network_matcher

ROWS = [
    ("str", ["/a"], "/a", True),
    ("str", ["/a"], "/A", False),
    ("str", ["/a", "/b"], "/b", True),
    ("beg", ["/static"], "/staticfoo", True),
    ("beg", ["/static"], "/STATIC", False),
    ("beg", ["/static"], "//static", False),
    ("beg", ["/static"], "/%73tatic", False),
    ("beg", ["/static", "/img"], "/img/x", True),
    ("end", ["urlenco.de"], "xurlenco.de", True),
    ("end", ["urlenco.de"], "urlenco.de:80", False),
    ("end", ["urlenco.de"], "urlenco.de.", False),
    ("end", [".gif", ".png"], "/x.png", True),
    ("sub", ["wtd=wt1"], "/?xwtd=wt12", True),
    ("sub", ["wtd=wt1"], "/?WTD=wt1", False),
    ("sub", ["a", "b"], "xbx", True),
    ("sub", ["a", "b"], "xyz", False),
    ("dir", ["static"], "/static", True),
    ("dir", ["static"], "/static/x", True),
    ("dir", ["static"], "/x/static?y", True),
    ("dir", ["static"], "/staticfoo", False),
    ("dir", ["/static/"], "/a/static/b", True),
    ("dir", ["a/b"], "/q/a/b", True),
    ("dir", ["a/b"], "/xa/b", False),
    ("dom", ["a.b.c"], "a.b.c", True),
    ("dom", ["a.b.c"], "www.a.b.c", True),
    ("dom", ["a.b.c"], "a.b.c.au", True),
    ("dom", ["a.b.c"], "a.b.c:8080", True),
    ("dom", ["a.b.c"], "x/a.b.c", True),
    ("dom", ["a.b.c"], "a.b.a.b.c", True),
    ("dom", ["a.b.c"], "xa.b.c", False),
    ("dom", ["a.b.c"], "a.b.cx", False),
    ("dom", [".a.b.c."], "a.b.c", True),
    ("dom", ["b"], "x.b.y", True),
    ("dom", ["x", "b"], "a.b", True),
    ("reg", ["^/a[0-9]+$"], "/a12", True),
    ("reg", ["^/a[0-9]+$"], "/a12b", False),
    ("reg", ["^x", "y$"], "ay", True),
    ("reg", ["^x", "y$"], "yx", False),
    ("len", ["2"], "ab", True),
    ("len", ["gt", "5"], "abcde", False),
    ("len", ["3:9"], "abc", True),
]


@pytest.mark.parametrize(("method", "patterns", "value", "expected"), ROWS)
def test_methods(method, patterns, value, expected):
    assert matcher(method, patterns)(value) is expected


@pytest.mark.parametrize(
    ("method", "pattern", "value"),
    [
        ("str", "Notes.Org", "nOTES.oRG"),
        ("beg", "DEV.", "dev.x"),
        ("end", ".GIF", "/x.gif"),
        ("sub", "mobile", "a Mobile b"),
        ("dir", "Static", "/sTATIC/x"),
        ("dom", "Notes", "www.nOTES.org"),
        ("reg", "^/A", "/a"),
    ],
)
def test_case_can_be_ignored(method, pattern, value):
    assert matcher(method, [pattern], ignore_case=True)(value)
    assert not matcher(method, [pattern])(value)


def test_ignoring_case_says_nothing_about_lengths():
    assert matcher("len", ["3"], ignore_case=True)("ABC")


@pytest.mark.parametrize(
    ("text", "folded"), [("ABC", "abc"), ("ÄBC", "Äbc"), ("İ", "İ"), ("\udcc4A", "\udcc4a")], ids=ascii
)
def test_only_ascii_letters_are_folded(text, folded):
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_characters_that_mean_something_in_a_regular_expression_are_plain_elsewhere():
    assert matcher("dom", ["a+b"])("x.a+b.y")
    assert not matcher("dom", ["a.b"])("a-b")


@pytest.mark.parametrize(
    ("method", "pattern", "problem"),
    [
        ("reg", "(", "the regular expression '(' cannot be read"),
        ("dom", "./.", "the pattern './.' holds nothing but delimiters"),
        ("len", "x", "'x' is no number and no range"),
    ],
)
def test_a_bad_pattern_is_said(method, pattern, problem):
    with pytest.raises(ValueError, match=r"cannot be read|delimiters|no number") as caught:
        matcher(method, [pattern])
    assert problem in str(caught.value)


def test_haproxys_methods_for_strings_are_all_there():
    assert set(METHODS) == {"str", "beg", "end", "sub", "dir", "dom", "reg", "len"}


@pytest.mark.parametrize(
    ("words", "matching"),
    [
        ("2", [2]),
        ("eq 2", [2]),
        ("1 3", [1, 3]),
        ("1:3", [1, 2, 3]),
        (":1", [0, 1]),
        ("3:", [3, 4]),
        ("gt 0", [1, 2, 3, 4]),
        ("ge 2", [2, 3, 4]),
        ("lt 2", [0, 1]),
        ("le 1", [0, 1]),
        ("le 1 ge 4", [0, 1, 4]),
        ("gt 3 1", [2, 3, 4]),
        ("-1:0", [0]),
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
        ("1:2:3", "'1:2:3' is no number"),
        ("> 0", "'>' is no number"),
        ("gt 1:3", "gt takes a number, not the range '1:3'"),
    ],
)
def test_a_bad_number_is_said(words, problem):
    with pytest.raises(ValueError, match="number") as caught:
        integer_matcher(words.split())
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("networks", "address", "expected"),
    [
        ("192.168.10.0/24", "192.168.10.7", True),
        ("192.168.10.0/24", "192.168.11.7", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("127.0.0.1/8", "127.9.9.9", True),
        ("127.0.0.1/255.0.0.0", "127.9.9.9", True),
        ("10.0.0.0/8 192.168.0.0/16", "192.168.1.1", True),
        ("192.168.0.0/16", "::ffff:192.168.1.1", True),
        ("::ffff:192.168.0.0/112", "192.168.1.1", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("fe80::/10", "fe80::1%eth0", True),
        ("0.0.0.0/0", "", False),
        ("0.0.0.0/0", "unix", False),
    ],
)
def test_networks(networks, address, expected):
    assert network_matcher(networks.split())(address) is expected


@pytest.mark.parametrize("pattern", ["localhost", "300.1.1.1", "10.0.0.0/33", "10.0.0"])
def test_a_bad_network_is_said(pattern):
    with pytest.raises(ValueError, match=f"'{pattern}' is no address and no network"):
        network_matcher([pattern])
