"""What of a request is hashed, byte for byte as HAProxy takes it (``get_server_sh``, ``_uh``, ``_ph``, ``_hh``).

Everything is raw: nothing is percent-decoded, names of parameters are exact, a port is part of a host. A key may be
empty, which is a key like any other (``?id=`` of ``url_param id``); None is a request that has none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address

from multidict import istr

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.balancewords import Balance
from affinity_gw.routing.fields import split_list

Key = Callable[[RequestHead], bytes | None]


def key(balance: Balance) -> Key:
    """The key of a balance that hashes bytes: ``uri``, ``hdr`` or ``url_param``."""
    if balance.name == "uri":
        return _uri(balance)
    return _header(balance) if balance.name == "hdr" else _parameter(balance)


@lru_cache(maxsize=4096)
def source(address: str) -> int | None:
    """An address as a number: an IPv4 one as it is, of an IPv6 one its four words xored; None for none."""
    try:
        packed = ip_address(address.partition("%")[0]).packed
    except ValueError:
        return None
    number = 0
    for start in range(0, len(packed), 4):
        number ^= int.from_bytes(packed[start : start + 4], "big")
    return number


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _uri(balance: Balance) -> Key:
    """The request-target as received, the scheme and authority of the absolute form included, up to the query."""
    length, depth = balance.length or None, balance.depth

    def key(head: RequestHead) -> bytes:
        uri = _path_and_query(head) if balance.path_only else head.target
        uri = uri[:length]
        if not balance.whole:
            uri = uri.partition("?")[0]
        if depth:
            uri = "/".join(uri.split("/", depth + 1)[: depth + 1])
        return _raw(uri)

    return key


def _path_and_query(head: RequestHead) -> str:
    """What follows the authority; an absolute form that ends with it has none, and neither has ``*``."""
    target = head.target
    if target.startswith("/"):
        return target
    slash = target.find("/", target.find("://") + 3)
    return target[slash:] if slash >= 0 else ""


def _header(balance: Balance) -> Key:
    """The first value of the first such header; empty counts as missing."""
    name = istr(balance.field)

    def key(head: RequestHead) -> bytes | None:
        line = head.headers.get(name)
        value = _raw(split_list(line)[0]) if line else b""
        if not value:
            return None
        return _domain(value) if balance.domain_only else value

    return key


def _domain(value: bytes) -> bytes:
    """``example`` of ``www.example.com:80``: what stands before the last dot, from the dot before that on."""
    last = value.rfind(b".", 1)
    if last < 0:
        return value
    return value[value.rfind(b".", 0, last - 1) + 1 : last]  # HAProxy overlooks a dot right before the last one


def _parameter(balance: Balance) -> Key:
    prefix = f"{balance.field}="

    def key(head: RequestHead) -> bytes | None:
        _, mark, query = head.target.partition("?")
        if mark:
            for pair in query.split("&"):
                if pair.startswith(prefix):
                    return _raw(pair[len(prefix) :])
        return None

    return key
