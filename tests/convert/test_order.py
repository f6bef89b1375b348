"""The order that a reader wants."""

import pytest

from affinity_gw.convert.order import is_table, ordered, section


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (("global",), ["maxconn", "pidfile", "log"]),
        (("frontend", "x"), ["mode", "bind", "backend", "forwarded_for", "maxconn", "timeout", "acl"]),
        (("backend", "x"), ["balance", "affinity", "forwarded_for", "check", "retries", "timeout", "server"]),
        (("backend", "x", "timeout"), ["connect", "server", "tunnel"]),
        (("defaults", "timeout"), ["connect", "client", "server", "tunnel"]),
        (("frontend", "x", "rule", 0), ["when", "backend"]),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_keys_that_the_schema_knows_have_its_order(path, keys):
    assert ordered(path, dict.fromkeys(reversed(keys))) == keys


@pytest.mark.parametrize("path", [("backend", "x", "server"), ("frontend", "x", "acl"), ("userlist", "x", "user")])
def test_names_keep_the_order_of_the_file(path):
    assert ordered(path, {"server": 1, "when": 2, "a": 3}) == ["server", "when", "a"]


def test_what_nobody_knows_comes_after_what_is_known():
    assert ordered(("backend", "x"), {"zzz": 1, "retries": 2, "server": 3}) == ["retries", "zzz", "server"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("defaults", "timeout"), True),
        (("backend", "x", "server"), True),
        (("frontend", "x", "acl"), True),
        (("backend", "x", "server", "s1"), False),
        (("backend", "x", "retries"), False),
        (("odd", "timeout"), False),
    ],
)
def test_some_keys_are_tables_to_the_schema(path, expected):
    assert is_table(path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [(("frontend", "x", "rule", 0), ("frontend", "x")), (("defaults", "timeout"), ("defaults",)), ((), ())],
)
def test_each_key_stands_in_a_section(path, expected):
    assert section(path) == expected
