"""Formats: text with ``%[expression]`` in it, and with HAProxy's short names such as ``%ci``; ``%%`` is a percent sign.

What is missing in a request leaves nothing behind. Of a header that occurs several times the last value is written, of
a parameter the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.casts import cast
from affinity_gw.routing.converters import compile_expression
from affinity_gw.routing.expressions import parse_calls
from affinity_gw.routing.fetches_line import path
from affinity_gw.routing.not_yet import ALIASES as LATER
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Fetch, Get, Place, Sample, compile_fetch
from affinity_gw.routing.snapshot import Snapshot

Format = Callable[[Any, Snapshot], str]
"""Called with the RequestHead, or with the Exchanged where an answer is looked at."""

_PIECE = re.compile(
    r"""(?P<plain>[^%]+)
      | %%(?P<percent>)
      | %(?:\{(?P<flags>[^}]*)\})?(?:(?P<open>\[)|(?P<alias>[A-Za-z][A-Za-z0-9]*))""",
    re.VERBOSE,
)

_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "ci": "src",
        "cp": "src_port",
        "fi": "dst",
        "fp": "dst_port",
        "f": "fe_name",
        "b": "be_name",
        "ST": "status",
    }
)


def _logged(take: Callable[[RequestHead], str]) -> Fetch:
    """What the log keeps of a request, until its answer has come too."""
    return Fetch("string", "connection", lambda _arguments: Sample(lambda head, _snapshot: take(head)))


_LOGGED: Mapping[str, Fetch] = MappingProxyType(
    {
        "HM": _logged(lambda head: head.method),
        "HU": _logged(lambda head: head.target),
        "HP": _logged(lambda head: head.target.partition("?")[0]),
        "HPO": _logged(lambda head: path(head) or ""),
        "HQ": _logged(lambda head: "".join(head.target.partition("?")[1:])),
        "HV": _logged(lambda head: f"HTTP/1.{head.minor}"),
    }
)


def compile_format(
    text: str,
    *,
    backends: Collection[str],
    backend: str | None = None,
    frontend: str | None = None,
    userlists: Collection[str] = (),
    response: bool = False,
) -> str | Format:
    """A string where nothing in it depends on what it is called with, else what writes it. ``backends`` as for a
    condition; ``response``: it is called with an Exchanged.

    ValueError says in a sentence what is wrong; ``NotSupportedYet`` is one for what HAProxy has and we do not yet.
    """
    if "%" not in text:
        return text
    pieces = _pieces(text, Place(backends, backend, frontend, answer=response, userlists=userlists))
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(map(str, pieces))
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return pieces[0]
    writers = [_fixed(piece) if isinstance(piece, str) else piece for piece in pieces]
    return lambda source, snapshot: "".join([write(source, snapshot) for write in writers])


def _fixed(text: str) -> Format:
    return lambda _source, _snapshot: text


def _pieces(text: str, place: Place) -> list[str | Format]:
    pieces: list[str | Format] = []
    position = 0
    while position < len(text):
        piece = _PIECE.match(text, position)
        if piece is None:
            raise ValueError(f"a percent sign in {text!r} stands alone; write %% for one")
        position = piece.end()
        if piece["flags"]:
            raise NotSupportedYet(f"a format with flags (%{{{piece['flags']}}}) is not supported yet")
        if piece["open"]:
            writer, position = _expression(text, position, place)
            pieces.append(writer)
        elif piece["alias"]:
            pieces.append(_alias(piece["alias"], place))
        else:
            pieces.append(piece["plain"] or "%")
    return pieces


def _expression(text: str, position: int, place: Place) -> tuple[Format, int]:
    calls, end = parse_calls(text, position)
    if text[end : end + 1] != "]" or text[end - 1] == ",":
        raise ValueError(f"a closing bracket is missing after %[{text[position:end]}")
    kind, sample = compile_expression(calls, place)
    if sample.text is not None:
        return _written(sample.text), end + 1
    try:
        way = cast(kind, "string")
    except ValueError as error:
        raise ValueError(f"%[{text[position:end]}] cannot be written: {error}") from None
    return _written(sample.one if way is None else _then(sample.one, way)), end + 1


def _then(get: Get, way: Callable[[Any], Any]) -> Get:
    return lambda source, snapshot: None if (value := get(source, snapshot)) is None else way(value)


def _written(get: Get) -> Format:
    return lambda source, snapshot: get(source, snapshot) or ""


def _alias(name: str, place: Place) -> Format:
    if name in LATER:
        raise NotSupportedYet(f"%{name} is not supported yet")
    if name in _LOGGED:
        return _written(compile_fetch(_LOGGED, name, (), place)[1].one)
    if name not in _ALIASES:
        raise ValueError(f"%{name} is no name that can be written; a percent sign itself is %%")
    try:
        return _expression(f"{_ALIASES[name]}]", 0, place)[0]
    except ValueError as error:
        raise ValueError(f"%{name}: {error}") from None
