"""The line of every key."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.config.scan import Statement, dotted, scan, split

TEXT = '''# a comment = 1
[global]
maxconn = 3 # x = 4
log.format = "a = b"
[backend.wt]
affinity = [  # a list
  { extractor = "url_prefix", tail = 16 },

  { extractor = "cookie" },
]
server."wt.1" = { address = "x", weight = 1 }
text = """
key = value
[table]
"""
'last' = 1.5
[[frontend.x.rule]]
when = "a"
[[frontend.x.rule]]
when = "b"
sub.key = [[1, 2], [3]]
[frontend.x.rule.more]
a = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("global",), 2),
        (("global", "maxconn"), 3),
        (("global", "log", "format"), 4),
        (("global", "log"), 4),
        (("backend", "wt"), 5),
        (("backend", "wt", "affinity", 0), 7),
        (("backend", "wt", "affinity", 1, "extractor"), 9),
        (("backend", "wt", "server", "wt.1", "weight"), 11),
        (("backend", "wt", "text"), 12),
        (("backend", "wt", "last"), 16),
        (("frontend", "x", "rule", 0, "when"), 18),
        (("frontend", "x", "rule", 1, "when"), 20),
        (("frontend", "x", "rule", 1, "sub", "key"), 21),
        (("frontend", "x", "rule", 1, "more", "a"), 23),
        (("frontend", "x", "rule", 1, "missing"), 19),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_each_path_has_its_line(path, line):
    assert tomllib.loads(TEXT)
    assert scan(TEXT).find(path) == line


def test_what_looks_like_a_key_inside_a_string_is_none():
    assert scan(TEXT).find(("key",)) is None
    assert scan(TEXT).find(("table",)) is None


def test_the_statement_at_a_line_is_the_last_that_began():
    lines = scan(TEXT)
    assert lines.at(8) == Statement(6, ("backend", "wt"), ("affinity",))
    assert lines.at(1) is None


@pytest.mark.parametrize(
    ("path", "table", "key"),
    [
        (("backend", "wt", "server", "wt1"), "backend.wt", "server.wt1"),
        (("backend", "wt", "server", "wt.1"), "backend.wt", 'server."wt.1"'),
        (("global", "log", "level"), "global", "log.level"),
        (("frontend", "x", "rule", 0, "when"), "frontend.x", "rule[0].when"),
        (("affinity", 0, "tail"), "", "affinity[0].tail"),
        (("backend",), "backend", ""),
        ((), "", ""),
    ],
)
def test_a_path_is_split_as_a_person_reads_it(path, table, key):
    assert split(path) == (table, key)


def test_names_that_need_quotes_have_them():
    assert dotted(("a", "b c", 1, "d")) == 'a."b c"[1].d'


@given(st.text(alphabet="[]{}=,.\"'\\\n #ab1", max_size=60))
def test_no_text_is_too_broken_to_scan(text):
    lines = scan(text)
    assert all(1 <= statement.line <= text.count("\n") + 1 for statement in lines.statements)


names = st.sampled_from(["a", "b", '"c.d"', "e-f"])
values = st.sampled_from(["1", '"x = 1"', "'[y]'", "[1,\n 2]", "{ g = 1 }", '"""\nz = 1\n"""', "1979-05-27"])


@given(st.lists(st.tuples(st.booleans(), names, names, values), max_size=6))
def test_every_key_that_toml_sees_has_a_line(statements):
    text = "".join(f"[{a}.{b}]\n" if header else f"{a}.{b} = {value}\n" for header, a, b, value in statements)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = scan(text)
    assert all(path in lines.by_path for path in _paths(data, ()))


def _paths(data, path):
    for key, value in data.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from _paths(value, (*path, key))
