"""``[[rule]]`` and ``[[response_rule]]``: each table becomes a rule, compiled and in HAProxy's order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from affinity_gw.config.actions import ACTIONS
from affinity_gw.config.conditions import condition, response_condition
from affinity_gw.config.layers import has
from affinity_gw.config.making import Making
from affinity_gw.config.mode import action_problem
from affinity_gw.config.problem import Problem
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.schema_rules import ConditionTable, ResponseRuleTable, RuleTable
from affinity_gw.config.section import Section
from affinity_gw.routing.rules import Action, Phase, ResponseRule, Rule, in_order

BESIDE = {"when", "unless", "code", "phase", "realm", "reason"}
"""Keys of a rule that say nothing of what it does."""


def rules(section: Section, tables: list[RuleTable]) -> tuple[Rule, ...]:
    """The rules of a frontend or a backend, in the order in which they are tried."""
    made = []
    for index, table in enumerate(tables):
        path: Keys = ("rule", index)
        action = _action(section, path, table)
        when, words = _but_users(section, path, table, _when(section, path, table, condition))
        if action is not None:
            phase = Phase.HTTP_REQUEST if table.phase else None
            made.append(Rule(when, action, words, phase))
    return in_order(made)


def response_rules(section: Section, tables: list[ResponseRuleTable]) -> tuple[ResponseRule, ...]:
    made = []
    for index, table in enumerate(tables):
        path: Keys = ("response_rule", index)
        action = _action(section, path, table, response=True)
        when = _when(section, path, table, response_condition)
        if action is not None:
            made.append(ResponseRule(when, action, _words(table)))
    return tuple(made)


def _but_users(section: Section, path: Keys, table: RuleTable, when: Any) -> tuple[Any, str]:
    """The condition and its words; with ``auth`` it does not hold for those whom the userlist knows."""
    words = _words(table)
    if not isinstance(table.auth, str) or table.auth not in section.userlists:
        return when, words
    known = f"!{{ http_auth({table.auth}) }}"
    unknown = condition(section, (*path, "auth"), known)
    if when is None or unknown is None:
        return unknown, known
    return (lambda head, snapshot: when(head, snapshot) and unknown(head, snapshot)), f"{words}, {known}"


def _words(table: ConditionTable) -> str:
    return table.when or (f"unless {table.unless}" if table.unless else "")


def _when(section: Section, path: Keys, table: ConditionTable, compiled: Callable[..., Any]) -> Any:
    """The compiled condition; None for always, or where it has been complained of."""
    if table.when is not None and table.unless is not None:
        section.layers.complain((*path, "unless"), "the rule has when and unless", "keep one")
    if table.unless is not None:
        holds = compiled(section, (*path, "unless"), table.unless)
        return None if holds is None else lambda head, snapshot: not holds(head, snapshot)
    return None if table.when is None else compiled(section, (*path, "when"), table.when)


def _action(
    section: Section, path: Keys, table: RuleTable | ResponseRuleTable, *, response: bool = False
) -> Action | None:
    layers = section.layers
    raw = layers.holder(path).raw
    names = [field.alias or name for name, field in type(table).model_fields.items()]
    said = [name for name in names if name not in BESIDE and has(raw, (*path, name))]
    if len(said) != 1:
        if said or not layers.broken(*path):
            layers.complain((*path, *said[1:2]), _how_many(said))
        return None
    if section.mode == "tcp" and (problem := action_problem(said[0])) is not None:
        layers.complain((*path, said[0]), problem)
        return None
    for key, home in (("code", "redirect"), ("phase", "redirect"), ("realm", "auth"), ("reason", "set_status")):
        if getattr(table, key, None) is not None and home != said[0]:
            layers.complain((*path, key), f"only {'an' if home == 'auth' else 'a'} {home} has a {key}", "leave it out")
    value = getattr(table, "returned" if said[0] == "return" else said[0])
    if value is None or value is False:
        return None
    return ACTIONS[said[0]](Making(section, (*path, said[0]), table, response), value)


def _how_many(actions: list[str]) -> Problem:
    if not actions:
        return Problem("the rule does nothing", "give it backend, redirect, deny or another action")
    advice = "keep one; a backend that is meant for the frontend belongs above the first [[rule]]"
    return Problem(f"the rule has {' and '.join(actions)}, but a rule does one thing", advice)
