"""``[backend.NAME]`` becomes a ``Backend``: servers, instances, affinity and options."""

from __future__ import annotations

from collections.abc import Collection
from math import inf
from typing import Any

from affinity_gw.config.affinity import affinity_entries
from affinity_gw.config.conditions import condition, good_acls
from affinity_gw.config.errorfiles import errorfiles
from affinity_gw.config.files import files_spec
from affinity_gw.config.forwarding import forwarding
from affinity_gw.config.instances import instances_spec
from affinity_gw.config.layers import Layers, given
from affinity_gw.config.mode import check_balance
from affinity_gw.config.rules import response_rules, rules
from affinity_gw.config.schema_backend import BackendTable
from affinity_gw.config.section import Section
from affinity_gw.config.servers import all_servers
from affinity_gw.routing.predicates import Predicate
from affinity_gw.routing.sections import Backend, Forwarding

PLAIN = (
    "mode",
    "balance",
    "hash_type",
    "hash_balance_factor",
    "allbackups",
    "connection",
    "pretend_keepalive",
    "retries",
    "persist",
    "abortonclose",
    "buffer_chunked_requests",
    "reuse_after_head",
    "http_reuse",
    "expect_timeout",
)
"""Options that are in the section what they are in the backend."""

OF_TCP: dict[str, Any] = {"timeout_tunnel": inf, "abortonclose": False}
"""Built-in in mode tcp, as in HAProxy: a tunnel's limit would take the place of timeout.client and timeout.server, and
an end of stream is as often the end of a question as that of a visit."""

OF_FILES: dict[str, Any] = {"connection": "keep-alive"}
"""Built-in where the gateway serves files itself: it knows that this server keeps connections."""


def backend(
    layers: Layers, name: str, table: BackendTable, backends: Collection[str], userlists: Collection[str]
) -> Backend:
    spec = instances_spec(layers, name, table.instances)
    files = files_spec(layers, name, table)
    section = Section(layers, "backend", name, backends, mode=table.mode or "http", userlists=userlists)
    servers = all_servers(section, table, spec, files)
    section.servers = [server.name for server in servers]
    if section.mode == "tcp":
        check_balance(layers, table.balance)
    section.acls = good_acls(section, table.acl or {})
    return Backend(
        name,
        servers,
        affinity=affinity_entries(layers, table.affinity if isinstance(table.affinity, list) else [], section.mode),
        forwarding=Forwarding(**forwarding(table)),
        drop_request_headers=tuple(table.drop_request_headers or ()),
        drop_on_upgrade=tuple(table.drop_on_upgrade or ()),
        set_request_headers=_fields(table.set_request_headers or {}),
        strip_lost_key=_strip_lost_key(section, table.strip_lost_key),
        errorfiles=errorfiles(layers, table.errorfile or {}),
        rules=rules(section, table.rule or []),
        response_rules=response_rules(section, table.response_rule or []),
        instances=spec,
        files=files,
        **(OF_TCP if section.mode == "tcp" else OF_FILES if files is not None else {})
        | given(**{key: getattr(table, key) for key in PLAIN})
        | _redispatch(table.redispatch)
        | _timeouts(table),
    )


def _redispatch(value: bool | int | None) -> dict[str, Any]:
    if value is None or isinstance(value, bool):
        return given(redispatch=value)
    return {"redispatch": True, "redispatch_after": value}


def _timeouts(table: BackendTable) -> dict[str, Any]:
    return {f"timeout_{key}": value for key, value in table.timeout or () if value is not None and key != "check"}


def _fields(table: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Of two names that differ in case only, the later one: a stronger layer's."""
    return tuple({name.lower(): (name, value) for name, value in table.items()}.values())


def _strip_lost_key(section: Section, value: bool | str | None) -> Predicate | None:
    if isinstance(value, str) and section.mode == "http":
        return condition(section, ("strip_lost_key",), value)
    return (lambda _head, _snapshot: True) if value else None
