"""One section of a haproxy.cfg, read by the directives that a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affinity_gw.convert.carried import Carried
from affinity_gw.convert.lexer import lex
from affinity_gw.convert.sections import Context, Directive, Section, SectionKind, section


class Reader:
    """``read("balance source")`` runs one line; then ``backend``, ``frontend``, ``said`` and ``notes`` tell."""

    def __init__(
        self, table: Mapping[str, Directive], kind: SectionKind = "listen", parent: Section | None = None
    ) -> None:
        self.table = table
        self.section = section(kind, "x", 1, parent)
        self.carried = Carried("haproxy.cfg")
        self.lines = 1

    def read(self, text: str, variables: Mapping[str, str] | None = None, *, negated: bool = False) -> Reader:
        self.lines += 1
        line = lex(self.lines, text, variables or {}, {})
        word = line.words[1] if line.words[0] == "option" else line.words[0]
        self.table[word](Context(self.carried, self.section, line, line.words, negated=negated))
        return self

    @property
    def backend(self) -> dict[str, Any]:
        return self.section.tables["backend"]

    @property
    def frontend(self) -> dict[str, Any]:
        return self.section.tables["frontend"]

    @property
    def said(self) -> dict[str, Any]:
        return {word: said.value for word, said in self.section.said.items()}

    @property
    def notes(self) -> list[tuple[str, str]]:
        """The kind of each, and what it says."""
        return [(note.kind, note.problem) for note in self.carried.notes]

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.notes]
