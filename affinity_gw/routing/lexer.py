r"""Words: how a line of HAProxy's configuration language falls apart.

Blanks separate words. Single quotes keep everything as it is, double quotes keep blanks. Outside single quotes a
backslash takes the special meaning from a blank, a quote, ``#`` or another backslash; ``\n``, ``\r``, ``\t`` and
``\x41`` are characters; before anything else (``\d``, ``\.``) it stays, as regular expressions want it.
"""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"""(?P<blank>[ \t]+)
      | '(?P<single>[^']*)'
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | (?P<escaped>\\(?:[ \\#'"nrt]|x[0-9A-Fa-f]{2}|(?=[^ \\#'"nrtx])))
      | (?P<plain>[^ \t'"\\]+)
      """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|([ \\#'\"nrt]))")
_ESCAPE_IN_DOUBLE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|([ \\#'\"nrt$]))")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


def split_words(text: str) -> list[str]:
    r"""The words of a line. ValueError for a quote that is not closed, a backslash with nothing after it, or ``\x``
    without two hexadecimal digits."""
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
        return _ESCAPE_IN_DOUBLE.sub(_character, piece["double"])
    if piece["escaped"] is not None:
        return _ESCAPE.sub(_character, piece["escaped"])
    return piece["single"] or piece["plain"] or ""


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else _CONTROL.get(escape[2], escape[2])


def _broken(text: str, position: int) -> str:
    if text[position] != "\\":
        return f"the quote at {text[position:]!r} is not closed"
    if text[position + 1 :]:
        return f"{text[position : position + 4]!r} lacks its two hexadecimal digits"
    return f"a backslash at the end of {text!r} has nothing to protect"


_BARE = re.compile(r"[!-~]+")
_SPECIAL = re.compile(r"[\\#'\"]")


def join_words(words: list[str]) -> str:
    """A line that falls apart into these words."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if _BARE.fullmatch(word) and not _SPECIAL.search(word):
        return word
    return f"'{word}'" if "'" not in word else '"' + re.sub(r'([\\"$])', r"\\\1", word) + '"'
