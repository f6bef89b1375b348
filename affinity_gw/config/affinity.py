"""A backend's ``affinity``: each table becomes an extractor with its pin, or a complaint about the very option."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from affinity_gw.config.extractors import OptionProblem, resolve
from affinity_gw.config.layers import Layers
from affinity_gw.config.mode import extractor_problem
from affinity_gw.config.problem import NotYet, Problem
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.values import one_of
from affinity_gw.plugin import Extractor
from affinity_gw.routing.sections import AffinityEntry, Mode


def affinity_entries(layers: Layers, tables: list[dict[str, Any]], mode: Mode = "http") -> tuple[AffinityEntry, ...]:
    directory = layers.holder(("affinity", 0)).source.directory
    entries = []
    for index, table in enumerate(tables):
        path: Keys = ("affinity", index)
        try:
            entry = _entry(table, directory)
            if mode == "tcp" and (problem := extractor_problem(entry.name, entry.extractor)) is not None:
                raise problem
            entries.append(entry)
        except OptionProblem as problem:
            layers.complain((*path, problem.option), problem)
        except Problem as problem:
            layers.complain((*path, "extractor"), problem)
    return tuple(entries)


def _entry(table: dict[str, Any], directory: Path) -> AffinityEntry:
    options = dict(table)
    name = options.pop("extractor", None)
    if not isinstance(name, str):
        raise Problem("it does not say which extractor", 'write { extractor = "…" }')
    pin = options.pop("pin", None)
    extractor = resolve(name, options, directory)
    return AffinityEntry(name, extractor, _pin(pin, extractor))


def _pin(value: Any, extractor: Extractor) -> Any:
    if value is None:
        return extractor.default_pin
    if value == "table":
        raise OptionProblem("pin", NotYet('pin = "table"').problem, 'write "server" or "hash"')
    try:
        return one_of("server", "hash")(value)
    except Problem as problem:
        raise OptionProblem("pin", problem.problem, problem.advice) from None
