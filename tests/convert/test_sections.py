"""Sections while they are read, and what a directive may do to them."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.carried import Carried
from affinity_gw.convert.lexer import Word, lex
from affinity_gw.convert.sections import Context, inherit_rules, section, spelt, spelt_all


def context(kind="listen", text="mode http", parent=None):
    line = lex(7, text, {}, {})
    return Context(Carried("haproxy.cfg"), section(kind, "x", 1, parent), line, line.words, negated=False)


@pytest.mark.parametrize(
    ("kind", "sides"),
    [
        ("frontend", ["frontend"]),
        ("backend", ["backend"]),
        ("listen", ["frontend", "backend"]),
        ("defaults", ["frontend"]),
    ],
)
def test_a_section_becomes_tables(kind, sides):
    assert list(section(kind, "x", 1).tables) == sides


def test_rules_of_defaults_come_before_those_of_their_heir():
    defaults, heir, other = section("defaults", "d", 1), section("backend", "b", 9), section("frontend", "f", 12)
    defaults.tables["frontend"]["rule"] = [{"deny": True, "when": "bad"}]
    defaults.conditions = [("frontend", ("rule", 0), "bad", 3)]
    inherit_rules(heir, defaults)
    heir.tables["backend"]["rule"].append({"deny": 404})
    assert heir.tables["backend"]["rule"] == [{"deny": True, "when": "bad"}, {"deny": 404}]
    assert heir.conditions == [("backend", ("rule", 0), "bad", 3)]
    assert len(defaults.tables["frontend"]["rule"]) == 1
    with pytest.raises(Problem, match="cannot both inherit"):
        inherit_rules(other, defaults)


def test_what_a_section_says_counts_more_than_what_it_inherits():
    parent = context("defaults")
    parent.say("mode", "http")
    parent.say("balance", "source")
    child = context("backend", parent=parent.section)
    child.say("mode", "tcp")
    found = child.section
    assert (found.value("mode"), found.value("balance"), found.value("retries", 3)) == ("tcp", "source", 3)
    assert found.find("balance").line == 7


def test_keys_go_into_their_side_with_their_line():
    made = context("listen")
    made.put("backend", ("server", "a"), "h:80")
    assert made.append("frontend", "bind", "*:80") == ("bind", 0)
    assert made.append("frontend", "bind", "*:81") == ("bind", 1)
    assert made.section.tables == {"frontend": {"bind": ["*:80", "*:81"]}, "backend": {"server": {"a": "h:80"}}}
    assert made.section.origins["backend"] == {("server", "a"): 7}


def test_a_section_with_one_side_has_all_there():
    made = context("frontend")
    made.append("backend", "rule", {})
    assert made.section.tables == {"frontend": {"rule": [{}]}}


@pytest.mark.parametrize(
    ("kind", "side", "ignored"),
    [("frontend", "backend", True), ("listen", "backend", False), ("defaults", "backend", False)],
)
def test_what_a_section_has_no_use_for_is_said(kind, side, ignored):
    made = context(kind)
    assert made.ignored_here(side) is ignored
    assert [note.kind for note in made.carried.notes] == ["warning"] * ignored


def test_notes_carry_their_line_and_directive():
    made = context(text="option foo bar")
    made.warn("a")
    made.repaired("b")
    made.leave_out("c", "d")
    assert [(note.line, note.directive, note.kind) for note in made.carried.notes] == [
        (7, "option foo", kind) for kind in ("warning", "repaired", "left out")
    ]


def test_arguments_are_there_and_no_more():
    made = context()
    assert made.argument(1, "a mode") == "http"
    made.only(2)
    with pytest.raises(Problem, match="a time is missing"):
        made.argument(2, "a time")
    with pytest.raises(Problem, match='"http" is one word too many'):
        made.only(1)


def test_words_are_spelt_for_toml():
    assert spelt_all([Word("h:80", "${H}:80"), "${H}"]) == ["${H}:80", "$${H}"]
    assert spelt(Word("${H}")) == "$${H}"


def test_an_acl_alone_in_a_defaults_is_no_rule():
    made = section("frontend", "x", 1)
    made.tables["frontend"]["acl"] = {"a": ["path /a"]}
    assert not made.has_rules()
    made.tables["frontend"]["rule"] = [{"deny": True}]
    assert made.has_rules()
