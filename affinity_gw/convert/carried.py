"""What was carried over from a haproxy.cfg, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from affinity_gw.config.scan import Path as Keys
from affinity_gw.errors import Complaint

Kind = Literal["repaired", "warning", "left out"]
"""``repaired``: HAProxy 2.6 refuses it, and what was meant is clear. ``warning``: carried over, with a word.
``left out``: not carried over, so that ``convert`` exits with 1."""


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence about one line of the file. ``directive``: its first words, as written."""

    line: int
    directive: str
    kind: Kind
    problem: str
    advice: str = ""


@dataclass(slots=True)
class Carried:
    """``data``: what a TOML file would hold: ``${VAR}`` is a variable in it as well, and what the file means literally
    has been through ``config.source.literal``. ``origins``: the line (from 1) that each key came from, by its path in
    ``data``; keys that say one of HAProxy's defaults have none. ``texts``: those lines as they were written.
    ``comments``: the operator's own, by the line of the directive that they are about."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[Keys, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    comments: dict[int, list[str]] = field(default_factory=dict)

    def said(self) -> list[Complaint]:
        """The notes in the order of the file, each with its place."""
        return [_said(self.file, note) for note in sorted(self.notes, key=lambda note: note.line)]


def _said(file: str, note: Note) -> Complaint:
    problem = note.problem if note.kind == "warning" else f"{note.kind}: {note.problem}"
    return Complaint(problem, note.advice, file, note.line, key=note.directive)
