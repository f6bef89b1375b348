"""One table as rows of TOML, each with the lines that it came from.

A unit is what is never torn apart: one row, or a list over several rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from affinity_gw.config.scan import Path
from affinity_gw.convert.literals import comment, key, value
from affinity_gw.convert.order import is_table, ordered, section
from affinity_gw.convert.remarks import lines

Origins = Mapping[Path, int]

WIDTH = 110
"""Longer values are written over several rows."""

_ALIGNED = 72
"""Comments of rows up to this width stand in one column."""


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    origin: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    rows: list[Row]
    origin: tuple[int, ...] = ()


def units(path: Path, table: Mapping[str, Any], origins: Origins) -> Iterator[Unit]:
    """All of the table whose header says ``path``, in a reader's order."""
    for name in ordered(path, table) if path else table:
        yield from _unit((*path, name), len(path), table[name], origins)


def aligned(rows: list[Row]) -> list[str]:
    """Their text, with the comments in one column where that does not tear them away."""
    width = max((len(row.code) for row in rows if len(row.code) <= _ALIGNED), default=0)
    return [f"{row.code:<{width}}  {comment(lines(row.origin))}" if row.origin else row.code for row in rows]


def _unit(path: Path, start: int, item: Any, origins: Origins) -> Iterator[Unit]:
    """``start``: how many steps of the path the header has said."""
    name = key(path[start:])
    code = f"{name} = {value(item)}"
    origin = _origin(path, start, item, origins)
    if isinstance(item, dict) and item and (is_table(path) or len(code) > WIDTH):
        for each in ordered(path, item):
            yield from _unit((*path, each), start, item[each], origins)
    elif isinstance(item, list) and item and (len(code) > WIDTH or len(origin) > 1):
        yield Unit([Row(f"{name} = ["), *_items(path, start, item, origins), Row("]")], origin)
    else:
        yield Unit([Row(code, origin)], origin)


def _items(path: Path, start: int, items: list[Any], origins: Origins) -> Iterator[Row]:
    for index, item in enumerate(items):
        yield Row(f"  {value(item)},", _origin((*path, index), start, item, origins))


def _origin(path: Path, start: int, item: Any, origins: Origins) -> tuple[int, ...]:
    """The lines of a key: its own and those of what it holds, else that of the nearest key around it."""
    found = set(_lines(path, item, origins))
    while not found and len(path) > max(start, len(section(path))):
        found.update(line for line in [origins.get(path)] if line)
        path = path[:-1]
    return tuple(sorted(found))


def _lines(path: Path, item: Any, origins: Origins) -> Iterator[int]:
    if path in origins:
        yield origins[path]
    children = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    for name, each in children:
        yield from _lines((*path, name), each, origins)
