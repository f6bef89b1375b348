"""From the sections of a haproxy.cfg to the tables of TOML.

One ``defaults`` section becomes ``[defaults]``; where there are several, or some section has none, what each says is
written into the sections that inherit it, and ``[defaults]`` holds HAProxy's own alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from affinity_gw.config.scan import Path as Keys
from affinity_gw.convert.carried import Carried
from affinity_gw.convert.effective import Key, keys
from affinity_gw.convert.sections import Section, Side

_GENERAL = ("maxconn", "ulimit_n", "user", "group", "chroot", "daemon", "pidfile", "workers", "hard_stop_after")


def assemble(carried: Carried, general: Section, sections: Sequence[Section]) -> None:
    """Fill ``carried.data`` and ``carried.origins``."""
    _general(carried, general)
    proxies = [section for section in sections if section.tables]
    base = _defaults(carried, proxies)
    for side in ("frontend", "backend"):
        for section in proxies:
            if side in section.tables:
                _proxy(carried, section, side, base)


def _general(carried: Carried, general: Section) -> None:
    for word in _GENERAL:
        if (said := general.said.get(word)) is not None:
            _put(carried, ("global", word), said.value, said.line)
    _put(carried, ("global", "log", "access"), False, None)
    if (targets := general.said.get("log")) is not None:
        _put(carried, ("global", "log", "syslog"), [each.value for each in targets.value], targets.line)
        for index, each in enumerate(targets.value):
            carried.origins["global", "log", "syslog", index] = each.line
    if (tag := general.said.get("log_tag")) is not None:
        _put(carried, ("global", "log", "tag"), tag.value, tag.line)
    elif targets is not None:  # whoever collects the lines sorts them by this word
        _put(carried, ("global", "log", "tag"), "haproxy", None)


def _defaults(carried: Carried, proxies: Sequence[Section]) -> dict[Keys, Any]:
    parents = {id(section.parent): section.parent for section in proxies}
    only = next(iter(parents.values())) if len(parents) == 1 else None
    base: dict[Keys, Any] = {}
    for key in keys(only or Section("defaults", "", 0)):
        if key.value is not None:
            base[key.path] = key.value
            _put(carried, ("defaults", *key.path), key.value, key.line)
    return base


def _proxy(carried: Carried, section: Section, side: Side, base: dict[Keys, Any]) -> None:
    """Its own words where they are not those of ``[defaults]`` anyhow, then what it lists."""
    where: Keys = (side, section.name)
    carried.data.setdefault(side, {})[section.name] = {}
    carried.origins[where] = section.line
    if side == "frontend":
        _default_backend(carried, section, where)
    for key in keys(section):
        if key.value is not None and key.side in {side, None} and not _is_known(key, base):
            _put(carried, (*where, *key.path), key.value, key.line)
    for name, value in section.tables[side].items():
        carried.data[side][section.name][name] = SHORTEST[name](value) if name in SHORTEST else value
    if side == "backend" and section.find("affinity cookie") is not None:
        _name_wordless(carried.data[side][section.name].get("server", {}))
    for path, line in section.origins[side].items():
        carried.origins[(*where, *path)] = line
        if path[0] in SHORTEST:  # of a list of one, the list's own
            carried.origins.setdefault((*where, *path[:-1]), line)


def _name_wordless(servers: dict[str, Any]) -> None:
    """HAProxy's server without ``cookie`` is named by none, where one in TOML has its name for a word."""
    for name, said in servers.items():
        table = {"address": said} if isinstance(said, str) else said
        servers[name] = table if "cookie" in table else {**table, "cookie": False}


def _is_known(key: Key, base: dict[Keys, Any]) -> bool:
    return key.path in base and base[key.path] == key.value


def _default_backend(carried: Carried, section: Section, where: Keys) -> None:
    said = section.find("default_backend")
    if said is not None:
        _put(carried, (*where, "backend"), said.value, said.line)
    elif section.kind == "listen":
        _put(carried, (*where, "backend"), section.name, None)


def _alone(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


SHORTEST: dict[str, Callable[[Any], Any]] = {
    "acl": lambda acls: {name: _alone(lines) for name, lines in acls.items()},
    "bind": lambda binds: _alone(binds) if isinstance(binds[0], str) else binds,
}
"""Lists of one that TOML need not write as such."""


def _put(carried: Carried, path: Keys, value: Any, line: int | None) -> None:
    table: dict[Any, Any] = carried.data
    for step in path[:-1]:
        table = table.setdefault(step, {})
    table[path[-1]] = value
    if line is not None:
        carried.origins[path] = line
