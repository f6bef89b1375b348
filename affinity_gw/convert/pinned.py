"""The one backend that stands for one backend a server and the one that they share (``idiom``)."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from affinity_gw.config.layers import merge, normal
from affinity_gw.convert.pins import Pin

PRESETS = {"wtd": "wt"}
"""Parameters whose framework has a preset."""

_OWN = {"balance", "check", "server"}
"""What may differ between the shared backend and the others."""


def pinned(shared: Mapping[str, Any], found: list[Pin], backends: Mapping[str, Any]) -> dict[str, Any] | None:
    """The shared backend with affinity; None where it, or one of the others, says anything that would be lost."""
    same = all(_rest(backends[pin.backend]) == _rest(shared) for pin in found)
    if not same or shared.get("balance", "roundrobin") != "roundrobin" or not _shares_all(shared, found):
        return None
    checks = [_check(backends[pin.backend], pin) for pin in found]
    if not checks[0]["enabled"] or any(check != checks[0] for check in checks):
        return None
    return {**_affinity(found[0].parameter, checks[0]), **deepcopy(_rest(shared)), "server": _servers(shared, found)}


def _rest(backend: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in backend.items() if name not in _OWN}


def _shares_all(shared: Mapping[str, Any], found: list[Pin]) -> bool:
    """Whether the shared backend has the servers of the others, all of them and no more, where they really are."""
    if "affinity" in shared or set(shared["server"]) != {pin.shared for pin in found}:
        return False
    return all(
        shared["server"][pin.shared] == {"address": pin.server["address"], "track": pin.old}
        and set(pin.server) <= {"address", "check"}
        for pin in found
    )


def _check(backend: Mapping[str, Any], pin: Pin) -> dict[str, Any]:
    """How its server is checked; as a table, whatever the form in the file."""
    tables = [{"check": deepcopy(table["check"])} if "check" in table else {} for table in (backend, pin.server)]
    below, above = (normal(table).get("check", {}) for table in tables)
    return {"enabled": False, **merge(below, above)}


def _affinity(parameter: str, check: dict[str, Any]) -> dict[str, Any]:
    """A preset checks by itself, with a connect; every other check is said."""
    plain = check == {"enabled": True}
    if parameter in PRESETS:
        return {"affinity": PRESETS[parameter]} | ({} if plain else {"check": check})
    return {
        "affinity": [{"extractor": "url_prefix", "parameter": parameter}],
        "check": True if plain else check,
    }


def _servers(shared: Mapping[str, Any], found: list[Pin]) -> dict[str, str]:
    """By prefix, in the order of the shared backend, which is the order of its round robin."""
    prefixes = {pin.shared: pin.prefix for pin in found}
    return {prefixes[name]: server["address"] for name, server in shared["server"].items()}
