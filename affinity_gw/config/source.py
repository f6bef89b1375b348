"""One file as it was read: its data with all ``${VAR}`` filled in, and where each key stands.

``$${`` is a ``${`` that begins no variable: it is read as it stands, with one ``$`` less.

A mapping from Python is a source too; it has no file and no lines.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from affinity_gw.config import slips
from affinity_gw.config.scan import Lines, scan, split
from affinity_gw.config.scan import Path as Keys
from affinity_gw.errors import Complaint, ConfigError

_VARIABLE = re.compile(r"(?P<literal>\$\$\{)|\$\{(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:-(?P<default>[^}]*))?\})?")


@dataclass(slots=True)
class Source:
    """``file`` is what complaints print (empty: a mapping), ``directory`` what relative paths start from."""

    file: str
    directory: Path
    data: dict[str, Any]
    lines: Lines = field(default_factory=lambda: Lines({}, []))

    def complaint(self, path: Keys, problem: str, advice: str = "") -> Complaint:
        table, key = split(path)
        return Complaint(problem, advice, self.file, self.lines.find(path), table, key)


def read(path: Path, shown: str) -> tuple[Source, list[Complaint]]:
    """A TOML file, and what is wrong with its variables. Raises ConfigError where it is no TOML at all."""
    text = _text(path, shown)
    lines = scan(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([slips.explain(str(error), text, lines, shown)]) from None
    except RecursionError:
        raise ConfigError([Complaint("lists or tables are nested too deeply", file=shown)]) from None
    return _expanded(Source(shown, path.absolute().parent, data, lines))


def from_mapping(
    data: Mapping[str, Any], directory: Path, file: str = "", lines: Mapping[Keys, int] | None = None
) -> tuple[Source, list[Complaint]]:
    """``file`` and ``lines``: where another kind of file said each key."""
    return _expanded(Source(file, directory, dict(data), Lines(dict(lines or {}), [])))


def _text(path: Path, shown: str) -> str:
    try:
        # A byte order mark is what some editors leave; TOML has none.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError([Complaint("this is not UTF-8 text", "save the file as UTF-8", shown, line)]) from None
    except OSError as error:
        raise ConfigError([Complaint(f"the file cannot be read: {error.strerror}", file=shown)]) from None


def _expanded(source: Source) -> tuple[Source, list[Complaint]]:
    complaints: list[Complaint] = []
    source.data = _expand(source.data, (), source, complaints)
    return source, complaints


def _expand(value: Any, path: Keys, source: Source, complaints: list[Complaint]) -> Any:
    """A copy of ``value`` with the variables in its strings filled in; what cannot be filled in is complained of."""
    if isinstance(value, Mapping):
        # TOML has no null: in a mapping from Python, None is a key that is not there.
        said = ((str(key), item) for key, item in value.items() if item is not None)
        return {key: _expand(item, (*path, key), source, complaints) for key, item in said}
    if isinstance(value, list | tuple):
        return [_expand(item, (*path, index), source, complaints) for index, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    complaints += (source.complaint(path, *words) for words in _missing(value))
    return _VARIABLE.sub(_filled, value)


def literal(text: str) -> str:
    """``text`` as a value that no variable is filled into."""
    return text.replace("${", "$${")


def _filled(match: re.Match[str]) -> str:
    return "${" if match["literal"] else os.environ.get(match["name"] or "", match["default"] or "")


def _missing(value: str) -> Iterator[tuple[str, str]]:
    for match in _VARIABLE.finditer(value):
        name, default = match["name"], match["default"]
        if match["literal"]:
            continue
        if name is None:
            advice = "write ${NAME} or ${NAME-default}; $${ is a ${ that is meant as it stands"
            yield '"${" begins a variable, but no name and "}" follow', advice
        elif default is None and name not in os.environ:
            yield f"the variable {name} is not set", f"set it, or write ${{{name}-default}}"
