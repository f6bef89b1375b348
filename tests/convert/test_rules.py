"""Rules and acls of a section, in the order of the file."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.rules import RULES, condition
from affinity_gw.convert.sections import section
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("words", "before", "when"),
    [
        ("deny", ["deny"], None),
        ("deny if a b", ["deny"], ("when", "a b")),
        ("deny unless a or !b", ["deny"], ("unless", "a or !b")),
        ("if { path /x }", [], ("when", "{ path /x }")),
        ("x if || a || or b ||", ["x"], ("when", "a || b")),
        ("x if", ["x"], ("when", "{ always_false }")),
        ("x unless or", ["x"], ("unless", "{ always_false }")),
    ],
)
def test_a_condition_begins_at_if_or_unless(words, before, when):
    assert condition([Word(word) for word in words.split()]) == (before, when)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("use_backend app", {"backend": "app"}),
        ("use_backend app if a", {"when": "a", "backend": "app"}),
        ("use_backend app unless a b", {"unless": "a b", "backend": "app"}),
        ("use_backend %[req.hdr(host),lower]", {"backend": "%[req.hdr(host),lower]"}),
        ("redirect location /x if a", {"when": "a", "redirect": "/x"}),
        ("http-request deny unless a", {"unless": "a", "deny": True}),
        ("http-request deny", {"deny": True}),
        ('http-request deny if { hdr(x) "a b" }', {"when": "{ hdr(x) 'a b' }", "deny": True}),
    ],
)
def test_each_line_becomes_one_rule_of_a_frontend(line, rule):
    reader = Reader(RULES, "frontend").read(line)
    (made,) = reader.frontend["rule"]
    assert (_unquoted(made), reader.notes) == (_unquoted(rule), [])
    assert reader.section.origins["frontend"]["rule", 0] == 2


def _unquoted(rule):
    """Which quotes stand around a word says nothing."""
    return {key: value.replace("'", '"') if isinstance(value, str) else value for key, value in rule.items()}


def test_rules_stay_in_the_order_of_the_file_with_their_lines():
    reader = Reader(RULES, "frontend")
    for line in ("http-request deny if a", "use_backend x if b", "redirect prefix /", "http-response deny if c"):
        reader.read(line)
    assert [next(iter(rule.keys() - {"when"})) for rule in reader.frontend["rule"]] == ["deny", "backend", "redirect"]
    assert reader.frontend["response_rule"] == [{"when": "c", "deny": True}]
    assert reader.section.origins["frontend"] == {
        ("rule", 0): 2,
        ("rule", 1): 3,
        ("rule", 2): 4,
        ("response_rule", 0): 5,
    }
    assert reader.section.conditions == [
        ("frontend", ("rule", 0), "a", 2),
        ("frontend", ("rule", 1), "b", 3),
        ("frontend", ("response_rule", 0), "c", 5),
    ]


@pytest.mark.parametrize("key", ["http-request deny", "redirect location /"])
def test_rules_of_a_backend_are_its_own(key):
    assert len(Reader(RULES, "backend").read(key).backend["rule"]) == 1


def test_a_server_is_chosen_in_a_backend():
    reader = Reader(RULES, "backend").read("use-server s1 if a").read("use-server s2 unless b")
    assert reader.backend["rule"] == [{"when": "a", "server": "s1"}, {"unless": "b", "server": "s2"}]


def test_a_listen_keeps_rules_about_servers_with_its_backend():
    reader = Reader(RULES).read("http-request deny").read("use-server s1 if a")
    assert (reader.frontend["rule"], reader.backend["rule"]) == ([{"deny": True}], [{"when": "a", "server": "s1"}])


def test_the_name_of_a_server_is_no_expression():
    reader = Reader(RULES, "backend").read("use-server %[path] if a")
    assert (reader.backend, reader.kinds) == ({}, ["left out"])


def test_lines_of_one_acl_are_alternatives():
    reader = Reader(RULES, "frontend").read("acl a path /x").read("acl b src 10.0.0.0/8").read("acl a path_beg -i /Y")
    assert reader.frontend["acl"] == {"a": ["path /x", "path_beg -i /Y"], "b": ["src 10.0.0.0/8"]}
    assert reader.section.origins["frontend"] == {("acl", "a", 0): 2, ("acl", "b", 0): 3, ("acl", "a", 1): 4}


def test_an_acl_ends_at_an_empty_pattern():
    reader = Reader(RULES, "backend").read('acl a path /x "" /y')
    assert (reader.backend["acl"], reader.kinds) == ({"a": ["path /x"]}, ["warning"])


def test_an_acl_of_a_listen_is_known_on_both_sides():
    reader = Reader(RULES).read("acl a path /x")
    assert reader.frontend["acl"] == reader.backend["acl"] == {"a": ["path /x"]}


def test_a_default_backend_is_said_once_and_the_last_counts():
    assert Reader(RULES).read("default_backend a").read("default_backend b").said == {"default_backend": "b"}


def test_a_monitor():
    reader = Reader(RULES, "frontend").read("monitor-uri /up").read("monitor fail if dead")
    assert (reader.said, reader.frontend) == ({"monitor_uri": "/up"}, {"monitor_fail": "dead"})
    assert reader.section.conditions == [("frontend", ("monitor_fail",), "dead", 3)]


def test_block_is_repaired():
    reader = Reader(RULES, "frontend").read("block if a")
    assert (reader.frontend["rule"], reader.kinds) == ([{"when": "a", "deny": True}], ["repaired"])


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("backend", "use_backend b if a"),
        ("backend", "default_backend b"),
        ("backend", "monitor-uri /up"),
        ("backend", "monitor fail if a"),
        ("frontend", "use-server s if a"),
    ],
)
def test_what_a_section_has_no_use_for_is_said_and_does_nothing(kind, line):
    reader = Reader(RULES, kind).read(line)
    assert (reader.section.tables[kind], reader.said, reader.kinds) == ({}, {}, ["warning"])


@pytest.mark.parametrize(
    "line",
    [
        "acl a",
        "acl",
        "acl or path /",
        "acl a!b path /",
        "use_backend",
        "use_backend if a",
        "use_backend b c if a",
        "default_backend",
        "default_backend b c",
        "use-server s",
        "use-server s t if a",
        "monitor fail",
        "monitor foo if a",
        "monitor-uri",
        "monitor-uri /x y",
        "block",
        "block x if a",
        "redirect",
        "http-request",
        "http-request frobnicate",
        "http-request set-status 404",
        "http-response auth",
        "http-response tarpit",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(RULES).read(line)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("acl a path /", True),
        ("http-request deny", True),
        ("http-response deny", True),
        ("use_backend b", False),
        ("use-server s if TRUE", False),
        ("redirect location /", False),
        ("monitor fail if TRUE", False),
    ],
)
def test_of_rules_a_defaults_may_have_some_if_it_has_a_name(line, named):
    with pytest.raises(Problem, match="cannot stand in a defaults section"):
        _defaults("").read(line)
    if named:
        assert _defaults("common").read(line).frontend
    else:
        with pytest.raises(Problem, match="cannot stand in a defaults section"):
            _defaults("common").read(line)


def _defaults(name):
    reader = Reader(RULES, "defaults")
    reader.section = section("defaults", name, 1)
    return reader
