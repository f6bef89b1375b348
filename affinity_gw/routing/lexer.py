"""Words: how a line of HAProxy's configuration language falls apart.

Blanks separate words. Single quotes keep everything as it is, double quotes keep blanks, and a backslash takes the
special meaning from the next character (inside double quotes only from a quote, a backslash or a dollar).
"""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"""(?P<blank>[ \t]+)
      | '(?P<single>[^']*)'
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | \\(?P<escaped>.)
      | (?P<plain>[^ \t'"\\]+)
      """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED_IN_DOUBLE = re.compile(r'\\(["\\$])')


def split_words(text: str) -> list[str]:
    """The words of a line. ValueError for a quote that is not closed or a backslash with nothing after it."""
    words: list[str] = []
    open_word = False
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise ValueError(_broken(text, position))
        position = piece.end()
        if piece["blank"] is not None:
            open_word = False
            continue
        if not open_word:
            words.append("")
            open_word = True
        words[-1] += _meaning(piece)
    return words


def _meaning(piece: re.Match[str]) -> str:
    if piece["double"] is not None:
        return _ESCAPED_IN_DOUBLE.sub(r"\1", piece["double"])
    return piece["single"] or piece["escaped"] or piece["plain"] or ""


def _broken(text: str, position: int) -> str:
    if text[position] == "\\":
        return f"a backslash at the end of {text!r} has nothing to protect"
    return f"the quote at {text[position:]!r} is not closed"
