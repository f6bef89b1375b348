"""What was carried over, as TOML that reads better than what it came from.

Sections stand in the order of ``order.KINDS``, keys in that of ``order.ordered``. What came from a line of the file
carries its number; what HAProxy does without being told stands together below it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Any

from affinity_gw.config.scan import Path
from affinity_gw.convert import idiom
from affinity_gw.convert.carried import Carried
from affinity_gw.convert.literals import comment, key
from affinity_gw.convert.order import KINDS, NAMED
from affinity_gw.convert.remarks import Remarks, lines
from affinity_gw.convert.units import Row, Unit, aligned, units

DEFAULTS = "HAProxy's defaults"

_ARRAYS = {"rule", "response_rule"}
"""Lists of tables with a header each: ``[[frontend.x.rule]]``."""


def write(carried: Carried, idiomatic: bool = False) -> str:
    """The text of a TOML file; where a part of it is Wt's idiom, the shorter form follows as a comment, and with
    ``idiomatic`` it is what is written."""
    found = idiom.recognise(carried)
    if found is None:
        return text(carried)
    if idiomatic:
        return text(found.carried, found.differences)
    return "\n".join([text(carried), *_offer(found)]) + "\n"


def text(carried: Carried, differences: Collection[str] = ()) -> str:
    """A TOML file that ``tomllib`` reads as ``carried.data``. TypeError where that holds what TOML cannot say."""
    remarks = Remarks(carried)
    head = list(remarks.head())
    if differences:
        head += [comment(""), *map(comment, differences)]
    plain = {name: item for name, item in carried.data.items() if not isinstance(item, dict)}
    first = [row for unit in units((), plain, carried.origins) for row in aligned(unit.rows)]
    body = [row for path, part in _sections(carried.data) for row in ("", *_section(path, part, carried, remarks))]
    return "\n".join([*head, *remarks.everything_else(), *first, *body]) + "\n"


def _offer(found: idiom.Idiom) -> Iterator[str]:
    yield comment("The same in affinity_gw's own words (convert --idiomatic writes it so), in the place of")
    yield comment(f"{', '.join(found.replaced)}:")
    yield comment("")
    silent = Remarks(Carried(found.carried.file))
    for path in found.sections:
        rows = chain(_section(path, _at(found.carried.data, path), found.carried, silent), [""])
        yield from (comment(f"  {row}" if row else "") for row in rows)
    yield from map(comment, found.differences)


def _at(data: Any, path: Path) -> Mapping[str, Any]:
    for step in path:
        data = data[step]
    return dict(data)


def _sections(data: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every table that has a header, with its path."""
    for kind in sorted(data, key=lambda kind: KINDS.index(kind) if kind in KINDS else len(KINDS)):
        table = data[kind]
        if not isinstance(table, dict):
            continue
        if kind in NAMED and table and all(isinstance(item, dict) for item in table.values()):
            yield from (((kind, name), item) for name, item in table.items())
        else:
            yield (kind,), table


def _section(path: Path, table: Mapping[str, Any], carried: Carried, remarks: Remarks) -> Iterator[str]:
    arrays = {name: item for name, item in table.items() if name in _ARRAYS and _is_array(item)}
    rows = list(units(path, {name: item for name, item in table.items() if name not in arrays}, carried.origins))
    yield from _header("[{}]", path, carried, remarks)
    yield from _body([unit for unit in rows if unit.origin], remarks)
    below = [row for name, items in arrays.items() for row in _array((*path, name), items, carried, remarks)]
    yield from remarks.rest(path)
    defaults = [row for unit in rows if not unit.origin for row in unit.rows]
    if defaults and carried.origins:
        yield from ("", comment(DEFAULTS)) if len(defaults) < len(rows) else [comment(DEFAULTS)]
    yield from aligned(defaults)
    yield from below


def _is_array(item: Any) -> bool:
    return isinstance(item, list) and bool(item) and all(isinstance(each, dict) for each in item)


def _array(path: Path, items: list[Mapping[str, Any]], carried: Carried, remarks: Remarks) -> Iterator[str]:
    for index, item in enumerate(items):
        yield ""
        yield from _header("[[{}]]", (*path, index), carried, remarks)
        # What comes from the header's line need not say so again.
        own = (carried.origins.get((*path, index)),)
        found = units((*path, index), item, carried.origins)
        rows = [
            Unit([Row(row.code, () if row.origin == own else row.origin) for row in u.rows], u.origin) for u in found
        ]
        yield from _body(rows, remarks)


def _header(form: str, path: Path, carried: Carried, remarks: Remarks) -> Iterator[str]:
    line = carried.origins.get(path)
    yield from remarks.at([line] if line else [])
    header = form.format(key(step for step in path if isinstance(step, str)))
    yield f"{header}  {comment(lines([line]))}" if line else header


def _body(rows: list[Unit], remarks: Remarks) -> Iterator[str]:
    """Comments in one column; a remark stands above the unit that it is about."""
    texts = iter(aligned([row for unit in rows for row in unit.rows]))
    for unit in rows:
        yield from remarks.at(unit.origin)
        yield from (next(texts) for _ in unit.rows)
