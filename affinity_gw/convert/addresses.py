"""Addresses as HAProxy reads them (its ``str2sa_range``; manual, sections 4.2 and 5.2), in the spelling of TOML.

The last colon comes before the port, also in an IPv6 address without brackets. What HAProxy refuses raises Problem;
what it reads and the gateway cannot do comes back as ``Unfit``, for whoever leaves it out.
"""

from __future__ import annotations

import os
import re
from ipaddress import ip_address

from affinity_gw.config.addresses import bind_address, server_address
from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word, filled_in
from affinity_gw.convert.sections import spelt

MOST_PORTS = 1024
"""More of them in one range would be a mistake."""

_INET = {"ipv4": 4, "tcp4": 4, "ipv6": 6, "tcp6": 6, "tcp": 0}
_UNIX = {"unix", "uxst"}
_UNFIT = {
    "abns": "abstract sockets have no spelling here",
    "sockpair": "there is no pair of sockets",
    "rhttp": "there is no reverse HTTP",
}
_FAMILY = re.compile(r"(?:stream\+)?([a-z0-9]+)@(.*)", re.DOTALL)
_WILDCARDS = ("0.0.0.0", "[::]")  # noqa: S104 only compared
_PORTS = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)


class Unfit(Exception):  # noqa: N818 it is no fault of the file
    """HAProxy can, and the gateway cannot. ``reason``: a sentence, ``advice``: what to write instead."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def server(word: Word) -> Word:
    """``host:port``, ``[v6]:port`` or ``unix@path``. Raises Problem, Unfit."""
    word = filled_in(word, os.environ)
    family, rest = _family(word)
    if family == "fd":
        raise Problem(f"{word}: a server cannot be reached through a descriptor", 'write "127.0.0.1:9090"')
    if family == "unix":
        return _checked("unix@" + part(word, rest), "unix@" + rest)
    host, port = _server_port(word, rest)
    if host in {"", "*"}:
        return Word(f"{_WILDCARDS[family == '6']}:{port}")
    if host.startswith("[") or ":" not in host:
        _literal_of(family, host.strip("[]"), word)
        return _checked(part(word, rest), rest)
    _literal_of(family, host, word)
    return _checked(spelt(Word(f"[{host}]:{port}")), f"[{host}]:{port}")


def is_name(address: str) -> bool:
    """Whether somebody has to look up where that is. ``address``: what ``server`` returned."""
    host = address.rpartition(":")[0].strip("[]")
    return bool(host) and not address.startswith("unix@") and not _is_ip(host)


def is_wildcard(address: str) -> bool:
    return address.rpartition(":")[0] in _WILDCARDS


def binds(word: Word) -> tuple[list[str], list[Unfit]]:
    """All that one comma separated word says, ranges of ports one by one, and what of it cannot be. Raises Problem."""
    found: list[str] = []
    unfit: list[Unfit] = []
    word = filled_in(word, os.environ)
    parts = word.split(",")
    if parts[-1] == "" and len(parts) > 1:
        parts.pop()  # HAProxy takes a comma at the end
    whole = len(parts) == 1 and not word.endswith(",")
    for each in parts:
        try:
            found += _bind(word if whole else Word(each))
        except Unfit as reason:
            unfit.append(reason)
    return found, unfit


def _bind(word: Word) -> list[str]:
    if not word:
        raise Problem("an address is empty", "is a variable missing?")
    family, rest = _family(word)
    if family in {"fd", "unix"}:
        address = f"{family}@{rest}"
        bind_address(address)
        return [f"{family}@{part(word, rest)}"]
    host, colon, ports = rest.rpartition(":")
    if not colon:
        raise Problem(f'"{word}" has no port', 'write "*:80"')
    first, last = _range(word, ports)
    host = _bind_host(family, host)
    bind_address(f"{host}:{first}")
    if first == last and rest.startswith(f"{host}:"):
        return [part(word, rest)]
    return [f"{host}:{port}" for port in range(first, last + 1)]


def _bind_host(family: str, host: str) -> str:
    if family == "6" and host in {"", "*"}:
        return "[::]"
    return f"[{host}]" if ":" in host and not host.startswith("[") else host or "*"


def _range(word: str, ports: str) -> tuple[int, int]:
    match = _PORTS.fullmatch(ports)
    if match is None:
        raise Problem(f'"{word}": "{ports}" is not a port', "write a number from 1 to 65535")
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= 65535:
        raise Problem(f'"{word}": {ports} is not a port', "ports go from 1 to 65535, and a range upwards")
    if last - first >= MOST_PORTS:
        raise Problem(f'"{word}": {last - first + 1} ports are too many', f"at most {MOST_PORTS}")
    return first, last


def _family(word: str) -> tuple[str, str]:
    """``4``, ``6``, ``unix``, ``fd`` or nothing, and what stands behind it."""
    if word.startswith("/"):
        return "unix", word
    match = _FAMILY.fullmatch(word)
    if match is None:
        return "", word
    kind, rest = match[1], match[2]
    if kind in _INET:
        return str(_INET[kind] or ""), rest
    if kind in _UNIX:
        return "unix", rest
    if kind == "fd":
        return "fd", rest
    if kind in _UNFIT:
        raise Unfit(f"{word}: {_UNFIT[kind]}", "use a port, or a unix socket with a path")
    raise Problem(f'"{word}" is no address of a stream socket', 'write "127.0.0.1:80" or "unix@/path"')


def _server_port(word: str, rest: str) -> tuple[str, int]:
    host, colon, port = rest.rpartition(":")
    if not colon or rest.endswith("]") or port == "0":
        if not rest:
            raise Problem("the address is empty", "is a variable missing?")
        raise Unfit(f"{word} has no port: HAProxy takes the one that the client connected to", "write a port")
    if port[:1] in {"+", "-"}:
        raise Unfit(f"{word}: a port cannot be counted from the client's", "write a port")
    if "-" in port:
        raise Problem(f"{word}: a server has no range of ports", "write one")
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise Problem(f'{word}: "{port}" is not a port', "a number from 1 to 65535")
    return host, int(port)


def _literal_of(family: str, host: str, word: str) -> None:
    """HAProxy looks up what is no address of the family that was asked for, and finds none."""
    if family and _is_ip(host) and str(ip_address(host).version) != family:
        raise Problem(f"{word}: {host} is not an IPv{family} address")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _checked(text: str, meaning: str) -> Word:
    server_address(meaning)
    return Word(meaning, text)


def part(word: str, end: str) -> str:
    """The spelling of the end of a word, with its variables where what goes away held none."""
    gone = word[: len(word) - len(end)]
    whole = spelt(word)
    return whole.removeprefix(gone) if whole.startswith(gone) else spelt(Word(end))
