"""``[[rule]]`` and ``[[response_rule]]``: each table becomes a rule, compiled and in HAProxy's order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from affinity_gw.config.conditions import condition, expression, response_condition
from affinity_gw.config.layers import given, has
from affinity_gw.config.mode import action_problem
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.schema_rules import (
    ConditionTable,
    FieldReplacementTable,
    RedirectTable,
    ReplacementTable,
    ResponseRuleTable,
    ReturnTable,
    RuleTable,
)
from affinity_gw.config.section import Section
from affinity_gw.http1.fields import matcher
from affinity_gw.routing.regexes import regular
from affinity_gw.routing.rules import (
    Action,
    AddField,
    Allow,
    Challenge,
    DeleteFields,
    Deny,
    FieldEdit,
    Part,
    Phase,
    Redirect,
    ReplaceField,
    ReplaceTarget,
    ResponseRule,
    Return,
    Rule,
    SetField,
    SetStatus,
    SetTarget,
    Text,
    Together,
    UseBackend,
    UseServer,
    in_order,
)

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


class Making:
    """Where an action is being made: its section, its place, its table, and whether it looks at answers."""

    def __init__(self, section: Section, path: Keys, table: Any, response: bool) -> None:
        self.section = section
        self.path = path
        self.table = table
        self.response = response

    def complain(self, problem: str, advice: str, *below: str | int) -> None:
        self.section.layers.complain((*self.path, *below), problem, advice)

    def text(self, value: str, *below: str | int) -> Text:
        return expression(self.section, (*self.path, *below), value, response=self.response)

    def literal(self, value: str, *below: str | int) -> Text:
        """A text in which a percent sign is nothing special unless it begins ``%[``: locations, pages."""
        return self.text(value, *below) if "%[" in value else value

    def pattern(self, table: ReplacementTable) -> re.Pattern[str] | None:
        if table.match is None or table.value is None:
            if not self.section.layers.broken(*self.path):
                self.complain("it lacks match or with", 'write { match = "^/old/(.*)", with = "/new/\\\\1" }')
            return None
        try:
            return regular(table.match)
        except ValueError as error:
            self.complain(str(error), "", "match")
            return None


def _backend(making: Making, name: str) -> Action | None:
    section = making.section
    if section.kind == "backend":
        making.complain("a backend cannot send a request to another one", "move the rule to the frontend")
        return None
    if "%[" in name:
        return UseBackend(making.text(name))
    section.known_backend(making.path, name)
    return UseBackend(name)


def _server(making: Making, name: str) -> Action | None:
    section = making.section
    if section.kind == "frontend":
        making.complain("a frontend has no servers", "move the rule to the backend")
        return None
    if name not in section.servers:
        making.complain(f'there is no server "{name}" in this backend', suggestion(name, section.servers))
        return None
    return UseServer(name)


def _redirect(making: Making, table: RedirectTable) -> Action | None:
    kinds = given(location=table.location, prefix=table.prefix, scheme=table.scheme)
    if len(kinds) != 1:
        if not making.section.layers.broken(*making.path):
            making.complain("a redirect has one of location, prefix and scheme", 'write redirect = "/new"')
        return None
    ((kind, where),) = kinds.items()
    cookies = [f"{table.set_cookie}; path=/;"] if table.set_cookie else []
    cookies += [f"{table.clear_cookie}; path=/; Max-Age=0;"] if table.clear_cookie else []
    options: dict[str, Any] = {key: getattr(table, key) for key in ("drop_query", "append_slash", "ignore_empty")}
    code = table.code if table.code is not None else making.table.code
    return Redirect(making.literal(where), cookies=tuple(cookies), **given(kind=kind, code=code, **options))


def _return(making: Making, table: ReturnTable) -> Action | None:
    if table.body is not None and table.file is not None:
        making.complain("the answer has body and file", "keep one", "file")
    body: Text | bytes | None = None if table.body is None else making.literal(table.body, "body")
    if table.file is not None:
        body = _contents(making, table.file)
    fields = tuple((name, making.text(value, "fields", name)) for name, value in (table.fields or {}).items())
    return Return(body=body, fields=fields, **given(status=table.status, content_type=table.content_type))


def _contents(making: Making, name: str) -> bytes | None:
    path = making.section.layers.file((*making.path, "file"), name)
    try:
        return Path(path).read_bytes()
    except OSError as error:
        making.complain(f"{name} cannot be read: {error.strerror}", "name a file that the gateway may read", "file")
        return None


def _deny(making: Making, status: int) -> Action:
    raw = making.section.layers.holder(making.path).raw
    said = raw[making.path[0]][making.path[1]]["deny"]
    return Deny(502 if making.response and said is True else status)


def _auth(making: Making, userlist: str | bool) -> Action:
    section = making.section
    if isinstance(userlist, str) and userlist not in section.userlists:
        advice = suggestion(userlist, section.userlists) or f"write [userlist.{userlist}]"
        making.complain(f'there is no userlist "{userlist}"', advice)
    return Challenge(making.table.realm or (section.name if userlist is True else str(userlist)))


def _assign(kind: type[SetField | AddField]) -> Callable[[Making, Mapping[str, str]], Action | None]:
    def make(making: Making, fields: Mapping[str, str]) -> Action | None:
        if kind is AddField and not making.response and any(name.lower() == "host" for name in fields):
            making.complain("a request has one Host", "write set_header")
        return _together([kind(name.encode(), making.text(value, name)) for name, value in fields.items()])

    return make


def _delete(making: Making, patterns: list[str]) -> Action | None:
    unwanted = matcher(patterns)
    if not making.response and unwanted(b"host"):
        making.complain("every request has a Host", "leave it, or write set_header")
    return DeleteFields(tuple(patterns), unwanted)


def _replace_field(*, members: bool) -> Callable[[Making, FieldReplacementTable], Action | None]:
    def make(making: Making, table: FieldReplacementTable) -> Action | None:
        pattern = making.pattern(table)
        if table.name is None:
            making.complain("it does not say which field", 'write name = "…"')
        if pattern is None or table.name is None:
            return None
        return ReplaceField(table.name.encode(), pattern, making.text(table.value or "", "with"), members)

    return make


def _set_target(part: Part) -> Callable[[Making, str], Action | None]:
    return lambda making, value: SetTarget(part, making.text(value))


def _replace_target(part: Part) -> Callable[[Making, ReplacementTable], Action | None]:
    def make(making: Making, table: ReplacementTable) -> Action | None:
        pattern = making.pattern(table)
        return None if pattern is None else ReplaceTarget(part, pattern, making.text(table.value or "", "with"))

    return make


def _set_status(making: Making, status: int) -> Action:
    return SetStatus(status, making.table.reason or "")


def _together(edits: Sequence[FieldEdit]) -> Action | None:
    return edits[0] if len(edits) == 1 else Together(tuple(edits)) if edits else None


ACTIONS: Mapping[str, Callable[[Making, Any], Action | None]] = {
    "auth": _auth,
    "deny": _deny,
    "redirect": _redirect,
    "return": _return,
    "allow": lambda _making, _value: Allow(),
    "backend": _backend,
    "server": _server,
    "set_header": _assign(SetField),
    "add_header": _assign(AddField),
    "del_header": _delete,
    "replace_header": _replace_field(members=False),
    "replace_value": _replace_field(members=True),
    "set_path": _set_target("path"),
    "set_pathq": _set_target("pathq"),
    "set_query": _set_target("query"),
    "set_uri": _set_target("uri"),
    "replace_path": _replace_target("path"),
    "replace_pathq": _replace_target("pathq"),
    "replace_uri": _replace_target("uri"),
    "set_status": _set_status,
}
"""What each key of a rule makes; what cannot be made has been complained of."""
