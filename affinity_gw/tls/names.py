"""Which name a certificate stands for: the exact one, or a wildcard in the place of one first label (RFC 6125 section
6.4.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, TypeVar

T = TypeVar("T")


def find(by_name: Mapping[str, T], asked: str) -> T | None:
    """What stands under a host's name, in any case: exactly, else under the wildcard for its first label."""
    name = asked.lower().rstrip(".")
    return by_name.get(name) or by_name.get(f"*.{name.partition('.')[2]}")


def is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_possible(name: str) -> bool:
    """Whether the event loop can tell it to a server; clients write anything into a Host."""
    try:
        name.encode("idna")
    except UnicodeError:  # an empty label, one beyond 63 characters
        return False
    return not name.startswith(".") and "\0" not in name


def has_name(certificate: Mapping[str, Any], name: str) -> bool:
    """Whether a peer's certificate, as ``SSLSocket.getpeercert`` gives it, is for a host name or an address."""
    alternative = certificate.get("subjectAltName", ())
    if is_address(name):
        wanted = ip_address(name)
        return any(
            kind == "IP Address" and is_address(each) and ip_address(each) == wanted for kind, each in alternative
        )
    return find({each.lower(): True for kind, each in alternative if kind == "DNS"}, name) is not None
