"""``[frontend.NAME]`` becomes a ``Frontend``: its rules compiled and in HAProxy's order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from affinity_gw.config.conditions import condition, good_acls
from affinity_gw.config.errorfiles import errorfiles
from affinity_gw.config.forwarding import forwarding
from affinity_gw.config.layers import Layers, given
from affinity_gw.config.rules import response_rules, rules
from affinity_gw.config.schema_frontend import FrontendTable
from affinity_gw.config.section import Section
from affinity_gw.config.tls import binds
from affinity_gw.routing.address import Address
from affinity_gw.routing.sections import Frontend

LOGGING = ("log", "log_format", "dontlognull", "dontlog_normal", "log_separate_errors")


def frontend(
    layers: Layers, name: str, table: FrontendTable, backends: Collection[str], userlists: Collection[str]
) -> Frontend:
    timeout = table.timeout
    section = Section(layers, "frontend", name, backends, mode=table.mode or "http", userlists=userlists)
    section.acls = good_acls(section, table.acl or {})
    own_rules = rules(section, table.rule or [])
    _has_backend(section, table)
    return Frontend(
        name,
        _binds(layers, table),
        table.backend or "",
        own_rules,
        response_rules(section, table.response_rule or []),
        errorfiles=errorfiles(layers, table.errorfile or {}),
        monitor_uri=table.monitor_uri or "",
        monitor_fail=condition(section, ("monitor_fail",), table.monitor_fail) if table.monitor_fail else None,
        forwarding=replace(Frontend("", ()).forwarding, **forwarding(table)),
        **given(
            mode=table.mode,
            maxconn=table.maxconn,
            connection=table.connection,
            max_head_bytes=table.max_head_bytes,
            max_header_fields=table.max_header_fields,
            min_body_rate=table.min_body_rate,
            **{key: getattr(table, key) for key in LOGGING},
        ),
        **{f"timeout_{key}": value for key, value in timeout or () if value is not None},
    )


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


def _binds(layers: Layers, table: FrontendTable) -> tuple[Address, ...]:
    strayed = any(path[-1:] == ("bind",) for path in layers.wrong)
    if not (table.bind or strayed or layers.misspelt or layers.mentions("bind")):
        layers.complain((), "the frontend does not say where to listen", 'write bind = "0.0.0.0:80"')
    return binds(layers, table.bind or [])


def _has_backend(section: Section, table: FrontendTable) -> None:
    if table.backend is not None:
        section.known_backend(("backend",), table.backend)
