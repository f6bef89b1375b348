"""The sections of a haproxy.cfg while they are being read, and what a directive may do to them.

What a directive says of a whole section (a time, a switch, a mode) is kept under a word of ours (``say``), because
several of them together become one key, and because a section inherits what its ``defaults`` said. What adds to a list
(servers, rules, acls, binds) goes into the section's table at once (``put``, ``append``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from affinity_gw.config.problem import Problem
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.source import literal
from affinity_gw.convert.carried import Carried, Kind, Note
from affinity_gw.convert.lexer import Line, Word

SectionKind = Literal["global", "defaults", "frontend", "backend", "listen", "userlist", "other"]
Side = Literal["frontend", "backend"]


@dataclass(slots=True)
class Said:
    """What a section said of one thing, and where."""

    value: Any
    line: int


@dataclass(slots=True)
class Section:
    """``frontend`` and ``backend`` are the tables of TOML that it becomes; a ``listen`` has both."""

    kind: SectionKind
    name: str
    line: int
    parent: Section | None = None
    """The ``defaults`` that it inherits from."""
    last: int = 0
    """The last line that a directive of it stands on."""
    said: dict[str, Said] = field(default_factory=dict)
    tables: dict[Side, dict[str, Any]] = field(default_factory=dict)
    origins: dict[Side, dict[Keys, int]] = field(default_factory=dict)
    conditions: list[tuple[Side, Keys, str, int]] = field(default_factory=list)
    """Where a rule of this section holds a condition, with its line: acls are looked for when all are known."""
    heirs: set[Side] = field(default_factory=set)
    """Who inherits the rules of this ``defaults``."""

    def side(self, wanted: Side) -> Side:
        """Where what belongs to one side goes: a frontend has no other."""
        return wanted if wanted in self.tables else next(iter(self.tables))

    def has_rules(self) -> bool:
        """Acls alone are no rules, and stay where they are."""
        return any(table.keys() - {"acl"} for table in self.tables.values())

    def find(self, word: str) -> Said | None:
        """Its own word, or what it inherits."""
        own = self.said.get(word)
        return own if own is not None or self.parent is None else self.parent.find(word)

    def value(self, word: str, default: Any = None) -> Any:
        found = self.find(word)
        return default if found is None else found.value


SIDES: dict[SectionKind, tuple[Side, ...]] = {
    "defaults": ("frontend",),  # rules, for those who inherit them
    "frontend": ("frontend",),
    "backend": ("backend",),
    "listen": ("frontend", "backend"),
}


def inherit_rules(heir: Section, defaults: Section) -> None:
    """The rules of a ``defaults`` come before those of whoever inherits them. Raises Problem where frontends and
    backends both do: HAProxy refuses that."""
    if not defaults.has_rules():
        return
    defaults.heirs |= heir.tables.keys()
    if len(defaults.heirs) > 1:
        problem = f"frontends and backends cannot both inherit the rules of defaults {defaults.name}"
        raise Problem(problem, "give each a defaults section of their own")
    for side in heir.tables:
        heir.tables[side] = deepcopy(defaults.tables["frontend"])
        heir.origins[side] = dict(defaults.origins["frontend"])
        heir.conditions = [(side, path, text, line) for _, path, text, line in defaults.conditions]


def section(kind: SectionKind, name: str, line: int, parent: Section | None = None) -> Section:
    sides = SIDES.get(kind, ())
    return Section(kind, name, line, parent, 0, {}, {side: {} for side in sides}, {side: {} for side in sides})


class Context:
    """One directive: its words, its section, and all that it may do. ``negated``: ``no`` stood before it. ``general``
    is the global section."""

    def __init__(
        self,
        carried: Carried,
        section: Section,
        line: Line,
        words: Sequence[Word],
        *,
        negated: bool = False,
        general: Section | None = None,
    ) -> None:
        self.carried = carried
        self.general = general or section
        self.section = section
        self.line = line
        self.words = words
        self.negated = negated

    @property
    def number(self) -> int:
        return self.line.number

    def say(self, word: str, value: Any) -> None:
        self.section.said[word] = Said(value, self.number)

    def put(self, side: Side, path: Keys, value: Any) -> None:
        """A key of the table; dotted tables on the way are made."""
        side = self.section.side(side)
        table: dict[Any, Any] = self.section.tables[side]
        for step in path[:-1]:
            table = table.setdefault(step, {})
        table[path[-1]] = value
        self.section.origins[side][path] = self.number

    def append(self, side: Side, key: str, item: Any) -> Keys:
        """One more item of a list; its path."""
        side = self.section.side(side)
        items = self.section.tables[side].setdefault(key, [])
        items.append(item)
        path: Keys = (key, len(items) - 1)
        self.section.origins[side][path] = self.number
        return path

    def note(self, kind: Kind, problem: str, advice: str = "") -> None:
        self.carried.notes.append(Note(self.number, self.line.directive, kind, problem, advice))

    def warn(self, problem: str, advice: str = "") -> None:
        self.note("warning", problem, advice)

    def repaired(self, problem: str, advice: str = "") -> None:
        self.note("repaired", problem, advice)

    def leave_out(self, reason: str, advice: str = "") -> None:
        self.note("left out", reason, advice)

    def ignored_here(self, side: Side) -> bool:
        """HAProxy warns of a directive that a section has no use for, and goes on."""
        if self.section.kind == "defaults" or side in self.section.tables:
            return False
        self.warn(f"it says nothing in a {self.section.kind}, as in HAProxy", "take it out")
        return True

    def not_in_defaults(self, home: str, *, named: bool = False) -> None:
        """Refuse what belongs to a section of its own. ``named``: a ``defaults`` with a name may have it."""
        if self.section.kind != "defaults" or (named and self.section.name):
            return
        which = "a defaults section without a name" if named else "a defaults section"
        raise Problem(f"{self.words[0]} cannot stand in {which}", f"move it to a {home}")

    def not_in_frontends(self) -> None:
        if self.section.kind == "frontend":
            raise Problem(f"{self.words[0]} cannot stand in a frontend", "move it to a backend")

    def argument(self, index: int, what: str) -> Word:
        if index >= len(self.words):
            raise Problem(f"{what} is missing", "see HAProxy's manual for its arguments")
        return self.words[index]

    def only(self, count: int) -> None:
        """Refuse surplus words, as HAProxy does."""
        if len(self.words) > count:
            raise Problem(f'"{self.words[count]}" is one word too many', "take it out")


Directive = Callable[[Context], None]


def spelt(word: str) -> str:
    """A word for TOML: what the file says literally stays literal there, its variables stay variables."""
    return word.spelt if isinstance(word, Word) else literal(word)


def spelt_all(words: Iterable[str]) -> list[str]:
    return [spelt(word) for word in words]
