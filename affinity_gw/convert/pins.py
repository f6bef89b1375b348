"""The rules of one frontend that send a session's requests to the backend of its one server (``idiom``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_KEY = re.compile(r"url_sub ([A-Za-z0-9_.-]+)=([A-Za-z0-9_.:-]+)")
_UP = re.compile(r"nbsrv\(([^\s()]+)\) (?:gt 0|ge 1)")


@dataclass(frozen=True, slots=True)
class Pin:
    """``rule``: its number in the frontend; ``old`` is ``backend/server`` of its one server, ``shared`` that server's
    name in the shared backend, ``acls`` the names that the rule uses."""

    rule: int
    acls: tuple[str, ...]
    parameter: str
    prefix: str
    backend: str
    old: str
    shared: str
    server: Mapping[str, Any]


def pins(frontend: Mapping[str, Any], backends: Mapping[str, Any]) -> list[Pin]:
    """All of them; empty where there are none, or where they do not mean what they seem to mean.

    They must be the last rules that choose a backend, and agree on one parameter; prefixes and backends occur once.
    """
    found: list[Pin] = []
    if not isinstance(frontend.get("backend"), str):
        return found
    for index, rule in enumerate(frontend.get("rule", [])):
        pin = _pin(index, rule, frontend, backends)
        if pin is not None:
            found.append(pin)
        elif found and "backend" in rule:
            return []
    alone = all(len({getattr(pin, name) for pin in found}) == len(found) for name in ("prefix", "backend", "shared"))
    return found if alone and len({pin.parameter for pin in found}) == 1 else []


def _pin(index: int, rule: Mapping[str, Any], frontend: Mapping[str, Any], backends: Mapping[str, Any]) -> Pin | None:
    if set(rule) != {"when", "backend"}:
        return None
    acls = tuple(rule["when"].split())
    criteria = [" ".join(_one(frontend.get("acl", {}).get(name)).split()) for name in acls]
    keys = [match for text in criteria if (match := _KEY.fullmatch(text))]
    guards = [match[1] for text in criteria if (match := _UP.fullmatch(text))]
    server = _only_server(backends.get(rule["backend"]))
    if len(acls) != 2 or len(keys) != 1 or guards != [rule["backend"]] or server is None:
        return None
    old = f"{rule['backend']}/{server[0]}"
    shared = _tracking(backends.get(frontend.get("backend", "")), old)
    return Pin(index, acls, keys[0][1], keys[0][2], rule["backend"], old, shared, server[1]) if shared else None


def _one(acl: Any) -> str:
    """The criterion of an acl that has just one; empty for others."""
    if isinstance(acl, list) and len(acl) == 1:
        acl = acl[0]
    return acl if isinstance(acl, str) else ""


def _only_server(backend: Any) -> tuple[str, dict[str, Any]] | None:
    servers = backend.get("server", {}) if isinstance(backend, dict) else {}
    if len(servers) != 1:
        return None
    ((name, server),) = servers.items()
    server = {"address": server} if isinstance(server, str) else server
    return (name, server) if "address" in server else None


def _tracking(backend: Any, old: str) -> str:
    servers = backend.get("server", {}) if isinstance(backend, dict) else {}
    names = [name for name, server in servers.items() if isinstance(server, dict) and server.get("track") == old]
    return names[0] if len(names) == 1 else ""
