"""Whose word counts: built-in < [defaults] < preset < the section's own; tables merge key by key.

Each layer is checked where it stands (``Layer.check``), what is wrong is complained of and taken out, and the rest is
merged. ``Layers`` remembers what each layer had, so that a later complaint finds the line of the word that counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeVar

from pydantic import ValidationError

from affinity_gw.config.faults import fault, table_at
from affinity_gw.config.problem import Problem
from affinity_gw.config.scan import Path
from affinity_gw.config.schema import Table
from affinity_gw.config.source import Source
from affinity_gw.errors import Complaint

T = TypeVar("T", bound=Table)


class Layer:
    """One table of one source: ``raw`` as it was written, ``data`` without what is wrong."""

    def __init__(self, source: Source, path: Path, raw: Any) -> None:
        self.source = source
        self.path = path
        self.raw = raw
        self.data: dict[str, Any] = {}
        self.wrong: set[Path] = set()

    def check(self, model: type[Table], complaints: list[Complaint]) -> Layer:
        """Fill ``data``, and ``wrong`` with the paths of what has been complained of."""
        if not isinstance(self.raw, dict):
            header = ".".join((str(self.path[0]), "NAME")[: len(self.path)])
            advice = f"write [{header}] on a line of its own, and the keys below it"
            complaints.append(self.complaint((), Problem("this is not a table", advice)))
            self.wrong.add(())
            return self
        self.data = normal(deepcopy(self.raw))
        try:
            model.model_validate(self.data)
        except ValidationError as error:
            faults = [(tuple(part for part in item["loc"] if part != "[key]"), item) for item in error.errors()]
            complaints += (self.complaint(path, fault(model, path, item)) for path, item in faults)
            self.wrong.update(path for path, _ in faults)
            # The last item of a list first, so that the others keep their numbers.
            for path, _ in reversed(faults):
                remove(self.data, path)
        return self

    def without(self, *keys: str) -> Layer:
        """The same layer where it has no say in some keys."""
        return self._with({key: value for key, value in self.data.items() if key not in keys})

    def known_to(self, model: type[Table]) -> Layer:
        """The part of ``[defaults]`` that a frontend, or a backend, knows."""
        known = {key: value for key, value in self.data.items() if key in model.model_fields}
        if "timeout" in known:
            timeouts = table_at(model, ("timeout",)).model_fields
            known["timeout"] = {key: value for key, value in known["timeout"].items() if key in timeouts}
        return self._with(known)

    def _with(self, data: dict[str, Any]) -> Layer:
        layer = Layer(self.source, self.path, self.raw)
        layer.data, layer.wrong = data, self.wrong
        return layer

    def complaint(self, path: Path, problem: Problem) -> Complaint:
        """About a path below this table; what the schema added to it (a short server's ``address``) is not shown."""
        path = as_written(self.raw, path)
        while path and not has(self.raw, path):
            path = path[:-1]
        return self.source.complaint((*self.path, *path), problem.problem, problem.advice)


class Layers:
    """All layers of one section, its own first, and the one list of complaints."""

    def __init__(self, layers: Sequence[Layer], complaints: list[Complaint]) -> None:
        """``layers`` have been checked; the strongest comes first."""
        self.layers = layers
        self.complaints = complaints
        self.wrong: set[Path] = set().union(*(layer.wrong for layer in layers))

    def merged(self) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for layer in reversed(self.layers):
            result = merge(result, layer.data)
        return result

    def model(self, model: type[T]) -> T:
        return model.model_validate(self.merged())

    def mentions(self, *path: str | int) -> bool:
        """Whether a layer says anything of it, right or wrong."""
        return any(has(layer.raw, path) or () in layer.wrong for layer in self.layers)

    @property
    def misspelt(self) -> bool:
        """Whether an option was wrong as a whole: what is missing may be what was meant."""
        return any(len(path) <= 1 for path in self.wrong)

    def broken(self, *path: str | int) -> bool:
        """Whether something in it has been complained of already."""
        return any(wrong[: len(path)] == path or path[: len(wrong)] == wrong for wrong in self.wrong)

    def complain(self, path: Path, problem: str | Problem, advice: str = "") -> None:
        """About the word that counts: the first layer that has it, else the section's own."""
        if isinstance(problem, str):
            problem = Problem(problem, advice)
        self.complaints.append(self.holder(path).complaint(path, problem))

    def holder(self, path: Path) -> Layer:
        """The layer whose word on ``path`` counts; of a list, which replaces those below it, the strongest has all."""
        return max(self.layers, key=lambda layer: min(depth(layer.raw, path), list_depth(layer.raw, path)))

    def file(self, path: Path, written: str) -> str:
        """A path as written at ``path``, taken relative to the file that it stands in."""
        return str(self.holder(path).source.directory / written)


def normal(raw: dict[str, Any]) -> dict[str, Any]:
    """Short forms written out, so that layers can be merged: ``check = true``, ``server.wt1 = "address"``,
    ``bind = "address"``."""
    for key in ("check", "tls"):
        if isinstance(raw.get(key), bool | str):
            raw[key] = {"enabled": raw[key]}
        elif isinstance(raw.get(key), dict):
            raw[key] = {"enabled": True} | normal(raw[key])
    if isinstance(raw.get("bind"), str | list | dict):
        binds = raw["bind"] if isinstance(raw["bind"], list) else [raw["bind"]]
        raw["bind"] = [{"address": bind} if isinstance(bind, str) else bind for bind in binds]
    servers = raw.get("server")
    if isinstance(servers, dict):
        raw["server"] = {name: _server(server) for name, server in servers.items()}
    return raw


def _server(written: Any) -> Any:
    if isinstance(written, str):
        return {"address": written}
    return normal(written) if isinstance(written, dict) else written


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(result[key], value)
        else:
            result[key] = value
    return result


def given(**values: Any) -> dict[str, Any]:
    """What some layer has said; for all else the dataclass knows the built-in value."""
    return {key: value for key, value in values.items() if value is not None}


def as_written(raw: Any, path: Path) -> Path:
    """The same path into what was written, where one value alone may stand for a list of one."""
    steps: list[str | int] = []
    for step in path:
        if step != 0 or isinstance(raw, list):
            steps.append(step)
            raw = raw[step] if has(raw, (step,)) else None
    return tuple(steps)


def has(raw: Any, path: Path) -> bool:
    return depth(raw, path) == len(path)


def depth(raw: Any, path: Path) -> int:
    """How many steps of a path lead into ``raw``."""
    step: Any
    for steps, step in enumerate(path):
        try:
            raw = raw[step] if isinstance(raw, dict | list) else None
        except (LookupError, TypeError):
            return steps
        if raw is None:
            return steps
    return len(path)


def list_depth(raw: Any, path: Path) -> int:
    """One more than the steps that lead to the first list on the way; more than all where there is none."""
    step: Any
    for steps, step in enumerate(path):
        if isinstance(raw, list):
            return steps + 1
        raw = raw.get(step) if isinstance(raw, dict) else None
    return len(path) + 1


def remove(data: Any, path: Path) -> None:
    """Take one key or item out; a rule stays, so that those behind it keep their numbers, but says nothing."""
    # One value that stands for a list of one has no items to take out.
    path = path[: depth(data, path)]
    step: Any
    for step in path[:-1]:
        data = data[step]
    if isinstance(data, list) and path[-2] == "rule":
        data[int(path[-1])] = {}
    elif path:
        del data[path[-1]]
