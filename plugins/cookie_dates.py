"""The dates that HAProxy writes behind a server's word: ``WORD|last seen|first seen``, for maxidle and maxlife.

A date is unix time in units of four seconds, 30 bits in five characters of base64. One that cannot be read is none.
One that lies more than a day ahead counts as too old, so that a clock that was wrong for an hour expels nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS = {character: number for number, character in enumerate(_ALPHABET)}
_LENGTH = 5
_AHEAD = 86400

_DURATION = re.compile(r"(\d+)([smhd]?)", re.ASCII)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds_of(duration: str) -> int:
    """Whole seconds of "30m", "8h", "3600"; 0 of "". Raises ValueError."""
    match = _DURATION.fullmatch(duration or "0")
    if match is None:
        raise ValueError(f"{duration!r} is not a duration; write a number and s, m, h or d, as in '30m'")
    return int(match[1]) * _UNITS[match[2]]


def encoded(moment: float) -> str:
    """The date of a moment, rounded up."""
    number = int(moment + 3) >> 2
    return "".join(_ALPHABET[number >> shift & 63] for shift in (24, 18, 12, 6, 0))


def decoded(text: str) -> int:
    """The moment of the date at the beginning of ``text``; 0 for none."""
    digits = [_DIGITS.get(character, -1) for character in text[:_LENGTH]]
    if len(digits) < _LENGTH or -1 in digits:
        return 0
    number = 0
    for digit in digits:
        number = number << 6 | digit
    return number << 2


@dataclass(slots=True)
class Seen:
    """What the cookies of one request say. ``words``: each one's word, and "" or the letter for too old: E (idle for
    too long) or O (alive for too long). ``last``, ``first``: the dates that hold, 0 for none."""

    words: list[tuple[str, str]]
    last: int = 0
    first: int = 0


def read(values: Iterable[str], maxidle: int, maxlife: int, now: float) -> Seen:
    """One value after the other, as HAProxy reads them: a date holds for the cookies behind it too."""
    seen = Seen([])
    for value in values:
        word, _, dates = value.partition("|")
        last, _, first = dates.partition("|")
        seen.last = (decoded(dates) if len(last) >= _LENGTH else 0) or seen.last
        seen.first = decoded(first) or seen.first
        too_old = "O" if _is_past(seen.first, maxlife, now) else "E" if _is_past(seen.last, maxidle, now) else ""
        if too_old:
            seen.last = seen.first = 0
        seen.words.append((word, too_old))
    return seen


def _is_past(moment: int, limit: int, now: float) -> bool:
    return bool(moment and limit) and not -_AHEAD <= int(now) - moment <= limit
