"""Numbers: how a pattern that asks for integers is read and compared, and how HAProxy finds a number in a string.

A pattern is a number or a range, ``5``, ``1:3``, ``:3``, ``5:``, also with ``-`` in the colon's place, which is why
``-5`` means at most 5. The words ``eq ge gt le lt`` hold for all numbers after them; a
range stays what it is whatever operator stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

_RANGE = re.compile(r"([0-9]*)(?:([:-])(-?[0-9]+)?)?")
_NUMBER = re.compile(r"[+-]?[0-9]+")
_INFINITE = float("inf")
_LARGEST = 2**63 - 1

_Bounds = tuple[float, float]


def integer_matcher(words: Sequence[str]) -> Callable[[int], bool]:
    """Whether a number is in one of the ranges. ValueError for what is neither a range nor an operator."""
    ranges: list[_Bounds] = []
    operator = "eq"
    for word in words:
        if word in _OPERATORS:
            operator = word
        else:
            ranges.append(_bounds(word, operator))
    if not ranges:
        raise ValueError(f"a number is missing after {' '.join(words)!r}" if words else "a number is missing")
    if len(ranges) == 1:
        low, high = ranges[0]
        return lambda value: low <= value <= high
    return lambda value: any(low <= value <= high for low, high in ranges)


_OPERATORS: Mapping[str, Callable[[int], _Bounds]] = MappingProxyType(
    {
        "eq": lambda number: (number, number),
        "ge": lambda number: (number, _INFINITE),
        "gt": lambda number: (number + 1, _INFINITE),
        "le": lambda number: (-_INFINITE, number),
        "lt": lambda number: (-_INFINITE, number - 1),
    }
)


def _bounds(word: str, operator: str) -> _Bounds:
    found = _RANGE.fullmatch(word)
    if found is None or not (found[1] or found[3]):
        raise ValueError(f"{word!r} is no number and no range such as 1:3; operators are {', '.join(_OPERATORS)}")
    if not found[2]:
        return _OPERATORS[operator](int(word))
    low = int(found[1]) if found[1] else -_INFINITE
    high = int(found[3]) if found[3] else _INFINITE
    if low > high:
        raise ValueError(f"the range {word!r} is empty; write the smaller number first")
    return low, high


def number_in(text: str) -> int | None:
    """The number that a string begins with, 0 where it begins with none, at most 64 bits with their sign; None for an
    empty string (HAProxy's cast of a string to an integer)."""
    if not text:
        return None
    found = _NUMBER.match(text)
    return max(-_LARGEST - 1, min(_LARGEST, int(found[0][:21]))) if found else 0


def header_number(text: str) -> int:
    """The number in a header, a cookie or a parameter, as HAProxy's ``hdr_val`` and its kin count it: bytes below ``0``
    (those of 8 bits too) count as digits with a negative value (``1.5`` is 85), the first one above ``9`` ends it, and
    it wraps round at 32 bits."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    number = 0
    for byte in digits[:4096].encode("utf-8", "surrogateescape"):
        digit = (byte ^ 0x80) - 0x80 - ord("0")
        if digit > 9:
            break
        number = (number * 10 + sign * digit) & 0xFFFFFFFF
    return (number ^ 0x80000000) - 0x80000000
