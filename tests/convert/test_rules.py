"""Acls and rules: what stands in the tables of a section."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.rules import RULES
from affinity_gw.convert.sections import section
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("use_backend app", {"backend": "app"}),
        ("use_backend app if a b", {"when": "a b", "backend": "app"}),
        ("use_backend app unless { path /x }", {"unless": "{ path /x }", "backend": "app"}),
        ("redirect location /x if a or b", {"when": "a or b", "redirect": "/x"}),
        ("http-request deny if a || b", {"when": "a || b", "deny": True}),
        ("http-request set-header A 'b c' if a", {"when": "a", "set_header": {"A": "b c"}}),
        ("http-request deny if { path '/a b' }", {"when": "{ path '/a b' }", "deny": True}),
        ("http-request deny if a or", {"when": "a", "deny": True}),
    ],
)
def test_a_rule_of_a_frontend(line, rule):
    reader = Reader(RULES, "frontend").read(line)
    assert (reader.frontend["rule"], reader.kinds) == ([rule], [])


def test_a_rule_of_a_backend_names_a_server():
    reader = Reader(RULES, "backend").read("use-server s if a")
    assert reader.backend == {"rule": [{"when": "a", "server": "s"}]}
    assert reader.section.conditions == [("backend", ("rule", 0), "a", 2)]


def test_lines_of_one_name_are_alternatives():
    reader = Reader(RULES).read("acl a path /x").read("acl a path_beg /y /z")
    assert reader.frontend["acl"] == reader.backend["acl"] == {"a": ["path /x", "path_beg /y /z"]}


def test_an_acl_ends_at_an_empty_pattern():
    reader = Reader(RULES, "backend").read('acl a path /x "" /y')
    assert (reader.backend["acl"], reader.kinds) == ({"a": ["path /x"]}, ["warning"])


def test_default_backend_and_monitor_uri_are_said():
    reader = Reader(RULES, "frontend").read("default_backend app").read("monitor-uri /up")
    assert reader.said == {"default_backend": "app", "monitor_uri": "/up"}


def test_monitor_fail_is_a_condition():
    reader = Reader(RULES, "frontend").read("monitor fail if { nbsrv(app) lt 1 }")
    assert reader.frontend == {"monitor_fail": "{ nbsrv(app) lt 1 }"}


def test_block_is_repaired():
    reader = Reader(RULES, "frontend").read("block if a")
    assert (reader.frontend["rule"], reader.kinds) == ([{"when": "a", "deny": True}], ["repaired"])


@pytest.mark.parametrize(
    ("kind", "line"),
    [("backend", "use_backend a"), ("backend", "default_backend a"), ("frontend", "use-server s if a")],
)
def test_what_a_section_has_no_use_for_is_passed_over(kind, line):
    assert Reader(RULES, kind).read(line).kinds == ["warning"]


@pytest.mark.parametrize(
    "line",
    [
        "acl",
        "acl a",
        "acl or path /",
        "acl a/b path /",
        "use_backend",
        "use_backend a b",
        "use-server s",
        "redirect",
        "http-request",
        "http-request set-path",
        "http-response frob",
        "monitor",
        "monitor fail",
        "block",
        "monitor-uri",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(RULES).read(line)


@pytest.mark.parametrize("line", ["acl a path /", "http-request deny", "use_backend a", "redirect location /"])
def test_defaults_without_a_name_have_no_rules(line):
    reader = Reader(RULES, "defaults")
    reader.section = section("defaults", "", 1)
    with pytest.raises(Problem, match="cannot stand in"):
        reader.read(line)
