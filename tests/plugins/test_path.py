import pytest
from affinity_gw_plugins.path import Path

from tests.routing.making import request


@pytest.mark.parametrize(
    ("segment", "target", "key"),
    [
        (1, "/user/ann/tree", "user"),
        (2, "/user/ann/tree", "ann"),
        (3, "/user/ann/tree?x=/y", "tree"),
        (4, "/user/ann/tree", None),
        (2, "/user/", None),
        (2, "/user", None),
        (1, "/", None),
        (1, "//x", None),
        (2, "//x", "x"),
        (1, "http://h/a/b", "a"),
        (1, "*", None),
        (1, "/%61", "%61"),
    ],
)
def test_a_segment(segment, target, key):
    assert Path(segment=segment).request_key(request(target)) == key


@pytest.mark.parametrize(
    ("pattern", "target", "key"),
    [
        ("^/user/(?P<key>[^/]+)/", "/user/ann/tree", "ann"),
        ("^/user/(?P<key>[^/]+)/", "/user/ann", None),
        ("/kernels/(?P<key>[0-9a-f-]+)", "/api/kernels/0a-1b/channels?session=x", "0a-1b"),
        ("^/a(?P<key>.*)$", "/a", None),
        ("^/(?:x|(?P<key>y))", "/x", None),
    ],
)
def test_a_named_group_of_a_regular_expression(pattern, target, key):
    assert Path(pattern=pattern).request_key(request(target)) == key


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "give either segment or pattern"),
        ({"segment": 1, "pattern": "(?P<key>x)"}, "give either segment or pattern"),
        ({"segment": 0}, "segment is 0; the first one is 1"),
        ({"pattern": "("}, "cannot be read as a regular expression"),
        ({"pattern": "(x)"}, "has no group named key"),
    ],
)
def test_what_cannot_be_used_is_refused(options, problem):
    with pytest.raises(ValueError, match=problem):
        Path(**options)


def test_the_compiled_expression_is_no_option_and_no_part_of_what_is_printed():
    assert repr(Path(pattern="(?P<key>x)")) == "Path(segment=None, pattern='(?P<key>x)')"
    assert Path(pattern="(?P<key>x)") == Path(pattern="(?P<key>x)")


def test_it_pins_by_hash():
    assert Path.default_pin == "hash"
