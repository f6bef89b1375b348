"""Addresses and networks: how conditions compare them.

An IPv4 address and its forms inside IPv6 (mapped ``::ffff:a.b.c.d``, compatible ``::a.b.c.d``, 6to4 ``2002::``) are the
same for a pattern of either family, as in HAProxy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

from affinity_gw.http1.forwarded import Network

Address = IPv4Address | IPv6Address

_DOTTED = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)")


@lru_cache(maxsize=4096)  # a client sends many requests: 0.1 µs for an address that has been seen, 4 µs for a new one
def known_address(text: str) -> Address | None:
    """The address of a socket's end; None for what is none, as the empty peer of a unix socket."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def address_in(text: str) -> Address | None:
    """The address that a string is. A dotted IPv4 address ends where its digits end, so that a port or anything else
    may follow; an IPv6 one is the whole string (HAProxy's cast of a string to an address)."""
    dotted = _DOTTED.match(text)
    if dotted is not None:
        parts = [int(part) for part in dotted.groups()]
        follows = text[dotted.end() : dotted.end() + 1]
        return IPv4Address(bytes(parts)) if max(parts) < 256 and follows != "." else None
    return _ipv6(text)


def header_address(text: str) -> Address | None:
    """The address in a header: alone, or an IPv4 one with a port (HAProxy's ``hdr_ip``)."""
    dotted = _DOTTED.match(text)
    if dotted is None:
        return _ipv6(text)
    rest = text[dotted.end() :]
    if rest and not (re.fullmatch(r":[0-9]{1,5}", rest) and int(rest[1:]) < 65536):
        return None
    return address_in(text)


def _ipv6(text: str) -> IPv6Address | None:
    try:
        return IPv6Address(text) if "%" not in text else None
    except ValueError:
        return None


def address_text(address: Address) -> str:
    """As inet_ntop writes it: an IPv4 address inside an IPv6 one stays dotted."""
    if isinstance(address, IPv6Address):
        number = int(address)
        if number >> 32 in {0, 0xFFFF} and number > 0xFFFF:
            return f"::{'ffff:' if number >> 32 else ''}{IPv4Address(number & 0xFFFFFFFF)}"
    return str(address)


def network_matcher(patterns: Sequence[str]) -> Callable[[Address], bool]:
    """Whether an address lies in one of the networks. ValueError for a bad network."""
    networks = [_network(pattern) for pattern in patterns]

    def matches(address: Address) -> bool:
        return any(form in network for form in _forms(address) for network in networks)

    return matches


def _network(pattern: str) -> Network:
    try:
        network = ip_network(pattern, strict=False)
    except ValueError:
        raise ValueError(f"{pattern!r} is no address and no network such as 192.168.0.0/16") from None
    mask = pattern.partition("/")[2]
    if isinstance(network, IPv4Network) and "." in mask and str(network.netmask) != mask:
        raise ValueError(f"{pattern!r} has a mask with holes; write the networks one by one")
    return network


def _forms(address: Address) -> Sequence[Address]:
    if isinstance(address, IPv4Address):
        return address, IPv6Address(f"::ffff:{address}")
    inside = ipv4_in(address)
    return (address,) if inside is None else (address, inside)


def ipv4_in(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    number = int(address)
    return IPv4Address(number & 0xFFFFFFFF) if number >> 32 in {0, 0xFFFF} else address.sixtofour
