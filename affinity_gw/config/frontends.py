"""``[frontend.NAME]`` becomes a ``Frontend``: its rules compiled and in HAProxy's order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from affinity_gw.config.conditions import condition, good_acls
from affinity_gw.config.layers import Layers, given, has
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.schema_frontend import CommonOptions, FrontendTable, RuleTable
from affinity_gw.routing.snapshot import Address, Deny, Forwarding, Frontend, Redirect, Rule, UseBackend

ORDER = (Deny, Redirect, UseBackend)
"""HAProxy evaluates http-request, then redirect, then use_backend, whatever the order in the file."""


def frontend(layers: Layers, name: str, table: FrontendTable, backends: Collection[str]) -> Frontend:
    timeout = table.timeout
    rules = _rules(layers, table, backends)
    _has_backend(layers, table, backends)
    return Frontend(
        name,
        _binds(layers, table.bind or []),
        table.backend or "",
        tuple(sorted(rules, key=lambda rule: ORDER.index(type(rule.action)))),
        forwarding=replace(Frontend("", ()).forwarding, **forwarding(table)),
        **given(
            maxconn=table.maxconn,
            connection=table.connection,
            max_head_bytes=table.max_head_bytes,
            max_header_fields=table.max_header_fields,
            min_body_rate=table.min_body_rate,
        ),
        **{f"timeout_{key}": value for key, value in timeout or () if value is not None},
    )


def forwarding(table: CommonOptions) -> dict[str, Any]:
    return given(**{key: getattr(table, key) for key in Forwarding.__slots__})


def known_backend(layers: Layers, path: tuple[str | int, ...], name: str, backends: Collection[str]) -> None:
    if name not in backends:
        advice = suggestion(name, backends) or f"write [backend.{name}]"
        layers.complain(path, f'there is no backend "{name}"', advice)


def check_binds(sections: Mapping[str, Layers], frontends: Sequence[Frontend]) -> None:
    """Complain of an address that two binds ask for. Port 0 is a new port each time."""
    taken: dict[Address, str] = {}
    for each in frontends:
        for address in each.binds:
            if address in taken and (address.port or address.path or address.fd is not None):
                where = "this frontend" if taken[address] == each.name else f"frontend {taken[address]}"
                problem = f"{address} is bound by {where} already"
                sections[each.name].complain(("bind",), problem, "an address can be bound once")
            taken.setdefault(address, each.name)


def _binds(layers: Layers, binds: list[Address]) -> tuple[Address, ...]:
    strayed = any(path[-1:] == ("bind",) for path in layers.wrong)
    if not (binds or strayed or layers.misspelt or layers.mentions("bind")):
        layers.complain((), "the frontend does not say where to listen", 'write bind = "0.0.0.0:80"')
    return tuple(replace(bind, path=layers.file(("bind",), bind.path)) if bind.path else bind for bind in binds)


def _has_backend(layers: Layers, table: FrontendTable, backends: Collection[str]) -> None:
    if table.backend is not None:
        known_backend(layers, ("backend",), table.backend, backends)
    elif not (layers.misspelt or layers.mentions("backend") or layers.mentions("rule")):
        layers.complain((), "the frontend has no backend", 'write backend = "…", or rules that choose one')


def _rules(layers: Layers, table: FrontendTable, backends: Collection[str]) -> list[Rule]:
    acls = good_acls(layers, table.acl or {}, backends)
    rules = []
    for index, rule in enumerate(table.rule or []):
        when = None
        if rule.when is not None:
            when = condition(layers, ("rule", index, "when"), rule.when, acls, backends)
        action = _action(layers, index, rule, backends)
        if action is not None:
            rules.append(Rule(when, action, rule.when or ""))
    return rules


def _action(
    layers: Layers, index: int, rule: RuleTable, backends: Collection[str]
) -> Deny | Redirect | UseBackend | None:
    raw = layers.holder(("rule", index)).raw
    actions = [key for key in ("backend", "redirect", "deny") if has(raw, ("rule", index, key))]
    if len(actions) != 1:
        if actions or not layers.broken("rule", index):
            layers.complain(("rule", index, *actions[1:2]), _how_many(actions))
        return None
    if rule.code is not None and rule.redirect is None:
        layers.complain(("rule", index, "code"), "only a redirect has a code", "leave it out, or write deny = 403")
    if rule.backend is not None:
        known_backend(layers, ("rule", index, "backend"), rule.backend, backends)
        return UseBackend(rule.backend)
    if rule.redirect is not None:
        return Redirect(rule.redirect, **given(code=rule.code))
    return Deny(rule.deny) if rule.deny is not None else None


def _how_many(actions: list[str]) -> Problem:
    if not actions:
        return Problem("the rule does nothing", "give it backend, redirect or deny")
    advice = "keep one; a backend that is meant for the frontend belongs above the first [[rule]]"
    return Problem(f"the rule has {' and '.join(actions)}, but a rule does one thing", advice)
