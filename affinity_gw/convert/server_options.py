"""The options of ``server`` and ``default-server`` (HAProxy's manual, section 5.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.optionwords import Option, left_out, silent, warned, whole_number
from affinity_gw.convert.sections import Context, spelt
from affinity_gw.convert.tls_options import TLS, text, verify
from affinity_gw.convert.words import time


@dataclass(slots=True)
class Draft:
    """A server while its options are read. ``table``, ``check`` and ``tls`` are those of TOML."""

    table: dict[str, Any] = field(default_factory=dict)
    check: dict[str, Any] = field(default_factory=dict)
    tls: dict[str, Any] = field(default_factory=dict)
    checked: bool = False
    over_tls: bool = False
    checked_over_tls: bool | None = None
    """None: as requests go, unless the check has an address or a port of its own."""
    disabled: bool = False

    def copy(self) -> Draft:
        own = {name: dict(getattr(self, name)) for name in ("table", "check", "tls")}
        return Draft(
            **own,
            checked=self.checked,
            over_tls=self.over_tls,
            checked_over_tls=self.checked_over_tls,
            disabled=self.disabled,
        )


_HOST_AND_PORT = re.compile(r"(?:\[([^]]*)\]|([^:]+)):(\d+)", re.ASCII)
Take = Callable[[Context, Draft, Sequence[Word]], None]


def _flag(attribute: str, value: bool) -> Option[Draft]:
    return Option(lambda _context, draft, _words: setattr(draft, attribute, value))


def _backup(*, backup: bool) -> Option[Draft]:
    return Option(lambda _context, draft, _words: draft.table.update(backup=backup))


def _weight(context: Context, draft: Draft, words: Sequence[Word]) -> None:
    value = whole_number(context, words[0], "weight")
    if not 0 <= value <= 256:
        raise Problem(f"weight: {value} is out of range", "write a number from 0 to 256")
    draft.table["weight"] = value


def _maxconn(context: Context, draft: Draft, words: Sequence[Word]) -> None:
    draft.table["maxconn"] = max(0, whole_number(context, words[0], "maxconn"))


def _id(context: Context, draft: Draft, words: Sequence[Word]) -> None:
    if context.words[0] == "default-server":
        raise Problem("id belongs to one server", "take it out")
    draft.table["id"] = _positive(context, words[0], "id")


def _positive(context: Context, word: Word, what: str) -> int:
    value = whole_number(context, word, what)
    if value < 1:
        raise Problem(f"{what}: {word} is not 1 or more", "write a number from 1 on")
    return value


def _word(key: str) -> Option[Draft]:
    def take(_context: Context, draft: Draft, words: Sequence[Word]) -> None:
        draft.table[key] = spelt(words[0])

    return Option(take, 1)


def _interval(key: str) -> Option[Draft]:
    def take(_context: Context, draft: Draft, words: Sequence[Word]) -> None:
        value = time(words[0])
        if value == "none":
            raise Problem(f"{key}: 0 is no time between two checks", "write 1ms or more")
        draft.check[key] = value

    return Option(take, 1)


def _count(key: str) -> Option[Draft]:
    def take(context: Context, draft: Draft, words: Sequence[Word]) -> None:
        draft.check[key] = _positive(context, words[0], key)

    return Option(take, 1)


def _port(context: Context, draft: Draft, words: Sequence[Word]) -> None:
    """0 is the server's own."""
    value = whole_number(context, words[0], "port")
    if not 0 <= value <= 65535:
        context.leave_out(f"port: {value} is no port, checks go to the server's own")
    elif value:
        draft.check["port"] = value


def _addr(context: Context, draft: Draft, words: Sequence[Word]) -> None:
    """``address`` or ``address:port``."""
    word = words[0]
    match = _HOST_AND_PORT.fullmatch(word)
    if word.startswith(("/", "unix@", "abns@")):
        context.leave_out("addr: checks go to an IP address", "write it without unix@")
    elif match is not None:
        draft.check["address"] = match[1] or match[2]
        draft.check["port"] = int(match[3])
    else:
        draft.check["address"] = spelt(word)


def _sni(_context: Context, draft: Draft, words: Sequence[Word]) -> None:
    """A sample: a constant is a word, all else an expression."""
    constant = re.fullmatch(r"str\((.*)\)", words[0])
    draft.tls["sni"] = spelt(words[0])[4:-1] if constant else f"%[{spelt(words[0])}]"


def _init_addr(_context: Context, draft: Draft, words: Sequence[Word]) -> None:
    for method in words[0].split(","):
        if method not in {"last", "libc", "none"} and not re.fullmatch(r"[0-9.]+|[0-9A-Fa-f:.]+", method):
            raise Problem(f'init-addr: "{method}" is unknown', "there is last, libc, none and an IP address")
    draft.table["init_addr"] = "libc,none"


def _one_of(*known: str) -> Take:
    def take(context: Context, _draft: Draft, words: Sequence[Word]) -> None:
        if words[0] not in known:
            raise Problem(f'"{words[0]}" is unknown here', f"there is {', '.join(known)}")
        context.leave_out(f"{words[0]}: what requests come to does not decide whether a server is up")

    return take


