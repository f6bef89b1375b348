"""Sections that HAProxy accepts and that do nothing: switched off, or a frontend that nobody can connect to."""

from __future__ import annotations

from collections.abc import Sequence

from affinity_gw.convert.carried import Carried, Note
from affinity_gw.convert.sections import Section, Side


def settle(carried: Carried, sections: Sequence[Section]) -> None:
    """Take out what does nothing, with a word."""
    for section in sections:
        if section.value("disabled"):
            _note(carried, section, f"the {section.kind} is disabled, and nothing here would enable it")
            _silence(section)
        elif "frontend" in section.tables and "bind" not in section.tables["frontend"]:
            _note(carried, section, f"the {section.kind} has no bind, so that nobody can connect to it")
            _remove(section, "frontend")


def _silence(section: Section) -> None:
    """Whoever is sent to a backend that is switched off gets a 503."""
    _remove(section, "frontend")
    if (backend := section.tables.get("backend")) is not None:
        backend.pop("dispatch", None)
        backend["server"] = {}


def _remove(section: Section, side: Side) -> None:
    section.tables.pop(side, None)
    section.conditions = [condition for condition in section.conditions if condition[0] != side]


def _note(carried: Carried, section: Section, problem: str) -> None:
    directive = " ".join(carried.texts[section.line].split()[:2])
    carried.notes.append(Note(section.line, directive, "warning", problem))
