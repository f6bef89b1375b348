"""Converters: what is made of a value before it is compared or written. ``compile_expression`` puts the steps together.

Before each step the value is cast to the kind that the converter takes; a value that cannot be is none at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv6Address, ip_network
from operator import add, mul, sub
from types import MappingProxyType
from typing import Any, NamedTuple

from affinity_gw.routing import converters_text as text
from affinity_gw.routing.casts import Cast, cast
from affinity_gw.routing.expressions import Call
from affinity_gw.routing.fetches import FETCHES
from affinity_gw.routing.matching import length
from affinity_gw.routing.networks import Address, ipv4_in
from affinity_gw.routing.not_yet import CONVERTERS as LATER
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Arguments, Get, Kind, Place, Sample, compile_fetch


class Converter(NamedTuple):
    """``takes`` and ``gives`` kinds; ``least`` and ``most`` words in parentheses."""

    takes: Kind
    gives: Kind
    least: int
    most: int
    build: Callable[[Arguments], Cast]


def compile_expression(calls: Sequence[Call], place: Place) -> tuple[Kind, Sample]:
    """The kind of what an expression gives, and the sample. ValueError in a sentence for what is wrong with it."""
    kind, sample = compile_fetch(FETCHES, calls[0].name, calls[0].arguments, place)
    for call in calls[1:]:
        converter = _converter(call.name)
        arguments = Arguments(call.name, call.arguments, place)
        if not converter.least <= len(call.arguments) <= max(converter.most, 1):
            raise ValueError(f"{call}: it takes {_count(converter)} in parentheses")
        arguments.at_most(converter.most)
        steps = [way for way in (_way(call, kind, converter.takes), converter.build(arguments)) if way is not None]
        for step in steps:
            sample = _then(sample, step)
        kind = converter.gives
    return kind, sample


def _converter(name: str) -> Converter:
    if name in LATER:
        raise NotSupportedYet(f"the converter {name} is not supported yet")
    if name not in CONVERTERS:
        close = get_close_matches(name, CONVERTERS, n=1)
        advice = f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(CONVERTERS))}"
        raise ValueError(f"the converter {name} is unknown; {advice}")
    return CONVERTERS[name]


def _count(converter: Converter) -> str:
    if converter.least == converter.most:
        return f"{converter.least} words" if converter.most else "nothing"
    return f"{converter.least} to {converter.most} words"


def _way(call: Call, kind: Kind, takes: Kind) -> Cast | None:
    try:
        return cast(kind, takes)
    except ValueError as error:
        raise ValueError(f"the converter {call.name} cannot be applied: {error}") from None


def _then(sample: Sample, convert: Cast) -> Sample:
    """The sample with one more step."""
    return Sample(_one(sample.one, convert), _every(sample.every, convert) if sample.every is not None else None)


def _one(get: Get, convert: Cast) -> Get:
    return lambda source, snapshot: None if (value := get(source, snapshot)) is None else convert(value)


def _every(every: Callable[[Any, Any], Iterable[Any]], convert: Cast) -> Callable[[Any, Any], Iterable[Any]]:
    """As HAProxy: the first value that cannot be converted is the last one that is looked at."""

    def values(source: object, snapshot: object) -> Iterator[object]:
        for value in every(source, snapshot):
            made = convert(value)
            if made is None:
                return
            yield made

    return values


_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def _calculate(operation: Callable[[int, int], int]) -> Callable[[Arguments], Cast]:
    """With a number; results stay within 64 bits."""

    def build(arguments: Arguments) -> Cast:
        number = arguments.number(0)
        return lambda value: max(_SMALLEST, min(_LARGEST, operation(value, number)))

    return build


def _quotient(value: int, divisor: int) -> int:
    """Towards zero; by nothing it is the largest number there is."""
    if not divisor:
        return _LARGEST
    return -(-value // divisor) if (value < 0) != (divisor < 0) else value // divisor


def _rest(value: int, divisor: int) -> int:
    return value - divisor * _quotient(value, divisor) if divisor else 0


def _if_else(arguments: Arguments) -> Cast:
    yes, no = arguments.word(0), arguments.word(1)
    return lambda value: yes if value else no


def _mask(arguments: Arguments) -> Cast:
    """The network of an IPv4 address, inside an IPv6 one too; the second word is the mask of other IPv6 addresses."""
    four = ip_network(f"0.0.0.0/{arguments.word(0)}").prefixlen
    six = ip_network(f"::/{arguments.word(1)}").prefixlen if arguments.word(1) else None

    def convert(address: Address) -> Address | None:
        if isinstance(address, IPv6Address):
            address = ipv4_in(address) or address
        bits = four if isinstance(address, IPv4Address) else six
        return None if bits is None else ip_network((address, bits), strict=False).network_address

    return convert


def _plain(convert: Cast) -> Callable[[Arguments], Cast]:
    return lambda _arguments: convert


CONVERTERS: Mapping[str, Converter] = MappingProxyType(
    {
        "lower": Converter("string", "string", 0, 0, text.lower),
        "upper": Converter("string", "string", 0, 0, text.upper),
        "field": Converter("string", "string", 2, 3, text.field),
        "word": Converter("string", "string", 2, 3, text.word),
        "regsub": Converter("string", "string", 2, 3, text.substitute),
        "url_dec": Converter("string", "string", 0, 1, text.url_decode),
        "url_enc": Converter("string", "string", 0, 1, text.url_encode),
        "ltrim": Converter("string", "string", 1, 1, text.left_trim),
        "rtrim": Converter("string", "string", 1, 1, text.right_trim),
        "concat": Converter("string", "string", 1, 3, text.concat),
        "cut_crlf": Converter("string", "string", 0, 0, text.cut_line),
        "length": Converter("string", "integer", 0, 0, _plain(length)),
        "b64dec": Converter("string", "binary", 0, 0, text.base64_decode),
        "base64": Converter("binary", "string", 0, 0, text.base64),
        "hex": Converter("binary", "string", 0, 0, text.hexadecimal),
        "bytes": Converter("binary", "binary", 1, 2, text.part),
        "ipmask": Converter("address", "address", 1, 2, _mask),
        "iif": Converter("boolean", "string", 2, 2, _if_else),
        "bool": Converter("integer", "boolean", 0, 0, _plain(lambda value: int(value != 0))),
        "not": Converter("integer", "boolean", 0, 0, _plain(lambda value: int(value == 0))),
        "odd": Converter("integer", "boolean", 0, 0, _plain(lambda value: value & 1)),
        "even": Converter("integer", "boolean", 0, 0, _plain(lambda value: 1 - (value & 1))),
        "neg": Converter("integer", "integer", 0, 0, _plain(lambda value: -value)),
        "add": Converter("integer", "integer", 1, 1, _calculate(add)),
        "sub": Converter("integer", "integer", 1, 1, _calculate(sub)),
        "mul": Converter("integer", "integer", 1, 1, _calculate(mul)),
        "div": Converter("integer", "integer", 1, 1, _calculate(_quotient)),
        "mod": Converter("integer", "integer", 1, 1, _calculate(_rest)),
    }
)
