"""How Wt's users had to say affinity to HAProxy, and how it is said here.

The idiom, for each server one backend, one acl on the session id's prefix and one that asks whether the server is up::

    acl srv1 url_sub wtd=wt1
    acl srv1_up nbsrv(bck1) gt 0
    use_backend bck1 if srv1_up srv1
    default_backend bck_lb            # the same servers once more, each with track bck1/srv1

It is recognised only where nothing else is said: every condition, option or reference that the short form would lose
leaves the file as it is. ``pins`` finds the rules, ``pinned`` makes the one backend, ``differences`` says what changes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from affinity_gw.config.layers import has
from affinity_gw.config.scan import Path
from affinity_gw.convert.carried import Carried
from affinity_gw.convert.differences import differences
from affinity_gw.convert.pinned import pinned
from affinity_gw.convert.pins import Pin, pins


@dataclass(frozen=True, slots=True)
class Idiom:
    """``carried`` in affinity_gw's own words; its new ``sections``, what they replace, and what becomes different."""

    carried: Carried
    sections: list[Path]
    replaced: list[str]
    differences: list[str]


def recognise(carried: Carried) -> Idiom | None:
    """None where nothing of it is the idiom. ``carried`` stays as it is."""
    found: list[Idiom] = []
    for name in carried.data.get("frontend", {}):
        one = _rewritten(found[-1].carried if found else carried, name)
        found += [one] if one is not None else []
    if not found:
        return None
    said = dict.fromkeys(line for each in found for line in each.differences)
    sections = [path for each in found for path in each.sections]
    return Idiom(found[-1].carried, sections, [name for each in found for name in each.replaced], list(said))


def _rewritten(carried: Carried, name: str) -> Idiom | None:
    """One frontend with its backends; None where it is not the idiom."""
    data = carried.data
    found = pins(data["frontend"][name], data.get("backend", {}))
    if not found:
        return None
    shared = data["frontend"][name]["backend"]
    backend = pinned(data["backend"][shared], found, data["backend"])
    frontend = _without(data["frontend"][name], found)
    gone = {pin.backend for pin in found}
    rest = {other: table for other, table in data["backend"].items() if other not in {*gone, shared}}
    others = [{**frontend, "backend": ""}, {**data["frontend"], name: {}}, rest, data.get("defaults", {})]
    # What others send to the shared backend, nothing pinned until now.
    if backend is None or _mode(data, name, shared) != {"http"} or mentions(others, {*gone, shared}):
        return None
    new = {
        other: backend if other == shared else table for other, table in data["backend"].items() if other not in gone
    }
    whole = {**data, "frontend": {**data["frontend"], name: frontend}, "backend": new}
    origins = {path: line for path, line in _origins(carried.origins, name, shared, found).items() if has(whole, path)}
    result = Carried(carried.file, whole, origins, carried.texts, carried.notes, carried.comments)
    replaced = [f"[frontend.{name}]", *(f"[backend.{other}]" for other in data["backend"] if other in {*gone, shared})]
    sections: list[Path] = [("frontend", name), ("backend", shared)]
    return Idiom(result, sections, replaced, list(differences(whole, shared, found)))


def _without(frontend: Mapping[str, Any], found: list[Pin]) -> dict[str, Any]:
    """The frontend without the rules of the idiom, and without the acls that nothing else uses."""
    rules = [rule for index, rule in enumerate(frontend["rule"]) if index not in {pin.rule for pin in found}]
    others = {name: item for name, item in frontend.items() if name not in {"acl", "rule"}}
    used = {name for pin in found for name in pin.acls}
    acls = {
        name: criteria
        for name, criteria in frontend["acl"].items()
        if name not in used or mentions([rules, others], {name})
    }
    return {name: item for name, item in {**frontend, "acl": acls, "rule": rules}.items() if item or name in others}


def mentions(item: Any, names: Collection[str]) -> bool:
    """Whether a string in it has one of the names as a word, or may have one when a request comes: too often rather
    than too seldom."""
    if isinstance(item, str):
        return any(re.search(rf"(?<![\w.:-]){re.escape(name)}(?![\w.:-])", item) for name in names)
    if isinstance(item, dict):
        return "%[" in str(item.get("backend", "")) or any(mentions(each, names) for each in item.values())
    return isinstance(item, list) and any(mentions(each, names) for each in item)


def _mode(data: Mapping[str, Any], frontend: str, backend: str) -> set[Any]:
    common = data.get("defaults", {}).get("mode", "http")
    return {data["frontend"][frontend].get("mode", common), data["backend"][backend].get("mode", common)}


def _origins(origins: Mapping[Path, int], frontend: str, shared: str, found: list[Pin]) -> dict[Path, int]:
    """Where each key of the new form came from, and keys that are gone; the affinity from the first of the rules."""
    rules: Path = ("frontend", frontend, "rule")
    result: dict[Path, int] = {}
    for path, line in origins.items():
        if path[:3] == rules and len(path) > 3:
            result |= dict.fromkeys(_moved(path, {pin.rule for pin in found}), line)
        elif path[:3] == ("backend", shared, "server") and len(path) > 3:
            result |= {(*path[:3], pin.prefix): line for pin in found if path[3:] == (pin.shared,)}
        else:
            result[path] = line
    first = origins.get((*rules, found[0].rule))
    return result | ({("backend", shared, "affinity"): first} if first else {})


def _moved(path: Path, gone: set[int]) -> list[Path]:
    """The place of a rule, or of a key in it, once those before it are gone; none for one that is gone itself."""
    number = int(path[3])
    if number in gone:
        return []
    return [(*path[:3], number - sum(each < number for each in gone), *path[4:])]
