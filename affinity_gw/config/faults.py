"""What pydantic found, in an operator's words: for a misspelt key its suggestion, for a misplaced one its home."""

from __future__ import annotations

from types import UnionType
from typing import Any, get_args, get_origin

from pydantic_core import ErrorDetails

from affinity_gw.config.problem import MANY, Problem, suggestion
from affinity_gw.config.scan import Path, dotted
from affinity_gw.config.schema import GlobalTable, LogTable, Table
from affinity_gw.config.schema_backend import (
    BackendTable,
    BackendTimeouts,
    CheckTable,
    DefaultsTable,
    InstancesTable,
    ServerTable,
)
from affinity_gw.config.schema_frontend import FrontendTable, FrontendTimeouts
from affinity_gw.config.schema_rules import RuleTable
from affinity_gw.config.values import shown

HOMES: dict[type[Table], list[tuple[type[Table], str]]] = {
    GlobalTable: [
        (LogTable, "it belongs to log: write log.{key}"),
        (DefaultsTable, "it belongs to a frontend or a backend; for all of them, to [defaults]"),
    ],
    DefaultsTable: [(GlobalTable, "it belongs to [global]")],
    FrontendTable: [
        (BackendTable, "it belongs to a backend; for all of them, to [defaults]"),
        (FrontendTimeouts, "write timeout.{key}"),
        (RuleTable, "it belongs to a [[rule]]"),
        (GlobalTable, "it belongs to [global]"),
    ],
    BackendTable: [
        (FrontendTable, "it belongs to a frontend; for all of them, to [defaults]"),
        (BackendTimeouts, "write timeout.{key}"),
        (CheckTable, "write check.{key}"),
        (ServerTable, "it belongs to a server: write server.NAME = {{ {key} = … }}"),
        (GlobalTable, "it belongs to [global]"),
    ],
    FrontendTimeouts: [(BackendTimeouts, "it belongs to a backend; for all of them, to [defaults]")],
    BackendTimeouts: [(FrontendTimeouts, "it belongs to a frontend; for all of them, to [defaults]")],
    RuleTable: [(FrontendTable, "if it is meant for the frontend, it belongs above the first [[rule]]")],
    ServerTable: [
        (CheckTable, "write check.{key}"),
        (BackendTable, "it belongs to the backend, not to one server"),
    ],
    InstancesTable: [
        (BackendTable, "it belongs to the backend itself"),
        (ServerTable, "instances have no such option"),
    ],
}
"""Where a key belongs that this table does not know: tried in this order."""

OTHER_WORDS = {
    "default_backend": "backend",
    "use_backend": "rule",
    "forwardfor": "forwarded_for",
    "originalto": "original_to",
    "trusted_proxy": "trusted_proxies",
    "servers": "server",
    "listen": "bind",
    "cookies": "cookie",
    "acls": "acl",
    "rules": "rule",
    "checks": "check",
    "timeouts": "timeout",
    "host": "address",
    "port": "address",
}
"""HAProxy's own spelling, plurals, and what other proxies say."""


def fault(model: type[Table], path: Path, item: ErrorDetails) -> Problem:
    error = item.get("ctx", {}).get("error")
    if isinstance(error, ValueError):
        return Problem.of(error)
    if item["type"] == "extra_forbidden":
        return _unknown(table_at(model, path[:-1]), path, item["input"])
    if item["type"] == "list_type":
        return Problem("this is one table, not a list of them", f"write [[…{dotted(path[-1:])}]] with two brackets")
    if path[:-1] == ("server",):
        return Problem(f"{shown(item['input'])} is no server", f'write server.{dotted(path[-1:])} = "127.0.0.1:9090"')
    return Problem(f"{shown(item['input'])} stands where a table should", f"write {dotted(path[-1:])}.NAME = …")


def _unknown(table: type[Table], path: Path, value: Any) -> Problem:
    key = str(path[-1])
    problem = f'there is no option "{key}" here'
    word = OTHER_WORDS.get(key, key)
    if word in table.model_fields:
        return Problem(problem, f'write "{word}"')
    for home, advice in HOMES.get(table, []):
        if word in home.model_fields:
            called = f'it is called "{word}" here, and ' if word != key else ""
            return Problem(problem, called + advice.format(key=word))
    advice = suggestion(key, _words(table))
    if table is ServerTable and not advice.startswith("did"):
        name = ".".join([str(path[-2]), *_tail(key, value)])
        return Problem(problem, f'a dot in a server\'s name needs quotes: server."{name}"')
    if table in {FrontendTable, BackendTable} and isinstance(value, dict) and not advice.startswith("did"):
        return Problem(problem, 'a dot in the name of a section needs quotes, as in [backend."www.example"]')
    if len(table.model_fields) > MANY and not advice.startswith("did"):
        return Problem(problem, 'the command "options" lists all')
    return Problem(problem, advice)


def _words(table: type[Table]) -> list[str]:
    return [name for name, field in table.model_fields.items() if not field.exclude]


def _tail(key: str, value: Any) -> list[str]:
    """``server.10.0.0.1`` is a table in a table in a table: the dots' parts that lead down."""
    parts = [key]
    while isinstance(value, dict) and len(value) == 1:
        ((part, value),) = value.items()
        parts.append(str(part))
    return parts


def table_at(model: type[Table], path: Path) -> type[Table]:
    """The model of a table below ``model``. Names (``server.NAME``) and numbers (``rule[0]``) are steps of no model."""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is not None and (found := model_in(field.annotation)) is not None:
            model = found
    return model


def model_in(annotation: Any) -> type[Table] | None:
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, Table) else None
    if isinstance(annotation, UnionType) or get_args(annotation):
        return next((found for part in get_args(annotation) if (found := model_in(part)) is not None), None)
    return None
