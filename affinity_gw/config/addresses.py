"""Where to listen, where to connect, whom to trust: addresses as an operator writes them.

The spelling is HAProxy's (its manual, section 11): ``host:port``, ``[v6]:port``, ``*:port``, ``:port``, ``unix@path``,
``fd@number``. Paths stay as written; ``build`` takes them relative to the file.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.config.values import shown, text
from affinity_gw.http1.forwarded import Network
from affinity_gw.routing.address import Address

UNIX_PATH_BYTES = 107
"""What fits into sun_path (unix(7)) with its closing NUL."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
_BIND_FORMS = 'write "0.0.0.0:80", "[::]:80", "*:80", "unix@/path" or "fd@3"'
_SERVER_FORMS = 'write "127.0.0.1:9090", "[::1]:9090" or "unix@/path"'


def bind_address(value: Any) -> Address:
    """Where a frontend listens. Port 0 is any free one."""
    special = _special(text(value))
    if special is not None:
        return special
    host, port = _split(value, _BIND_FORMS)
    return Address(host="0.0.0.0" if host in {"", "*"} else _host(host), port=_port(port, 0))  # noqa: S104 the operator asked for it


def server_address(value: Any) -> Address:
    """Where a server is reached."""
    special = _special(text(value))
    if special is not None and special.fd is not None:
        raise Problem(f"{shown(value)}: a server cannot be reached through a descriptor", _SERVER_FORMS)
    if special is not None:
        return special
    host, port = _split(value, _SERVER_FORMS)
    if host in {"", "*"}:
        raise Problem(f"{shown(value)} does not say which host", _SERVER_FORMS)
    return Address(host=_host(host), port=_port(port, 1))


def network(value: Any) -> Network:
    """``192.168.0.0/16``, or one address. Bits beyond the prefix do not matter, as in HAProxy."""
    try:
        return ip_network(text(value), strict=False)
    except ValueError:
        raise Problem(f"{shown(value)} is not a network", 'write "10.0.0.0/8", "192.168.1.7" or "fd00::/8"') from None


def _special(value: str) -> Address | None:
    if value.startswith("unix@"):
        path = value.removeprefix("unix@")
        if not path or "\0" in path or len(path.encode()) > UNIX_PATH_BYTES:
            raise Problem(f"{shown(value)} is not the path of a unix socket", f"1 to {UNIX_PATH_BYTES} bytes fit")
        return Address(path=path)
    if value.startswith("fd@"):
        number = value.removeprefix("fd@")
        if not re.fullmatch(r"\d{1,6}", number, re.ASCII):
            raise Problem(f"{shown(value)} is not a descriptor", 'write "fd@3"')
        return Address(fd=int(number))
    return None


def _split(value: str, forms: str) -> tuple[str, str]:
    host, colon, port = value.rpartition(":")
    if not colon:
        what = "has no host" if value.isdecimal() else "has no port"
        raise Problem(f"{shown(value)} {what}", forms)
    if host.startswith("[") and host.endswith("]"):
        return _v6(host[1:-1], value), port
    if ":" in host:
        raise Problem(
            f"{shown(value)} is not an address",
            f'an IPv6 address stands in brackets, as in "[{host.strip("[]")}]:80"',
        )
    return host, port


def _v6(host: str, value: str) -> str:
    try:
        # A scope ("fe80::1%eth0") is part of the address (RFC 4007 section 11).
        return str(ip_address(host))
    except ValueError:
        raise Problem(f"{shown(value)}: {host} is not an IPv6 address") from None


def _host(host: str) -> str:
    if ":" in host:
        return host
    numeric = not host.strip("0123456789.")
    try:
        if numeric:
            return str(ip_address(host))
    except ValueError:
        raise Problem(f"{host} is not an IPv4 address", "four numbers from 0 to 255") from None
    if not _HOST.fullmatch(host):
        raise Problem(f"{shown(host)} is not the name of a host")
    return host


def _port(port: str, low: int) -> int:
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or not low <= int(port) <= 65535:
        raise Problem(f"{shown(port)} is not a port", f"a number from {low} to 65535")
    return int(port)
