"""The words of a line of haproxy.cfg (HAProxy's manual, section 2.2; ``parse_line`` in its ``tools.c``).

Blanks separate words, ``#`` begins a comment wherever it stands. Single quotes keep everything as it is; inside double
quotes blanks and ``#`` are plain, and variables are filled in, there and nowhere else. A line ends where it ends: there
is no continuation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from affinity_gw.config.problem import Problem
from affinity_gw.config.source import literal

MOST_WORDS = 64
"""HAProxy's MAX_LINE_ARGS."""

_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.?))")
_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>\.?[A-Za-z_][A-Za-z0-9_]*)(?P<words>\[\*\])?(?:-(?P<default>[^}]*))?\}"
    r"|(?P<bare>\.?[A-Za-z_][A-Za-z0-9_]*))"
)
_SINGLE = re.compile(r"'([^']*)'")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


class Word(str):
    """What a word means. ``spelt``: the same for TOML, where ``${VAR}`` is filled in each time the file is read."""

    __slots__ = ("spelt",)
    spelt: str

    def __new__(cls, text: str, spelt: str | None = None) -> Self:
        word = super().__new__(cls, text)
        word.spelt = literal(text) if spelt is None else spelt
        return word


@dataclass(frozen=True, slots=True)
class Line:
    """``number`` counts from 1; ``text`` is the line as written, without blanks around it."""

    number: int
    text: str
    words: tuple[Word, ...]
    unset: tuple[str, ...] = ()
    """Variables that are not set and have no default: they are empty."""

    @property
    def directive(self) -> str:
        """Its first words, for whoever looks for it."""
        return " ".join(self.words[: 2 if self.words[0] in TWO_WORDS else 1])


TWO_WORDS = {
    "option",
    "timeout",
    "no",
    "http-request",
    "http-response",
    "http-after-response",
    "http-check",
    "tcp-check",
}
TWO_WORDS |= {
    "tcp-request",
    "tcp-response",
    "stats",
    "stick",
    "monitor",
    "server",
    "bind",
    "cookie",
    "capture",
    "default",
}


def lex(number: int, text: str, variables: Mapping[str, str], own: Mapping[str, str]) -> Line:
    """The words of one line. ``own``: variables that the file itself sets (setenv): in TOML only their value is left.

    Raises Problem where a quote is not closed, an escape or a variable is broken, or there are too many words.
    """
    lexer = _Lexer(text.partition("\r")[0], variables, own)
    words = lexer.run()
    if len(words) > MOST_WORDS:
        raise Problem(f"{len(words)} words on one line are too many", f"HAProxy reads {MOST_WORDS}")
    return Line(number, text.strip(), tuple(words), tuple(lexer.unset))


@dataclass(slots=True)
class _Lexer:
    text: str
    variables: Mapping[str, str]
    own: Mapping[str, str]
    position: int = 0
    words: list[Word] = field(default_factory=list)
    open: list[tuple[str, str]] | None = None
    """The pieces of the word so far: what each means, and its variable or nothing."""
    unset: list[str] = field(default_factory=list)

    def run(self) -> list[Word]:
        while self.position < len(self.text) and self.text[self.position] != "#":
            _PIECES.get(self.text[self.position], _Lexer.plain)(self)
        self._close()
        return self.words

    def _emit(self, text: str, variable: str = "") -> None:
        self.open = [*(self.open or ()), (text, variable)]

    def _close(self) -> None:
        if self.open is not None:
            self.words.append(_word(self.open))
        self.open = None

    def plain(self, stop: str = " \t\v\f'\"\\#") -> None:
        end = self.position + 1
        while end < len(self.text) and self.text[end] not in stop:
            end += 1
        self._emit(self.text[self.position : end])
        self.position = end

    def blank(self) -> None:
        self._close()
        self.position += 1

    def single(self) -> None:
        match = _SINGLE.match(self.text, self.position)
        if match is None:
            raise self._unterminated(self.position)
        self._emit(match[1])
        self.position = match.end()

    def double(self) -> None:
        start = self.position
        self._emit("")
        self.position += 1
        while self.position < len(self.text):
            match self.text[self.position]:
                case '"':
                    self.position += 1
                    return
                case "\\":
                    self.escape("$")
                case "$":
                    self._variable()
                case _:
                    self.plain('"\\$')
        raise self._unterminated(start)

    def escape(self, more: str = "") -> None:
        """Only what has a special meaning loses its backslash: that of a group in a replacement stays."""
        match = _ESCAPE.match(self.text, self.position)
        if match is None or match[2] == "x":
            raise Problem(f"\\x wants two hexadecimal digits, at position {self.position + 1}")
        self.position = match.end()
        if match[1] is not None:
            self._emit(chr(int(match[1], 16)))
        elif match[2] in _CONTROL:
            self._emit(_CONTROL[match[2]])
        elif match[2] and match[2] in " \\#'\"" + more:
            self._emit(match[2])
        else:
            self._emit("\\")
            self.position -= len(match[2])

    def _variable(self) -> None:
        match = _VARIABLE.match(self.text, self.position)
        if match is None:
            where = f"at position {self.position + 1}"
            raise Problem(f'"$" begins a variable, but none follows, {where}', "write ${NAME}, ${NAME-default} or \\$")
        self.position = match.end()
        name = match["braced"] or match["bare"]
        value: str | None = self.variables.get(name, match["default"])
        if value is None:
            self.unset.append(name)
            return
        if match["words"]:
            self._several(value)
            return
        plain = name in self.own or name.startswith(".") or "}" in (match["default"] or "")
        default = "" if match["default"] is None else f"-{match['default']}"
        self._emit(value, "" if plain else f"${{{name}{default}}}")

    def _several(self, value: str) -> None:
        """``${VAR[*]}``: each word of the value is a word of the line."""
        first, *others = re.split(r"\s+", value)
        self._emit(first)
        for word in others:
            self._close()
            self._emit(word)

    @staticmethod
    def _unterminated(position: int) -> Problem:
        return Problem(f"unterminated quote at position {position + 1}", "close it, or write it with a backslash")


def _word(pieces: list[tuple[str, str]]) -> Word:
    spelt = ""
    text = ""
    for meaning, variable in [*pieces, ("", "")]:
        if variable:
            spelt, text = spelt + literal(text) + variable, ""
        text += meaning if not variable else ""
    return Word("".join(meaning for meaning, _ in pieces), spelt + literal(text))


_PIECES: Mapping[str, Callable[[_Lexer], None]] = {
    **dict.fromkeys(" \t\v\f", _Lexer.blank),
    "'": _Lexer.single,
    '"': _Lexer.double,
    "\\": _Lexer.escape,
}
"""What a character begins outside of quotes."""


def filled_in(word: Word, variables: Mapping[str, str]) -> Word:
    """An address with its variables: there HAProxy fills them in without quotes, too (``str2sa_range``)."""
    if "$" not in word:
        return word
    meaning = _VARIABLE.sub(lambda match: variables.get(match["braced"] or match["bare"], match["default"] or ""), word)
    return Word(meaning, _VARIABLE.sub(_as_in_toml, word))


def _as_in_toml(match: re.Match[str]) -> str:
    default = "" if match["default"] is None else f"-{match['default']}"
    return f"${{{match['braced'] or match['bare']}{default}}}"