def _source(context: Context, _draft: Draft, _words: Sequence[Word]) -> None:
    context.leave_out("source: the system chooses the address that connections come from")


def _tls(option: Option[dict[str, Any]]) -> Option[Draft]:
    return Option(lambda context, draft, words: option.take(context, draft.tls, words), option.arguments)


_CHECK: Mapping[str, Option[Draft]] = {
    "check": _flag("checked", True),
    "no-check": _flag("checked", False),
    "inter": _interval("inter"),
    "fastinter": _interval("fastinter"),
    "downinter": _interval("downinter"),
    "rise": _count("rise"),
    "fall": _count("fall"),
    "port": Option(_port, 1),
    "addr": Option(_addr, 1),
    "check-ssl": _flag("checked_over_tls", True),
    "no-check-ssl": _flag("checked_over_tls", False),
}

_PROXY = "the PROXY protocol is not spoken: the server sees the gateway's address"
_POOL = "idle connections are kept by timeout.server_idle"
_AGENT = "there are no agent checks"
_RESOLVE = "names are looked up as the system does it"

OPTIONS: Mapping[str, Option[Draft]] = {
    "weight": Option(_weight, 1),
    "maxconn": Option(_maxconn, 1),
    "id": Option(_id, 1),
    "cookie": _word("cookie"),
    "track": _word("track"),
    "backup": _backup(backup=True),
    "no-backup": _backup(backup=False),
    "disabled": _flag("disabled", True),
    "enabled": _flag("disabled", False),
    "init-addr": Option(_init_addr, 1),
    **_CHECK,
    "ssl": _flag("over_tls", True),
    "no-ssl": _flag("over_tls", False),
    **{word: _tls(option) for word, option in TLS.items()},
    "verify": _tls(verify("none", "required")),
    "crt": _tls(text("crt")),
    "verifyhost": _tls(text("verifyhost")),
    "sni": Option(_sni, 1),
    "observe": Option(_one_of("none", "layer4", "layer7"), 1),
    "on-error": Option(_one_of("fastinter", "fail-check", "sudden-death", "mark-down"), 1),
    "on-marked-down": Option(_one_of("shutdown-sessions"), 1),
    "on-marked-up": Option(_one_of("shutdown-backup-sessions"), 1),
    "source": Option(_source, 1),
    **silent("no-agent-check", "no-check-send-proxy", "no-send-proxy", "no-send-proxy-v2", "no-send-proxy-v2-ssl"),
    **silent("no-send-proxy-v2-ssl-cn", "no-tfo", "non-stick", "ssl-reuse", "stick"),
    **silent("log-proto", "shard", arguments=1),
    **warned(
        {
            "error-limit": (1, "it counts for observe, which there is none of"),
            "tfo": (0, "connections come about without TCP Fast Open"),
            "no-ssl-reuse": (0, "TLS sessions are resumed as OpenSSL likes"),
            "pool-low-conn": (1, _POOL),
            "pool-max-conn": (1, _POOL),
            "pool-purge-delay": (1, _POOL),
            "max-reuse": (1, _POOL),
            "resolve-net": (1, _RESOLVE),
            "resolve-opts": (1, _RESOLVE),
            "resolve-prefer": (1, _RESOLVE),
        }
    ),
    **left_out(
        {
            "send-proxy": (0, _PROXY),
            "send-proxy-v2": (0, _PROXY),
            "send-proxy-v2-ssl": (0, _PROXY),
            "send-proxy-v2-ssl-cn": (0, _PROXY),
            "proxy-v2-options": (1, _PROXY),
            "check-send-proxy": (0, _PROXY),
            "usesrc": (1, "the system chooses the address that connections come from"),
            "interface": (1, "the system chooses the interface"),
            "slowstart": (1, "a server that comes up has its whole weight at once"),
            "resolvers": (1, "names are looked up as the system does it, at the start"),
            "redir": (1, "a server gets its requests through the gateway"),
            "minconn": (1, "maxconn stays as it is under any load"),
            "maxqueue": (1, "requests wait as long as timeout.queue lets them"),
            "proto": (1, "servers are spoken to in HTTP/1.1"),
            "check-proto": (1, "checks speak HTTP/1"),
            "check-alpn": (1, "checks speak HTTP/1"),
            "check-sni": (1, "a check names no host of its own"),
            "check-via-socks4": (0, "there is no SOCKS"),
            "socks4": (1, "there is no SOCKS"),
            "agent-check": (0, _AGENT),
            "agent-addr": (1, _AGENT),
            "agent-inter": (1, _AGENT),
            "agent-port": (1, _AGENT),
            "agent-send": (1, _AGENT),
            "tcp-ut": (1, "the system decides when an unanswered connection is dead"),
            "namespace": (1, "network namespaces are not entered"),
            "ws": (1, "WebSockets are HTTP/1.1"),
        }
    ),
}
"""By the word."""
