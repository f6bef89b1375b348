"""What to take and what to make of it, as it is written: ``hdr(host,1),field(1,:),lower``.

First the name of a fetch, then converters, each with arguments in parentheses where it takes some. Quotes keep commas
and parentheses inside an argument; a backslash takes the meaning from a blank, a quote or a backslash, and makes ``r``,
``n`` and ``t`` control characters. Before any other character it stays what it is, as regular expressions want it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(r"[A-Za-z0-9._:-]+")
_PIECE = re.compile(
    r"""(?P<plain>[^"'\\,)]+)
      | '(?P<single>[^']*)'
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | (?P<backslash>\\[\\ "'rnt]?)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([\\ \"'rnt])")
_CONTROL = {"r": "\r", "n": "\n", "t": "\t"}


class Call(NamedTuple):
    """A fetch or a converter: ``arguments`` is empty without parentheses; ``()`` holds one empty argument."""

    name: str
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({','.join(self.arguments)})" if self.arguments else self.name


def parse_calls(text: str, position: int = 0) -> tuple[list[Call], int]:
    """The calls that begin at ``position``, and the position after them. ValueError where a name or a parenthesis is
    missing."""
    call, position = _call(text, position)
    calls = [call]
    while text[position : position + 1] == ",":
        while text[position : position + 1] == ",":  # HAProxy skips several, and those at the end
            position += 1
        if _NAME.match(text, position) is None:
            break
        call, position = _call(text, position)
        calls.append(call)
    return calls, position


def _call(text: str, position: int) -> tuple[Call, int]:
    name = _NAME.match(text, position)
    if name is None:
        raise ValueError(f"{text[position:]!r} does not begin with a name such as path or hdr(host)")
    position = name.end()
    if text[position : position + 1] != "(":
        return Call(name[0], ()), position
    arguments: list[str] = []
    while text[position : position + 1] in {"(", ","}:
        argument, position = _argument(text, position + 1)
        arguments.append(argument)
    if text[position : position + 1] != ")":
        raise ValueError(f"the parenthesis after {name[0]} in {text!r} is not closed")
    return Call(name[0], tuple(arguments)), position + 1


def _argument(text: str, position: int) -> tuple[str, int]:
    pieces = []
    while (piece := _PIECE.match(text, position)) is not None:
        position = piece.end()
        pieces.append(_meaning(piece))
    return "".join(pieces), position


def _meaning(piece: re.Match[str]) -> str:
    escaped = piece["double"] or piece["backslash"]
    if escaped is not None:
        return _ESCAPE.sub(lambda escape: _CONTROL.get(escape[1], escape[1]), escaped)
    return piece["single"] or piece["plain"] or ""
