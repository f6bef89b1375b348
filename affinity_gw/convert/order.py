"""The order in which a reader wants keys, whatever the order in the file that they came from.

It is the schema's, but what a section is about comes first, and the long lists come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affinity_gw.config.faults import model_in, table_at
from affinity_gw.config.scan import Path
from affinity_gw.config.schema import GlobalTable, Table
from affinity_gw.config.schema_backend import BackendTable, DefaultsTable
from affinity_gw.config.schema_frontend import FrontendTable

KINDS = ("global", "defaults", "frontend", "backend", "userlist")
"""The order of sections."""

NAMED = {"frontend", "backend", "userlist"}
"""Those of which there are several, each with its name."""

_MODELS: dict[str, type[Table]] = {
    "global": GlobalTable,
    "defaults": DefaultsTable,
    "frontend": FrontendTable,
    "backend": BackendTable,
}
_FIRST = ("mode", "bind", "backend", "balance", "hash_type", "affinity")
_LAST = ("timeout", "acl", "server")
_TIMEOUTS = ["connect", "client", "server"]
"""The three that everybody sets, in the order in which everybody does."""


def section(path: Path) -> Path:
    """The path of the section that ``path`` stands in."""
    return path[: 2 if path and path[0] in NAMED else 1]


def ordered(path: Path, table: Mapping[str, Any]) -> list[str]:
    """The keys of the table at ``path``: of one that the schema knows in the schema's order, else as they came."""
    below = path[len(section(path)) :]
    names = _names(str(path[0]), below)
    if not below:
        return sorted(table, key=lambda name: (_place(name), _position(name, names)))
    return sorted(table, key=lambda name: _position(name, names))


def is_table(path: Path) -> bool:
    """Whether what stands at ``path`` is a table to the schema, so that each of its keys is worth a line."""
    below = path[len(section(path)) :]
    if len(below) != 1:
        return False
    model = _MODELS.get(str(path[0]))
    field = model.model_fields.get(str(below[0])) if model else None
    return field is not None and (model_in(field.annotation) is not None or "dict[" in str(field.annotation))


def _names(kind: str, below: Path) -> list[str]:
    """The words of the model there; none where keys are names that the operator gave."""
    model = _MODELS.get(kind)
    found = table_at(model, below) if model else None
    # ``server`` and ``acl`` hold names, ``server.NAME`` and ``rule[0]`` the model's words again.
    if below == ("timeout",) and found is not None:
        return _TIMEOUTS + list(found.model_fields)
    given = len(below) == 1 and below[0] in {"acl", "server"}
    return [] if found is None or given or (below and found is model) else list(found.model_fields)


def _place(name: str) -> tuple[int, int]:
    if name in _FIRST:
        return 0, _FIRST.index(name)
    return (2, _LAST.index(name)) if name in _LAST else (1, 0)


def _position(name: str, names: list[str]) -> int:
    return names.index(name) if name in names else len(names)
