"""How a value of one kind becomes one of another, where HAProxy knows a way. Bytes are strings, as in a head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from types import MappingProxyType
from typing import Any

from affinity_gw.routing.networks import Address, address_in, address_text
from affinity_gw.routing.ranges import number_in
from affinity_gw.routing.samples import Kind

Cast = Callable[[Any], Any]
"""The value, or None where this one cannot become one."""


def _same(value: object) -> object:
    return value


def _integer_address(number: int) -> IPv4Address:
    return IPv4Address(number & 0xFFFFFFFF)


def _integer_bytes(number: int) -> str:
    return (number % 2**64).to_bytes(8, "big").decode("utf-8", "surrogateescape")


def _address_bytes(address: Address) -> str:
    return address.packed.decode("utf-8", "surrogateescape")


def _address_integer(address: Address) -> int | None:
    return int(address) if isinstance(address, IPv4Address) else None


_CASTS: Mapping[tuple[Kind, Kind], Cast] = MappingProxyType(
    {
        ("string", "integer"): number_in,
        ("string", "boolean"): number_in,
        ("string", "address"): address_in,
        ("string", "binary"): _same,
        ("integer", "string"): str,
        ("integer", "boolean"): _same,
        ("integer", "address"): _integer_address,
        ("integer", "binary"): _integer_bytes,
        ("boolean", "string"): str,
        ("boolean", "integer"): _same,
        ("address", "string"): address_text,
        ("address", "integer"): _address_integer,
        ("address", "binary"): _address_bytes,
        ("method", "string"): _same,
        ("method", "binary"): _same,
        ("binary", "string"): _same,
    }
)


def cast(kind: Kind, wanted: Kind) -> Cast | None:
    """The way from one kind to another, None where there is nothing to do. ValueError where there is no way."""
    if kind == wanted:
        return None
    if (kind, wanted) not in _CASTS:
        raise ValueError(f"{_WITH_ARTICLE[kind]} cannot be taken for {_WITH_ARTICLE[wanted]}")
    way = _CASTS[kind, wanted]
    return None if way is _same else way


_WITH_ARTICLE: Mapping[Kind, str] = MappingProxyType(
    {
        "string": "a string",
        "integer": "a number",
        "boolean": "a yes or no",
        "address": "an address",
        "method": "a method",
        "binary": "bytes",
    }
)
