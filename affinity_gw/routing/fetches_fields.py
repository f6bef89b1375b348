"""What the fields of a head and the parameters of a query give: all that has a name and may occur several times.

A condition looks at every value; a format takes the last one of a header or a cookie, the first one of a parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from affinity_gw.routing import fields
from affinity_gw.routing.networks import header_address
from affinity_gw.routing.ranges import header_number
from affinity_gw.routing.samples import Arguments, Fetch, Sample, Whence

_Take = Callable[[Any], Sequence[Any]]
_Convert = Callable[[str], Any]


def _several(values: _Take, *, last: bool, convert: _Convert | None = None) -> Sample:
    index = -1 if last else 0
    every = _converted(values, convert) if convert else values

    def one(head: object, _snapshot: object) -> object:
        found = values(head)
        if not found:
            return None
        return convert(found[index]) if convert else found[index]

    return Sample(one, lambda head, _snapshot: every(head))


def _converted(values: _Take, convert: _Convert) -> _Take:
    return lambda head: [value for text in values(head) if (value := convert(text)) is not None]


def _header(arguments: Arguments, values: Callable[[str], fields.Values], convert: _Convert | None = None) -> Sample:
    arguments.at_most(2)
    taken, number = values(_name(arguments)), _occurrence(arguments)
    return _several(fields.occurrence(taken, number) if number else taken, last=True, convert=convert)


def _name(arguments: Arguments) -> str:
    name = arguments.word(0).strip()
    if not name:
        raise ValueError(f"{arguments} wants the name of a header in parentheses, such as {arguments.name}(host)")
    return name


def _occurrence(arguments: Arguments) -> int:
    try:
        number = int(arguments.word(1) or 0)
    except ValueError:
        number = -fields.OLDEST - 1
    if number < -fields.OLDEST:
        known = f"1 the first, -1 the last, -{fields.OLDEST} the oldest that is remembered"
        raise ValueError(f"{arguments}: after the comma stands which occurrence it is, {known}")
    return number


def _header_count(arguments: Arguments, values: Callable[[str], fields.Values]) -> Sample:
    arguments.at_most(1)
    taken = values(_name(arguments))
    return Sample(lambda head, _snapshot: len(taken(head)))


def _cookie(arguments: Arguments, answer: bool, convert: _Convert | None = None) -> Sample:
    arguments.at_most(1)
    values = fields.cookie_values(arguments.word(0), answer=answer)
    return _several(values, last=bool(arguments.word(0)), convert=convert)


def _cookie_in(arguments: Arguments) -> Sample:
    return _cookie(arguments, bool(arguments.place.answer))


def _cookie_count(arguments: Arguments, answer: bool) -> Sample:
    arguments.at_most(1)
    values = fields.cookie_values(arguments.word(0), answer=answer)
    return Sample(lambda head, _snapshot: len(values(head)))


def _parameter(arguments: Arguments, convert: _Convert | None = None) -> Sample:
    arguments.at_most(2)
    values = fields.parameter_values(arguments.word(0), (arguments.word(1) or "?")[0])
    return _several(values, last=False, convert=convert)


def _headers(prefix: str, whence: Whence) -> dict[str, Fetch]:
    parts = fields.header_values
    return {
        f"{prefix}hdr": Fetch("string", whence, partial(_header, values=parts)),
        f"{prefix}hdr_cnt": Fetch("integer", whence, partial(_header_count, values=parts)),
        f"{prefix}hdr_val": Fetch("integer", whence, partial(_header, values=parts, convert=header_number)),
        f"{prefix}hdr_ip": Fetch("address", whence, partial(_header, values=parts, convert=header_address)),
    }


def _whole_lines(prefix: str, whence: Whence) -> dict[str, Fetch]:
    return {
        f"{prefix}fhdr": Fetch("string", whence, partial(_header, values=fields.header_lines)),
        f"{prefix}fhdr_cnt": Fetch("integer", whence, partial(_header_count, values=fields.header_lines)),
    }


def _cookies(prefix: str, whence: Whence) -> dict[str, Fetch]:
    answer = whence == "answer"
    return {
        f"{prefix}cook": Fetch("string", whence, partial(_cookie, answer=answer)),
        f"{prefix}cook_cnt": Fetch("integer", whence, partial(_cookie_count, answer=answer)),
        f"{prefix}cook_val": Fetch("integer", whence, partial(_cookie, answer=answer, convert=header_number)),
    }


FIELDS: Mapping[str, Fetch] = MappingProxyType(
    {
        **_headers("", "request"),
        **_headers("req.", "request"),
        **_headers("res.", "answer"),
        **_headers("s", "answer"),
        **_whole_lines("req.", "request"),
        **_whole_lines("res.", "answer"),
        **_cookies("", "request"),
        **_cookies("req.", "request"),
        **_cookies("res.", "answer"),
        **_cookies("s", "answer"),
        "hdr": Fetch("string", "both", partial(_header, values=fields.header_values)),
        "cookie": Fetch("string", "both", _cookie_in),
        "urlp": Fetch("string", "request", _parameter),
        "url_param": Fetch("string", "request", _parameter),
        "urlp_val": Fetch("integer", "request", partial(_parameter, convert=header_number)),
    }
)
