"""Single words of haproxy.cfg: amounts as HAProxy reads them, and words put together again for TOML.

Each function raises ``Problem`` with a sentence for what HAProxy refuses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.lexer import Word

NAME = re.compile(r"[A-Za-z0-9_.:-]+")
"""What HAProxy lets into the names of sections, servers and acls."""

_TIME = re.compile(r"(\d+)(us|ms|s|m|h|d)?", re.ASCII)
_MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_LONGEST = 2**31 - 1
_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)
_PLAIN = re.compile(r"[^\s'\"\\]+")


def time(word: str, unit: str = "ms") -> str:
    """A time as TOML writes it; ``unit``: what a bare number means. ``none`` for 0, which is no limit."""
    match = _TIME.fullmatch(word)
    if match is None:
        raise Problem(f'"{word}" is not a time', "write a number, or a number with us, ms, s, m, h or d")
    number = int(match[1])
    length = number * _MILLISECONDS[match[2] or unit]
    if length > _LONGEST:
        raise Problem(f"{word} is longer than HAProxy can wait", "the longest is 24 days")
    if 0 < length < 1:
        return "1ms"
    if not number:
        return "none"
    said = match[2] or unit
    return f"{number // 1000}s" if said == "ms" and number % 1000 == 0 else f"{number}{said}"


def number(word: str, what: str, low: int = 0, high: int | None = None) -> int:
    if not _NUMBER.fullmatch(word):
        raise Problem(f'{what}: "{word}" is not a number', "write a whole number")
    value = int(word)
    if value < low or (high is not None and value > high):
        span = f"from {low} on" if high is None else f"from {low} to {high}"
        raise Problem(f"{what}: {value} is out of range", f"write a number {span}")
    return value


def name(word: str, what: str) -> Word:
    if not NAME.fullmatch(word):
        odd = next((character for character in word if not NAME.fullmatch(character)), "")
        problem = f'"{odd}" cannot stand in the name of {what}' if odd else f"{what} has no name"
        raise Problem(problem, "letters, digits and _ . : - make one")
    return word if isinstance(word, Word) else Word(word)


def argument(words: Sequence[Word], index: int, what: str) -> Word:
    """The word at ``index``; ``what`` says what is missing where there is none."""
    if index >= len(words) or not words[index]:
        raise Problem(f"{' '.join(words[:index])}: {what} is missing")
    return words[index]


def nothing_after(words: Sequence[Word], index: int) -> None:
    """Refuse surplus words, where HAProxy refuses them."""
    if len(words) > index:
        raise Problem(f'"{words[index]}" is one word too many after {" ".join(words[:index])}', "take it out")


def unknown(word: str, what: str, known: Sequence[str]) -> Problem:
    near = suggestion(word, known)
    return Problem(f'{what} "{word}" is unknown', near)


def joined(words: Sequence[str]) -> Word:
    """Words as one text that ``routing.lexer`` takes apart into the same words."""
    spelt = " ".join(quoted(word.spelt if isinstance(word, Word) else word) for word in words)
    return Word(" ".join(map(quoted, words)), spelt)


def quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    if "'" not in word:
        return f"'{word}'"
    return re.sub(r"([\s'\"\\])", r"\\\1", word)
