"""``bind``: where a frontend listens (HAProxy's manual, section 5.1).

One line says several addresses, and options for all of them. Where it has TLS each becomes a table, else a string.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.convert import addresses
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.optionwords import Option, left_out, run, silent, warned, whole_number
from affinity_gw.convert.sections import Context, Directive, spelt
from affinity_gw.convert.tls_options import TLS, text, verify


@dataclass(slots=True)
class Draft:
    """A bind while its options are read."""

    tls: dict[str, Any] = field(default_factory=dict)
    over_tls: bool = False
    both_families: bool = False
    access: bool = False
    """Who may connect to a unix socket was said."""
    listed: bool = False
    """Certificates stand in a list, which is not read."""


def bind_addresses(context: Context, word: Word) -> list[str]:
    """What one word says, in the spelling of TOML; what cannot be is left out. Raises Problem."""
    found, unfit = addresses.binds(word)
    for each in unfit:
        context.leave_out(each.reason, each.advice)
    return found


def _bind(context: Context) -> None:
    if context.ignored_here("frontend"):
        return
    context.not_in_defaults("frontend")
    found = bind_addresses(context, context.argument(1, "an address"))
    draft = Draft()
    run(context, draft, context.words[2:], OPTIONS, "the option")
    if draft.both_families:
        found = [each for address in found for each in _both(address)]
    if draft.over_tls and "crt" not in draft.tls:
        _without_certificate(context, draft)
        return
    if draft.access:
        _say_access(context, found)
    if draft.tls and not draft.over_tls:
        context.warn("its options for TLS say nothing without ssl, as in HAProxy", "add ssl, or take them out")
    for address in found:
        context.append("frontend", "bind", {"address": address, "tls": dict(draft.tls)} if draft.over_tls else address)


def _without_certificate(context: Context, draft: Draft) -> None:
    if not draft.listed:
        raise Problem("ssl wants a certificate", "add crt and the path of a PEM file")
    context.leave_out("crt-list: certificates are not read from a list", "name them one by one with crt")


def _say_access(context: Context, found: Sequence[str]) -> None:
    if any(address.startswith("unix@") for address in found):
        context.leave_out("who may connect to a socket is said by the umask and the directory that it is in")
    else:
        context.warn("only a unix socket has an owner and a mode, in HAProxy too", "take them out")


def _both(address: str) -> list[str]:
    """``[::]`` alone is IPv6 alone."""
    return [address, f"*:{address.rpartition(':')[2]}"] if address.startswith("[::]:") else [address]


def _crt(_context: Context, draft: Draft, words: Sequence[Word]) -> None:
    draft.tls.setdefault("crt", []).append(spelt(words[0]))


def _crt_list(context: Context, draft: Draft, _words: Sequence[Word]) -> None:
    draft.listed = True
    if "crt" in draft.tls:
        context.leave_out("crt-list: certificates are not read from a list", "name them one by one with crt")


def _strict(*, strict: bool) -> Option[Draft]:
    return Option(lambda _context, draft, _words: draft.tls.update(strict_sni=strict))


def _set(attribute: str) -> Option[Draft]:
    return Option(lambda _context, draft, _words: setattr(draft, attribute, True))


def _tls(option: Option[dict[str, Any]]) -> Option[Draft]:
    return Option(lambda context, draft, words: option.take(context, draft.tls, words), option.arguments)


def _maxconn(context: Context, _draft: Draft, words: Sequence[Word]) -> None:
    limit = whole_number(context, words[0], "maxconn")
    if limit:
        context.leave_out("maxconn: an address has no limit of its own", f"write maxconn {limit} in the frontend")


def _nice(context: Context, _draft: Draft, words: Sequence[Word]) -> None:
    value = whole_number(context, words[0], "nice")
    if not -1024 <= value <= 1024:
        raise Problem(f"nice: {value} is out of range", "write a number from -1024 to 1024")
    context.warn("nice: all connections are served alike")


def _proto(context: Context, _draft: Draft, words: Sequence[Word]) -> None:
    if words[0] not in {"h1", "h2", "none", "fcgi", "quic"}:
        raise Problem(f'proto: "{words[0]}" is unknown', "there is h1")
    if words[0] == "h2":
        context.leave_out("proto h2: HTTP/2 is not spoken, HTTP/1.1 is")


def _mode(context: Context, draft: Draft, words: Sequence[Word]) -> None:
    if not re.fullmatch(r"[0-7]+", words[0], re.ASCII):
        raise Problem(f'mode: "{words[0]}" is no mode', "write an octal number, as in 660")
    _access(context, draft, words)


def _access(_context: Context, draft: Draft, _words: Sequence[Word]) -> None:
    draft.access = True


_SYSTEM = "the system decides"
_ADMIN = "it is for statistics sockets"

OPTIONS: Mapping[str, Option[Draft]] = {
    "ssl": _set("over_tls"),
    "crt": Option(_crt, 1),
    "crt-list": Option(_crt_list, 1),
    "strict-sni": _strict(strict=True),
    "no-strict-sni": _strict(strict=False),
    **{word: _tls(option) for word, option in TLS.items()},
    "verify": _tls(verify("none", "optional", "required")),
    "ca-verify-file": _tls(text("ca_file")),
    "v4v6": _set("both_families"),
    "maxconn": Option(_maxconn, 1),
    "nice": Option(_nice, 1),
    "proto": Option(_proto, 1),
    "mode": Option(_mode, 1),
    **dict.fromkeys(("user", "group", "uid", "gid"), Option(_access, 1)),
    **silent("v6only", "no-ca-names", "no-alpn", "prefer-client-ciphers"),
    **silent("name", "id", arguments=1),
    **warned(
        {
            "backlog": (1, _SYSTEM),
            "defer-accept": (0, "a connection is taken before data comes"),
            "tfo": (0, "TCP Fast Open is not switched on"),
            "mss": (1, _SYSTEM),
            "tcp-ut": (1, _SYSTEM),
            "process": (1, "every worker listens"),
            "thread": (1, "every worker listens"),
            "shards": (1, "every worker listens"),
            "level": (1, _ADMIN),
            "expose-fd": (1, _ADMIN),
            "severity-output": (1, _ADMIN),
            "tls-ticket-keys": (1, "OpenSSL makes its own keys for tickets"),
        }
    ),
    **left_out(
        {
            "accept-proxy": (0, "the PROXY protocol is not spoken"),
            "accept-netscaler-cip": (1, "the protocol of NetScaler is not spoken"),
            "transparent": (0, "addresses of others are not bound"),
            "interface": (1, "an address is bound, not an interface"),
            "namespace": (1, "network namespaces are not entered"),
            "ca-ignore-err": (1, "certificates of clients are verified as a whole"),
            "crt-ignore-err": (1, "certificates of clients are verified as a whole"),
            "ca-sign-file": (1, "certificates are not made"),
            "ca-sign-pass": (1, "certificates are not made"),
            "generate-certificates": (0, "certificates are not made"),
        }
    ),
}
"""By the word."""

BINDS: Mapping[str, Directive] = {"bind": _bind}
