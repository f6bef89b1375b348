"""How a pattern is compared with a value: HAProxy's matching methods, as predicates over one string.

``matcher("beg", ["/a", "/b"])`` is a function that says whether a string begins with one of them. What a method needs
is found out once, when a configuration is read; what runs for each request is one ``startswith``, one look into a
set, or one regular expression, whatever the number of patterns.

Values are compared raw: nothing is percent-decoded, and ``-i`` folds ASCII letters only, as HAProxy does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from affinity_gw.routing.ranges import integer_matcher
from affinity_gw.routing.regexes import regular

Match = Callable[[str], bool]

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """Lower case for ASCII letters alone; other letters keep their case and the text its length."""
    return text.lower() if text.isascii() else text.translate(_LOWER)


def _exact(patterns: Sequence[str]) -> Match:
    if len(patterns) == 1:
        return patterns[0].__eq__
    return frozenset(patterns).__contains__


def _begins(patterns: Sequence[str]) -> Match:
    prefixes = tuple(patterns)
    return lambda value: value.startswith(prefixes)


def _ends(patterns: Sequence[str]) -> Match:
    suffixes = tuple(patterns)
    return lambda value: value.endswith(suffixes)


def _contains(patterns: Sequence[str]) -> Match:
    if len(patterns) == 1:
        pattern = patterns[0]
        return lambda value: pattern in value
    return lambda value: any(pattern in value for pattern in patterns)


def _delimited(delimiters: str) -> Callable[[Sequence[str]], Match]:
    """A pattern between two delimiters or the ends; delimiters at the pattern's own ends do not count (match_word)."""

    def build(patterns: Sequence[str]) -> Match:
        words = [pattern.strip(delimiters) for pattern in patterns]
        if not all(words):
            raise ValueError(f"the pattern {patterns[words.index('')]!r} holds nothing but delimiters")
        any_word = "|".join(re.escape(word) for word in words)
        return _searching(re.compile(f"(?<![^{delimiters}])(?:{any_word})(?![^{delimiters}])"))

    return build


def _regular(patterns: Sequence[str], *, ignore_case: bool = False) -> Match:
    compiled = [regular(pattern, ignore_case=ignore_case) for pattern in patterns]
    if len(compiled) == 1:
        return _searching(compiled[0])
    return lambda value: any(expression.search(value) for expression in compiled)


def _searching(expression: re.Pattern[str]) -> Match:
    search = expression.search
    return lambda value: search(value) is not None


def _length(patterns: Sequence[str]) -> Match:
    matches = integer_matcher(patterns)
    return lambda value: matches(length(value))


def length(value: str) -> int:
    """In bytes, as it came."""
    return len(value) if value.isascii() else len(value.encode("utf-8", "surrogateescape"))


METHODS: Mapping[str, Callable[[Sequence[str]], Match]] = MappingProxyType(
    {
        "str": _exact,
        "beg": _begins,
        "end": _ends,
        "sub": _contains,
        "dir": _delimited("/?"),
        "dom": _delimited("/?.:"),
        "reg": _regular,
        "len": _length,
    }
)


def matcher(method: str, patterns: Sequence[str], ignore_case: bool = False) -> Match:
    """Whether a string matches one of the patterns by a method of ``METHODS``. ValueError for a bad pattern."""
    if not ignore_case or method == "len":
        return METHODS[method](patterns)
    if method == "reg":
        return _regular(patterns, ignore_case=True)
    matches = METHODS[method]([fold(pattern) for pattern in patterns])
    return lambda value: matches(fold(value))
