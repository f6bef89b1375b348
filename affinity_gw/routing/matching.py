"""How a pattern is compared with a value: HAProxy's matching methods, as predicates over one string.

``matcher("beg", ["/a", "/b"])`` is a function that says whether a string begins with one of them. What a method needs
is found out once, when a configuration is read; what runs for each request is one ``startswith``, one look into a
set, or one regular expression, whatever the number of patterns.

Values are compared raw: nothing is percent-decoded, and ``-i`` folds ASCII letters only, as HAProxy does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from types import MappingProxyType

from affinity_gw.http1.forwarded import Network

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


def _regular(patterns: Sequence[str], flags: re.RegexFlag = re.NOFLAG) -> Match:
    compiled = []
    for pattern in patterns:
        try:
            compiled.append(re.compile(pattern, flags))
        except re.error as error:
            raise ValueError(f"the regular expression {pattern!r} cannot be read: {error}") from None
    if len(compiled) == 1:
        return _searching(compiled[0])
    return lambda value: any(expression.search(value) for expression in compiled)


def _searching(expression: re.Pattern[str]) -> Match:
    search = expression.search
    return lambda value: search(value) is not None


def _length(patterns: Sequence[str]) -> Match:
    matches = integer_matcher(patterns)
    return lambda value: matches(len(value))


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
        return _regular(patterns, re.IGNORECASE | re.ASCII)
    matches = METHODS[method]([fold(pattern) for pattern in patterns])
    return lambda value: matches(fold(value))


_RANGE = re.compile(r"(-?\d+)?(:)?(-?\d+)?")


def integer_matcher(words: Sequence[str]) -> Callable[[int], bool]:
    """Whether a number is in one of the ranges: ``5``, ``1:3``, ``:3``, ``5:``, and ``eq ge gt le lt`` with a number,
    each of which holds for the numbers after it too. ValueError for anything else."""
    ranges: list[tuple[float, float]] = []
    operator = "eq"
    for word in words:
        if word in _OPERATORS:
            operator = word
        else:
            ranges.append(_OPERATORS[operator](*_bounds(word, operator)))
    if not ranges:
        raise ValueError(f"a number is missing after {' '.join(words)!r}" if words else "a number is missing")
    if len(ranges) == 1:
        low, high = ranges[0]
        return lambda value: low <= value <= high
    return lambda value: any(low <= value <= high for low, high in ranges)


_OPERATORS: Mapping[str, Callable[[float, float], tuple[float, float]]] = MappingProxyType(
    {
        "eq": lambda low, high: (low, high),
        "ge": lambda low, _high: (low, float("inf")),
        "gt": lambda low, _high: (low + 1, float("inf")),
        "le": lambda low, _high: (float("-inf"), low),
        "lt": lambda low, _high: (float("-inf"), low - 1),
    }
)


def _bounds(word: str, operator: str) -> tuple[float, float]:
    found = _RANGE.fullmatch(word)
    if found is None or not (found[1] or found[3]):
        raise ValueError(f"{word!r} is no number and no range such as 1:3; operators are {', '.join(_OPERATORS)}")
    if found[2] and operator != "eq":
        raise ValueError(f"{operator} takes a number, not the range {word!r}")
    low = float(found[1]) if found[1] else float("-inf")
    high = low if not found[2] else float(found[3]) if found[3] else float("inf")
    return low, high


def network_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether an address (as text) lies in one of the networks. An IPv4 address and its mapped form in IPv6 are the
    same. What is no address, as the empty peer of a unix socket, lies in none. ValueError for a bad network."""
    networks = [_network(pattern) for pattern in patterns]

    def matches(text: str) -> bool:
        try:
            addresses = _forms(ip_address(text.partition("%")[0]))
        except ValueError:
            return False
        return any(address in network for network in networks for address in addresses)

    return matches


def _network(pattern: str) -> Network:
    try:
        return ip_network(pattern, strict=False)
    except ValueError:
        raise ValueError(f"{pattern!r} is no address and no network such as 192.168.0.0/16") from None


def _forms(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv6Address):
        return [address, address.ipv4_mapped] if address.ipv4_mapped else [address]
    return [address, IPv6Address(f"::ffff:{address}")]
