"""What a condition asks: an expression, how its value is compared, and with what. Each is compiled to a predicate.

A criterion is ``expression flags patterns``. The name at the head of the expression says what is taken (``path``, every
value of a header) and how it is compared (``path_beg``: by its beginning), unless ``-m`` says otherwise; after a
converter, the kind of what comes out decides. All of it is joined here into one closure that does only what is left
to do for each request.

There are three sorts of names: those of ``CRITERIA``; those that HAProxy has and we do not yet (``NotSupportedYet``, so
that a caller can tell the two apart); and those that nobody knows, which get a suggestion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from affinity_gw.routing.casts import Cast, cast
from affinity_gw.routing.converters import compile_expression
from affinity_gw.routing.expressions import Call, parse_calls
from affinity_gw.routing.fetches import CRITERIA, KEYWORDS
from affinity_gw.routing.first_match import PathPrefix
from affinity_gw.routing.matching import METHODS, fold, matcher
from affinity_gw.routing.networks import known_address, network_matcher
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.patterns import Patterns, ReadPatterns, no_files, parse_patterns
from affinity_gw.routing.ranges import integer_matcher
from affinity_gw.routing.samples import Kind, Place, Sample, unknown
from affinity_gw.routing.snapshot import Snapshot

Holds = Callable[[Any, Snapshot], bool]
"""A Predicate or a ResponsePredicate."""

Test = Callable[[Any], bool]

_METHOD = "(method)"
"""How methods are compared where no -m says otherwise; a name that -m cannot give."""


class Criterion(NamedTuple):
    """A criterion as it was written: ``calls`` with the name of the fetch at their head."""

    text: str
    calls: Sequence[Call]
    method: str
    patterns: Patterns


def compile_criterion(words: Sequence[str], place: Place, read_patterns: ReadPatterns = no_files) -> Holds:
    """The predicate of one criterion with its flags and patterns. ValueError in a sentence for what is wrong with
    it."""
    if not words:
        raise ValueError("it is empty")
    calls, end = parse_calls(words[0])
    if end < len(words[0]):
        raise ValueError(f"{words[0]!r} is no criterion such as path_beg or hdr(host)")
    name = calls[0].name
    if name not in CRITERIA:
        raise unknown(name, CRITERIA)
    fetch, method = KEYWORDS.get(name, (name, ""))
    calls[0] = Call(fetch, calls[0].arguments)
    kind, sample = compile_expression(calls, place)
    patterns = parse_patterns(words[1:], read_patterns)
    if len(calls) > 1 or not method:
        method = _DEFAULTS.get(kind, "")
    return _compiled(Criterion(words[0], calls, patterns.method or method, patterns), kind, sample)


_DEFAULTS: Mapping[Kind, str] = MappingProxyType(
    {"string": "str", "integer": "int", "boolean": "bool", "address": "ip", "method": _METHOD}
)


def _compiled(criterion: Criterion, kind: Kind, sample: Sample) -> Holds:
    method = criterion.method
    if method == "found":
        return _found(sample)
    if method not in _TESTS or criterion.patterns.method == _METHOD:
        raise _bad_method(criterion)
    wanted, build = _TESTS[method]
    try:
        way = cast(kind, wanted)
    except ValueError as error:
        raise ValueError(f"-m {method} cannot be used with {criterion.text}: {error}") from None
    if method != "bool" and not criterion.patterns.all:
        return _never(criterion)
    test = build(criterion)
    return _quick(criterion, sample, test) or _slow(sample, way, test)


def _bad_method(criterion: Criterion) -> ValueError:
    if criterion.method == "bin":
        return NotSupportedYet("-m bin is not supported yet")
    if not criterion.method:
        return ValueError(f"{criterion.text} gives bytes; say with -m how to compare them")
    known = ", ".join(name for name in (*_TESTS, "found") if name != _METHOD)
    return ValueError(f"-m {criterion.method}: there is no such method; methods are {known}")


def _never(criterion: Criterion) -> Holds:
    if not criterion.patterns.ended:
        advice = "write -m found to ask whether it is there, or -- if it shall never match"
        raise ValueError(f"{criterion.text} wants at least one pattern; {advice}")
    return lambda _source, _snapshot: False


def _found(sample: Sample) -> Holds:
    one, every = sample.one, sample.every
    if every is None:
        return lambda source, snapshot: one(source, snapshot) is not None
    return lambda source, snapshot: any(True for _ in every(source, snapshot))


def _slow(sample: Sample, way: Cast | None, test: Test) -> Holds:
    one, every, _ = sample
    passes = test if way is None else lambda value: (made := way(value)) is not None and test(made)
    if every is None:
        return lambda source, snapshot: (value := one(source, snapshot)) is not None and passes(value)
    values = every

    def holds(source: object, snapshot: Snapshot) -> bool:
        for value in values(source, snapshot):  # noqa: SIM110  # a loop costs two thirds of any() over a generator
            if passes(value):
                return True
        return False

    return holds


def _quick(criterion: Criterion, sample: Sample, test: Test) -> Holds | None:
    """The few that occur in most configurations, without a step that they do not need."""
    patterns, method = criterion.patterns, criterion.method
    plain = len(criterion.calls) == 1 and not patterns.folded
    fetch = criterion.calls[0].name
    if plain and fetch == "path" and method == "beg" and all(text.startswith("/") for text in patterns.exact):
        return PathPrefix(patterns.exact)
    if plain and fetch == "url" and method == "sub" and len(patterns.exact) == 1:
        pattern = patterns.exact[0]
        return lambda head, _snapshot: pattern in head.target
    if sample.text is not None and method != "int":
        text = sample.text
        passes = _of_text(test) if method == "ip" else test
        return lambda source, snapshot: (value := text(source, snapshot)) is not None and passes(value)
    return None


def _of_text(test: Test) -> Callable[[str], bool]:
    @lru_cache(maxsize=4096)  # a client sends many requests
    def passes(text: str) -> bool:
        address = known_address(text)
        return address is not None and test(address)

    return passes


def _text(criterion: Criterion) -> Test:
    patterns, method = criterion.patterns, criterion.method
    if not patterns.folded:
        return matcher(method, patterns.exact)
    folded = matcher(method, patterns.folded, ignore_case=True)
    if not patterns.exact:
        return folded
    exact = matcher(method, patterns.exact)
    return lambda value: exact(value) or folded(value)


def _numbers(criterion: Criterion) -> Test:
    return integer_matcher(criterion.patterns.all)


def _networks(criterion: Criterion) -> Test:
    return network_matcher(criterion.patterns.all)


def _boolean(_criterion: Criterion) -> Test:
    return bool


def _methods(criterion: Criterion) -> Test:
    """HAProxy compares the methods that it knows by number, so -i says something about the others only."""
    exact = frozenset(criterion.patterns.all)
    folded = frozenset(fold(pattern) for pattern in criterion.patterns.folded) - _KNOWN_METHODS_FOLDED
    if not folded:
        return exact.__contains__
    return lambda method: method in exact or fold(method) in folded


_KNOWN_METHODS_FOLDED = frozenset(("options", "get", "head", "post", "put", "delete", "trace", "connect"))

_TESTS: Mapping[str, tuple[Kind, Callable[[Criterion], Test]]] = MappingProxyType(
    {
        **dict.fromkeys(METHODS, ("string", _text)),
        "int": ("integer", _numbers),
        "bool": ("integer", _boolean),
        "ip": ("address", _networks),
        _METHOD: ("method", _methods),
    }
)
"""By method: the kind that it compares, and what compiles the comparison."""
