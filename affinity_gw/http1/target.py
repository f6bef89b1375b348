"""The request-target (RFC 9112 section 3.2) and the authority: taken apart in one place, so that all agree.

A gateway is asked in origin-form or in absolute-form; ``*`` belongs to OPTIONS. To a server only the origin-form is
sent (Wt answers 400 to the absolute one), which is allowed because the authority had to equal Host.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

LONGEST_AUTHORITY = 262
"""A name of at most 255 bytes (RFC 3986 section 3.2.2), a colon, and a port."""

# Host names, and what people put in their place: underscores, percent-escapes. The sub-delims that RFC 3986 also allows
# in a reg-name occur in no host name, and "a,b" is what two merged Host lines look like: refused.
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+)(?::([0-9]{0,5}))?")

_DEFAULT_PORTS = {"http": "80", "https": "443"}


def is_printable(target: str) -> bool:
    """Only ``!`` to ``~``: no blank, no control byte, no 8-bit byte. (What RFC 3986 forbids beyond that, ``|`` or
    ``"``, browsers send and HAProxy passes.)"""
    return target.isascii() and target.isprintable() and " " not in target


def split_absolute(target: str) -> tuple[str, str, str] | None:
    """``("http", "host:port", "/path?query")`` of an absolute-form target, the last one empty where nothing follows the
    authority; None for any other scheme or form."""
    scheme, separator, rest = target.partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _DEFAULT_PORTS:
        return None
    end = min((position for mark in "/?" if (position := rest.find(mark)) >= 0), default=len(rest))
    return scheme, rest[:end], rest[end:]


def origin_form(method: str, target: str) -> str:
    """What is sent to the server. ValueError for a target that has no origin-form or cannot be written."""
    if not is_printable(target) or "#" in target:
        raise ValueError(f"{target!r} cannot be sent as a request-target")
    if target.startswith("/") or target == "*":
        return target
    parts = split_absolute(target)
    if parts is None:
        raise ValueError(f"{target!r} is neither an origin-form nor an absolute-form request-target")
    rest = parts[2]
    if not rest:
        return "*" if method == "OPTIONS" else "/"  # RFC 9112 section 3.2.4
    return rest if rest.startswith("/") else f"/{rest}"


def is_valid_authority(authority: str) -> bool:
    """A host name, IPv4 address or bracketed IPv6 address with an optional port; no user name, never empty."""
    return len(authority) <= LONGEST_AUTHORITY and _is_valid(authority)


@lru_cache(maxsize=1024)
def _is_valid(authority: str) -> bool:
    match = _AUTHORITY.fullmatch(authority)
    if match is None or int(match[2] or 0) > 65535:
        return False
    return not match[1].startswith("[") or _is_ipv6(match[1][1:-1])


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def same_authority(scheme: str, one: str, other: str) -> bool:
    """Whether two valid authorities name the same place: case and the scheme's default port make no difference."""
    return _normal(scheme, one) == _normal(scheme, other)


def _normal(scheme: str, authority: str) -> str:
    authority = authority.lower()
    for port in (f":{_DEFAULT_PORTS[scheme]}", ":"):
        if authority.endswith(port):
            return authority[: -len(port)]
    return authority
