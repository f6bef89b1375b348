"""Acls that are used where HAProxy does not know them."""

import pytest

from affinity_gw.convert.names import names_in
from affinity_gw.errors import ConfigError
from tests.convert.whole import APP, WEB, whole


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ["a"]),
        ("a !b", ["a", "b"]),
        ("a or b || c", ["a", "b", "c"]),
        ("! a", ["a"]),
        ("{ path a } b !{ path c }", ["b"]),
        ("METH_GET", ["METH_GET"]),
    ],
)
def test_names_in_a_condition(text, names):
    assert list(names_in(text)) == names


def test_an_acl_of_another_section_is_copied_with_its_line(tmp_path):
    carried = whole(tmp_path, web="    acl a path /a", app="    http-request deny if a")
    assert carried.data["backend"]["app"]["acl"] == {"a": "path /a"}
    assert carried.origins["backend", "app", "acl", "a", 0] == WEB
    assert [(note.line, note.kind) for note in carried.notes] == [(APP, "repaired")]


def test_an_acl_of_nobody_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="there is no acl nobody"):
        whole(tmp_path, web="    http-request deny if nobody")


def test_an_acl_that_haproxy_brings_along_needs_no_definition(tmp_path):
    assert whole(tmp_path, web="    http-request deny if METH_POST").notes == []
