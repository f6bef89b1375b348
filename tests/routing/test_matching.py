"""Each row was compared with HAProxy 2.6.12's answer."""

import pytest

from affinity_gw.routing.matching import METHODS, fold, length, matcher

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


@pytest.mark.parametrize(("value", "expected"), [("", 0), ("ab", 2), ("ä", 2), ("\udce4", 1)], ids=ascii)
def test_length_is_counted_in_bytes(value, expected):
    assert length(value) == expected
    assert matcher("len", [str(expected)])(value)
