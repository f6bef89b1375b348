"""Samples: what an expression takes out of a request or an answer, and of what kind it is.

A ``Fetch`` is an entry of a table: the kind of what it takes, whence it takes it, and a function that compiles one
occurrence of it to a ``Sample``. A sample is called with what is looked at and the snapshot: with the request's head
where a request is looked at, with an ``Exchanged`` where an answer is. Which of the two is settled here, once, so that
no fetch has to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from affinity_gw.routing.networks import Address
from affinity_gw.routing.not_yet import FETCHES as LATER
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.snapshot import Snapshot

Kind = Literal["string", "integer", "boolean", "address", "method", "binary"]
Value = str | int | Address

Get = Callable[[Any, Snapshot], Any]
"""From a RequestHead, a ResponseHead or an Exchanged (see ``Whence``) to a Value or None. Any: one table holds all."""

Whence = Literal["request", "answer", "both", "connection"]
"""``both``: the head that is looked at; ``connection``: also there while an answer is looked at."""


class Sample(NamedTuple):
    """``one`` takes the one value, None where there is none. ``every`` takes all where there may be several: a
    condition holds where it holds for one of them. ``text``: the one value as a string, where that is cheaper than to
    make it."""

    one: Get
    every: Callable[[Any, Snapshot], Iterable[Any]] | None = None
    text: Get | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands. ``backends``: all names, best a mapping to the names of their servers; ``backend``
    and ``frontend``: the section's own name, where it is one; ``answer``: whether it looks at answers, None where that
    is not known: such a one can be checked, not called. ``userlists``: all names."""

    backends: Collection[str]
    backend: str | None = None
    frontend: str | None = None
    answer: bool | None = False
    userlists: Collection[str] = ()


class Arguments(NamedTuple):
    """What stands in parentheses after ``name``."""

    name: str
    words: Sequence[str]
    place: Place

    def __str__(self) -> str:
        return f"{self.name}({','.join(self.words)})" if self.words else self.name

    def at_most(self, number: int) -> None:
        if len(self.words) > max(number, 1) or (not number and self.word(0)):
            much = f"at most {number} words" if number else "nothing"
            raise ValueError(f"{self}: it takes {much} in parentheses")

    def word(self, index: int) -> str:
        """Empty where it is not there."""
        return self.words[index] if index < len(self.words) else ""

    def number(self, index: int) -> int:
        try:
            return int(self.word(index))
        except ValueError:
            raise ValueError(f"{self}: {self.word(index)!r} is no number") from None

    def backend(self) -> str:
        """The backend that is named, or the section's own."""
        self.at_most(1)
        backend = self.word(0) or self.place.backend
        if not backend:
            raise ValueError(f"{self.name} wants the name of a backend in parentheses, such as {self.name}(pubsubs)")
        return self.known(backend, self.place.backends, "backend")

    def known(self, name: str, names: Collection[str], what: str) -> str:
        if name not in names:
            close = get_close_matches(name, names, n=1)
            advice = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"{self}: there is no such {what}{advice}")
        return name


class Fetch(NamedTuple):
    kind: Kind
    whence: Whence
    build: Callable[[Arguments], Sample]


def compile_fetch(fetches: Mapping[str, Fetch], name: str, words: Sequence[str], place: Place) -> tuple[Kind, Sample]:
    """A fetch with its arguments, at its place. ValueError for one that nobody knows or that is not there."""
    if name not in fetches:
        raise unknown(name, fetches)
    fetch = fetches[name]
    if place.answer is False and fetch.whence == "answer":
        raise ValueError(f"{name} looks at an answer; here is only a request")
    if place.answer and fetch.whence == "request":
        raise ValueError(
            f"{name} looks at a request, which is gone when the answer comes; use it in a rule for requests"
        )
    sample = fetch.build(Arguments(name, words, place))
    return fetch.kind, _of_exchange(sample, fetch.whence) if place.answer else sample


def unknown(name: str, known: Collection[str]) -> ValueError:
    """For a name that is not in ``known``: what HAProxy has is told apart from what nobody knows."""
    if name in LATER:
        return NotSupportedYet(f"the criterion {name} is not supported yet")
    close = get_close_matches(name, known, n=1)
    advice = f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(known))}"
    return ValueError(f"the criterion {name} is unknown; {advice}")


def _of_exchange(sample: Sample, whence: Whence) -> Sample:
    """The same sample, called with an Exchanged."""
    part = _request if whence == "connection" else _answer
    every, text = (None if get is None else part(get) for get in sample[1:])
    return Sample(part(sample.one), every, text)


def _request(get: Get) -> Get:
    return lambda exchanged, snapshot: get(exchanged.request, snapshot)


def _answer(get: Get) -> Get:
    return lambda exchanged, snapshot: get(exchanged.response, snapshot)
