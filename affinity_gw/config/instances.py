"""``instances.*``: processes that the gateway starts itself, and the servers that they are."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from affinity_gw.config.checks import check_spec
from affinity_gw.config.layers import Layers, given
from affinity_gw.config.problem import listed
from affinity_gw.config.schema_backend import BackendTable, InstancesTable
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import LOOPBACK, InstancesSpec, Server

COMMAND_WORDS = ("name", "port", "n", "python")
LOG_WORDS = ("name", "port", "n")
NAME_WORDS = ("n",)

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def instances_spec(layers: Layers, backend: str, table: InstancesTable | None) -> InstancesSpec | None:
    """None where there are no instances, or where they have been complained of."""
    if table is None:
        return None
    if table.command is None:
        if not layers.broken("instances", "command"):
            layers.complain(("instances",), "the instances have no command", 'write instances.command = "…"')
        return None
    before = len(layers.complaints)
    spec = _spec(layers, backend, table, table.command)
    return spec if len(layers.complaints) == before else None


def _spec(layers: Layers, backend: str, table: InstancesTable, command: str) -> InstancesSpec:
    count, port = table.count or 1, table.port or 0
    if port + count - 1 > 65535:
        layers.complain(("instances", "port"), f"{count} ports from {port} on end beyond 65535", "begin lower")
    return InstancesSpec(
        backend,
        _command(layers, command),
        _names(layers, table.name or f"{backend}{{n}}", count),
        tuple(range(port, port + count)) if port else (0,) * count,
        str(layers.holder(("instances", "command")).source.directory),
        _environment(layers, table.environment or {}),
        log=_log(layers, table.log),
        **given(start_timeout=table.start_timeout),
    )


def instance_servers(spec: InstancesSpec | None, table: BackendTable, numbers: Iterator[int]) -> list[Server]:
    """The servers that the instances are: down until they listen. ``numbers`` gives theirs."""
    if spec is None:
        return []
    return [
        Server(spec.backend, name, next(numbers), Address(LOOPBACK, port), check=check_spec(table), instance=True)
        for name, port in zip(spec.names, spec.ports, strict=True)
    ]


def check_ports(sections: dict[str, Layers], specs: Iterable[InstancesSpec]) -> None:
    """Complain of two backends whose instances would have one port."""
    taken: dict[int, str] = {}
    for spec in specs:
        for port in filter(None, spec.ports):
            other = taken.setdefault(port, spec.backend)
            if other != spec.backend:
                problem = f"port {port} is taken by the instances of {other}"
                sections[spec.backend].complain(("instances", "port"), problem, "choose ports that do not overlap")
                break


def _command(layers: Layers, command: str) -> tuple[str, ...]:
    path = ("instances", "command")
    _placeholders(layers, path, command, COMMAND_WORDS)
    try:
        words = tuple(shlex.split(command))
    except ValueError as error:
        layers.complain(path, f"the command cannot be split into words: {str(error).lower()}", "close its quotes")
        return ()
    if not words:
        layers.complain(path, "the command is empty", "write the program and its arguments")
    return words


def _names(layers: Layers, pattern: str, count: int) -> tuple[str, ...]:
    path = ("instances", "name")
    _placeholders(layers, path, pattern, NAME_WORDS)
    if count > 1 and "{n}" not in pattern:
        layers.complain(path, f'{count} instances are all called "{pattern}"', 'number them with {n}, as in "wt{n}"')
        return ()
    return tuple(pattern.replace("{n}", str(number)) for number in range(1, count + 1))


def _log(layers: Layers, name: str | None) -> str:
    if name is None:
        return ""
    path = ("instances", "log")
    _placeholders(layers, path, name, LOG_WORDS)
    return layers.file(path, name)


def _environment(layers: Layers, variables: dict[str, str]) -> tuple[tuple[str, str], ...]:
    for name, value in variables.items():
        _placeholders(layers, ("instances", "environment", name), value, COMMAND_WORDS)
    return tuple(variables.items())


def _placeholders(layers: Layers, path: tuple[str, ...], text: str, known: tuple[str, ...]) -> None:
    """Braces around a word are ours, and are filled in; other braces (JSON, awk) are the command's own."""
    for word in dict.fromkeys(_PLACEHOLDER.findall(text)):
        if word not in known:
            there = listed(f"{{{name}}}" for name in known)
            layers.complain(path, f"nothing can be filled in for {{{word}}}", f"there is {there}")
