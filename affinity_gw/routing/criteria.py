"""What a condition can ask about a request: HAProxy's criteria, each compiled to a predicate.

A criterion is ``name(argument) flags patterns``. Its name says what is taken out of the request (``path``, every
value of a header) and how it is compared (``path_beg``: by its beginning), unless ``-m`` says otherwise. Both are
joined here into one closure that does only what is left to do for each request.

There are three sorts of names: those of ``CRITERIA``; those that HAProxy has and we do not yet (``NotSupportedYet``, so
that a caller can tell the two apart); and those that nobody knows, which get a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing import fetches, not_yet
from affinity_gw.routing.fetches import Fetch, Values
from affinity_gw.routing.matching import METHODS, Match, fold, integer_matcher, matcher, network_matcher
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.patterns import Patterns, ReadPatterns, no_files, parse_patterns
from affinity_gw.routing.snapshot import Predicate, Snapshot


class Criterion(NamedTuple):
    """A criterion as it was written. ``method`` is the one that its name stands for."""

    name: str
    argument: str | None
    method: str
    patterns: Patterns
    backends: Collection[str]


_HEAD = re.compile(r"(?P<name>[A-Za-z0-9_.]+)(?:\((?P<argument>[^()]*)\))?(?P<converter>,.*)?")


def compile_criterion(
    words: Sequence[str], *, backends: Collection[str], read_patterns: ReadPatterns = no_files
) -> Predicate:
    """The predicate of one criterion with its flags and patterns. ValueError in a sentence for what is wrong with
    it."""
    head = _HEAD.fullmatch(words[0]) if words else None
    if head is None:
        raise ValueError(f"{words[0]!r} is no criterion such as path_beg or hdr(host)" if words else "it is empty")
    name = head["name"]
    if name not in CRITERIA:
        raise _unknown(name)
    if head["converter"]:
        raise NotSupportedYet(f"a converter ({words[0]}) is not supported yet")
    build, method = CRITERIA[name]
    patterns = parse_patterns(words[1:], read_patterns)
    return build(Criterion(words[0], head["argument"], patterns.method or method, patterns, backends))


def _unknown(name: str) -> ValueError:
    if name in not_yet.CRITERIA:
        return NotSupportedYet(f"the criterion {name} is not supported yet")
    close = get_close_matches(name, CRITERIA, n=1)
    advice = f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(CRITERIA))}"
    return ValueError(f"the criterion {name} is unknown; {advice}")


def _text(fetch: Fetch) -> Callable[[Criterion], Predicate]:
    def build(criterion: Criterion) -> Predicate:
        _no_argument(criterion)
        if criterion.method == "found":
            return lambda head, _snapshot: fetch(head) is not None
        if fetch is fetches.path and _plain_prefixes(criterion):
            prefixes = criterion.patterns.exact  # the one that most conditions are made of: a single startswith
            return lambda head, _snapshot: head.path.startswith(prefixes)
        matches = _matcher(criterion)
        return lambda head, _snapshot: (value := fetch(head)) is not None and matches(value)

    return build


def _plain_prefixes(criterion: Criterion) -> bool:
    patterns = criterion.patterns
    slashes = all(pattern.startswith("/") for pattern in patterns.exact)
    return criterion.method == "beg" and bool(patterns.exact) and not patterns.folded and slashes


def _header(criterion: Criterion) -> Predicate:
    values = _header_values(criterion)
    if criterion.method == "found":
        return lambda head, _snapshot: bool(values(head))
    matches = _matcher(criterion)

    def predicate(head: RequestHead, _snapshot: Snapshot) -> bool:
        return any(map(matches, values(head)))

    return predicate


def _header_values(criterion: Criterion) -> Values:
    name, _, occurrence = (criterion.argument or "").partition(",")
    if not name.strip():
        raise ValueError(f"{criterion.name} wants the name of a header in parentheses, such as hdr(host)")
    if occurrence and not re.fullmatch(r"-?\d+", occurrence.strip()):
        raise ValueError(f"{criterion.name}: after the comma stands which occurrence it is, 1 the first, -1 the last")
    return fetches.header_values(name.strip(), int(occurrence or 0))


def _matcher(criterion: Criterion) -> Match:
    patterns = criterion.patterns
    method = criterion.method
    if method not in METHODS:
        raise _bad_method(criterion, (*METHODS, "found"))
    if not patterns.all:
        raise ValueError(f"{criterion.name} wants at least one pattern")
    if not patterns.folded:
        return matcher(method, patterns.exact)
    folded = matcher(method, patterns.folded, ignore_case=True)
    if not patterns.exact:
        return folded
    exact = matcher(method, patterns.exact)
    return lambda value: exact(value) or folded(value)


def _method(criterion: Criterion) -> Predicate:
    """HAProxy compares the methods that it knows by number, so -i says something about the others only."""
    _no_argument(criterion)
    if criterion.method != "str":
        raise _bad_method(criterion, ("str",))
    if not criterion.patterns.all:
        raise ValueError("method wants at least one method")
    exact = frozenset(criterion.patterns.all)
    folded = frozenset(fold(pattern) for pattern in criterion.patterns.folded) - _KNOWN_METHODS_FOLDED
    if not folded:
        return lambda head, _snapshot: head.method in exact
    return lambda head, _snapshot: head.method in exact or fold(head.method) in folded


_KNOWN_METHODS_FOLDED = frozenset(("options", "get", "head", "post", "put", "delete", "trace", "connect"))


def _source(criterion: Criterion) -> Predicate:
    _no_argument(criterion)
    if criterion.method != "ip":
        raise _bad_method(criterion, ("ip",))
    if not criterion.patterns.all:
        raise ValueError("src wants at least one network")
    # A client sends many requests: 0.1 µs for an address that has been seen, 8 µs for a new one.
    matches = lru_cache(maxsize=4096)(network_matcher(criterion.patterns.all))
    return lambda head, _snapshot: matches(head.peer)


def _usable_servers(criterion: Criterion) -> Predicate:
    backend = criterion.argument
    if not backend:
        raise ValueError("nbsrv wants the name of a backend in parentheses, such as nbsrv(pubsubs)")
    if backend not in criterion.backends:
        close = get_close_matches(backend, criterion.backends, n=1)
        raise ValueError(
            f"nbsrv({backend}): there is no such backend" + (f"; did you mean {close[0]}?" if close else "")
        )
    if criterion.method != "int":
        raise _bad_method(criterion, ("int",))
    matches = integer_matcher(criterion.patterns.all)
    return lambda _head, snapshot: matches(len(snapshot.usable[backend]))


def _no_argument(criterion: Criterion) -> None:
    if criterion.argument:
        raise ValueError(f"{criterion.name}: it takes nothing in parentheses")


def _bad_method(criterion: Criterion, allowed: Collection[str]) -> ValueError:
    if criterion.method in _ALL_METHODS:
        return NotSupportedYet(f"-m {criterion.method} with {criterion.name} is not supported yet")
    return ValueError(f"-m {criterion.method}: there is no such method; {criterion.name} has {', '.join(allowed)}")


_ALL_METHODS = frozenset((*METHODS, "found", "bool", "int", "ip", "bin"))

CRITERIA: Mapping[str, tuple[Callable[[Criterion], Predicate], str]] = MappingProxyType(
    {
        "path": (_text(fetches.path), "str"),
        **{f"path_{method}": (_text(fetches.path), method) for method in METHODS if method != "str"},
        "url_sub": (_text(fetches.url), "sub"),
        "hdr": (_header, "str"),
        **{f"hdr_{method}": (_header, method) for method in METHODS if method != "str"},
        "method": (_method, "str"),
        "src": (_source, "ip"),
        "nbsrv": (_usable_servers, "int"),
    }
)
"""Name, what compiles it, and the method that its name stands for."""
