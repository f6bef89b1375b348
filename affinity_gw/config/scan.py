"""The line of every key: a small scan of TOML text that somebody else has parsed, or has failed to parse.

``tomllib`` says what a text means but not where it stands. This scan knows just enough of TOML to tell keys from
values: quotes, brackets, comments. It never complains; where the text is broken it goes on with the next line.

A path is the tuple of keys and list indices that leads to a value: ``("frontend", "x", "rule", 0, "when")``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
    (?P<blank> [ \t\r]+ | \#[^\n]* )
  | (?P<newline> \n )
  | (?P<string> \"{3} (?: \\. | [^\\] )*? \"{3,5} | '{3} .*? '{3,5} | " (?: \\. | [^"\\\n] )* " | ' [^'\n]* ' )
  | (?P<mark> [\[\]{}=,.] )
  | (?P<word> [^\s\[\]{}=,.\#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def split(path: Path) -> tuple[str, str]:
    """A path as a person writes it: the table ``backend.wt``, and the key in it, ``server.wt1``."""
    depth = 2 if path and path[0] in {"frontend", "backend", "userlist"} else 1
    if path and path[0] not in {"frontend", "backend", "userlist", "global", "defaults"}:
        depth = 0
    return dotted(path[:depth]), dotted(path[depth:])


def dotted(path: Path) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + (part if _BARE.fullmatch(part) else f'"{part}"')
    return text


class Token(NamedTuple):
    kind: str
    text: str
    line: int


class Statement(NamedTuple):
    """One ``key = value`` or ``[header]`` outside of values: ``key`` is empty for a header."""

    line: int
    table: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines by path, counted from 1, and all statements in file order. Of a path that occurs twice the first."""

    by_path: dict[Path, int]
    statements: list[Statement]

    def find(self, path: Sequence[str | int]) -> int | None:
        """The line of a path, or of the nearest part of it that the text names; None where it names none."""
        for end in range(len(path), 0, -1):
            line = self.by_path.get(tuple(path[:end]))
            if line is not None:
                return line
        return None

    def at(self, line: int) -> Statement | None:
        """The last statement that begins on or before a line."""
        return max((s for s in self.statements if s.line <= line), key=lambda s: s.line, default=None)


def scan(text: str) -> Lines:
    lines = Lines({}, [])
    # Nested more deeply than anybody reads: what has been found so far must do.
    with suppress(RecursionError):
        _Scanner(_tokens(text), lines).run()
    return lines


def _tokens(text: str) -> list[Token]:
    tokens = []
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "blank":
            tokens.append(Token(str(match.lastgroup), match[0], line))
        line += match[0].count("\n")
    tokens.append(Token("newline", "\n", line))
    return tokens


class _Scanner:
    def __init__(self, tokens: list[Token], lines: Lines) -> None:
        self.tokens = tokens
        self.lines = lines
        self.position = 0
        self.table: Path = ()
        self.counts: dict[Path, int] = {}

    @property
    def now(self) -> Token:
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    def run(self) -> None:
        while self.position < len(self.tokens):
            if self.now.text == "[":
                self._header()
            elif self.now.kind != "newline":
                line, key = self.now.line, self._key()
                self.lines.statements.append(Statement(line, self.table, key))
                self._assignment((*self.table, *key), line)
            # What is left of a line belongs to no key: only a text that cannot be parsed has such a rest.
            while self.position < len(self.tokens) and self.now.kind != "newline":
                self.position += 1
            self.position += 1

    def _header(self) -> None:
        line = self.now.line
        self.position += 1
        several = self.now.text == "["
        self.position += several
        name = self._inside_lists(self._key())
        if several:
            index = self.counts[name] = self.counts.get(name, -1) + 1
            name = (*name, index)
        self.table = name
        self._remember(name, line)
        self.lines.statements.append(Statement(line, name, ()))

    def _inside_lists(self, name: Path) -> Path:
        """``[a.list.b]`` after ``[[a.list]]`` means the list's last table."""
        path: Path = ()
        for part in name[:-1]:
            path = (*path, part)
            if path in self.counts:
                path = (*path, self.counts[path])
        return (*path, *name[-1:])

    def _key(self) -> Path:
        parts: list[str] = []
        while self.now.kind in {"word", "string"}:
            parts.append(_unquoted(self.now))
            self.position += 1
            if self.now.text != ".":
                break
            self.position += 1
        return tuple(parts)

    def _assignment(self, path: Path, line: int) -> None:
        self._remember(path, line)
        if self.now.text == "=":
            self.position += 1
            self._value(path)

    def _value(self, path: Path) -> None:
        opening = self.now.text
        if opening == "{":
            self._each("}", lambda _: self._pair(path))
        elif opening == "[":
            self._each("]", lambda index: self._item(path, index))
        else:
            while self.now.kind != "newline" and self.now.text not in {",", "]", "}"}:
                self.position += 1

    def _each(self, closing: str, element: Callable[[int], None]) -> None:
        index = 0
        self.position += 1
        while self.position < len(self.tokens) and self.now.text != closing:
            before = self.position
            if self.now.kind == "newline" or self.now.text == ",":
                self.position += 1
                continue
            element(index)
            index += 1
            # A text that cannot be parsed may hold a mark that nothing above takes.
            self.position += self.position == before
        self.position += 1

    def _pair(self, path: Path) -> None:
        line = self.now.line
        self._assignment((*path, *self._key()), line)

    def _item(self, path: Path, index: int) -> None:
        self._remember((*path, index), self.now.line)
        self._value((*path, index))

    def _remember(self, path: Path, line: int) -> None:
        # ``server.wt1 = …`` also says where ``server`` is, unless that has a line already.
        for end in range(1, len(path) + 1):
            self.lines.by_path.setdefault(path[:end], line)


def _unquoted(token: Token) -> str:
    if token.kind != "string":
        return token.text
    try:
        return str(tomllib.loads(f"x = {token.text}")["x"])
    except tomllib.TOMLDecodeError:
        return token.text[1:-1]
