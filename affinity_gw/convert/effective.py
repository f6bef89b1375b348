"""What a section amounts to once everything that it said, and inherited, is put together: the keys of TOML.

HAProxy's defaults are written out, because ours differ. A key's line is that of the directive which decided it; what
is a default has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

from affinity_gw.config.mode import HTTP_ONLY, HTTP_ONLY_TIMEOUTS
from affinity_gw.config.scan import Path as Keys
from affinity_gw.config.values import duration
from affinity_gw.convert.sections import Said, Section, Side

NONE = "none"


class Key(NamedTuple):
    """One key of TOML: whose it is (None: both sides'), where it stands, its value and its line."""

    side: Side | None
    path: Keys
    value: Any
    line: int | None


def keys(section: Section) -> Iterator[Key]:
    """Everything that a section's ``say`` words amount to, HAProxy's defaults included; in mode tcp nothing of what
    needs HTTP."""
    raw = section.value("mode", "tcp") == "tcp"
    return (key for key in _keys(section) if not (raw and _needs_http(key)))


def _needs_http(key: Key) -> bool:
    return key.path[0] in HTTP_ONLY or (key.path[0] == "timeout" and key.path[1] in HTTP_ONLY_TIMEOUTS)


def _keys(section: Section) -> Iterator[Key]:
    yield _plain(section, None, "mode", "tcp")
    yield from _timeouts(section)
    yield _plain(section, None, "connection", "keep-alive")
    yield from _forwarding(section)
    for word, default in FRONTEND_KEYS.items():
        yield _plain(section, "frontend", word, default)
    for word, default in BACKEND_KEYS.items():
        key = _plain(section, "backend", word, default)
        yield key._replace(value=default) if word == "balance" and _reads_requests(section) else key
    yield from _errorfiles(section)
    yield from _checks(section)
    if (cookie := section.find("affinity cookie")) is not None:
        # Mode tcp has no cookies: HAProxy ignores the line with a warning.
        raw = section.value("mode", "tcp") == "tcp"
        yield Key("backend", ("affinity",), [] if raw else [cookie.value], cookie.line)


FRONTEND_KEYS: dict[str, Any] = {
    "log": False,
    "log_format": "connect",
    "dontlognull": False,
    "dontlog_normal": False,
    "log_separate_errors": False,
    "min_body_rate": 0,
    "maxconn": None,
    "monitor_uri": None,
}
"""With HAProxy's default; None: there is no such key unless it was said."""

BACKEND_KEYS: dict[str, Any] = {
    "balance": "roundrobin",
    "hash_type": None,
    "hash_balance_factor": None,
    "retries": 3,
    "redispatch": False,
    "abortonclose": False,
    "pretend_keepalive": False,
    "http_reuse": "safe",
    "allbackups": None,
    "persist": None,
}


def _reads_requests(section: Section) -> bool:
    """In mode tcp HAProxy takes turns instead, with a warning."""
    balance = str(section.value("balance", ""))
    return section.value("mode", "tcp") == "tcp" and bool(re.match(r"(uri|url_param|hdr)\b", balance))


def _plain(section: Section, side: Side | None, word: str, default: Any) -> Key:
    found = section.find(word)
    return Key(side, (word,), default, None) if found is None else Key(side, (word,), found.value, found.line)


def _timeouts(section: Section) -> Iterator[Key]:
    """Those that are not said fall back on others, as HAProxy's do; to HAProxy 0 is not said."""

    def first(*words: str) -> Said | None:
        said = [found for word in words if (found := section.find(f"timeout {word}")) is not None]
        return next((each for each in said if each.value != NONE), said[0] if said else None)

    client, connect, server = first("client"), first("connect"), first("server")
    request, queue = first("http-request", "client"), first("queue", "connect")
    yield _time("frontend", "client", client)
    yield _time("frontend", "http_request", request)
    yield _time("frontend", "http_keep_alive", first("http-keep-alive", "http-request", "client"))
    yield _time("backend", "connect", connect)
    yield _time("backend", "server", server)
    yield _time("backend", "queue", queue)
    raw = section.value("mode", "tcp") == "tcp"  # each side then has a time of its own
    yield _time("backend", "tunnel", _tunnel(first("tunnel"), None if raw else _shorter(client, server)))
    yield Key("backend", ("expect_timeout",), NONE, None)
    if (check := first("check")) is not None:
        yield _time("backend", "check", check)


def _tunnel(said: Said | None, other: Said | None) -> Said | None:
    return said if other is None or (said is not None and said.value != NONE) else other


def _time(side: Side, key: str, said: Said | None) -> Key:
    path = ("timeout", key)
    return Key(side, path, NONE, None) if said is None else Key(side, path, said.value, said.line)


def _shorter(one: Said | None, other: Said | None) -> Said | None:
    """A silent tunnel ends with the shorter of the client's and the server's time."""
    said = [each for each in (one, other) if each is not None]
    return min(said, key=lambda each: inf if each.value == NONE else duration(each.value), default=None)


def _forwarding(section: Section) -> Iterator[Key]:
    """A backend says only what it adds: the frontend's word counts where the backend has none."""
    for word, default in (("forwarded_for", "pass"), ("original_to", False)):
        found = section.find(word)
        value, line = (default, None) if found is None else (found.value, found.line)
        yield Key("frontend", (word,), value, line)
        if value != default:
            yield Key("backend", (word,), value, line)
    for word in ("forwarded_proto", "forwarded_host", "forwarded_port"):
        yield Key("frontend", (word,), False, None)


def _errorfiles(section: Section) -> Iterator[Key]:
    each: Section | None = section
    seen: set[str] = set()
    while each is not None:
        for word, said in each.said.items():
            if word.startswith("errorfile ") and word not in seen:
                seen.add(word)
                yield Key("frontend", ("errorfile", word.removeprefix("errorfile ")), said.value, said.line)
                yield Key("backend", ("errorfile", word.removeprefix("errorfile ")), said.value, said.line)
        each = each.parent


def _checks(section: Section) -> Iterator[Key]:
    """Servers are checked where they say so; what a check asks is the backend's to say."""
    found = {part: section.find(f"check {part}") for part in _CHECK}
    parts = {part: said for part, said in found.items() if said is not None and said.value}
    if not parts:
        yield Key("backend", ("check",), False, None)
        return
    yield Key("backend", ("check", "enabled"), False, None)
    for part, said in parts.items():
        yield Key("backend", ("check", part), said.value, said.line)


_CHECK = ("http", "fields", "body", "expect")
