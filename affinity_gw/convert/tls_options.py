"""What ``bind`` and ``server`` say of TLS, into the table ``tls`` that both have.

TLS 1.2 is the oldest that is spoken unless more is asked for, as HAProxy has it for its clients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.optionwords import Option, left_out, silent, warned
from affinity_gw.convert.sections import Context, spelt

Table = dict[str, Any]

VERSIONS = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")


def text(key: str) -> Option[Table]:
    """One word as it stands."""

    def take(_context: Context, tls: Table, words: Sequence[Word]) -> None:
        tls[key] = spelt(words[0])

    return Option(take, 1)


def verify(*known: str) -> Option[Table]:
    def take(_context: Context, tls: Table, words: Sequence[Word]) -> None:
        if words[0] not in known:
            raise Problem(f'verify: "{words[0]}" is unknown', f"there is {', '.join(known)}")
        tls["verify"] = str(words[0])

    return Option(take, 1)


def _version(key: str) -> Option[Table]:
    def take(context: Context, tls: Table, words: Sequence[Word]) -> None:
        if words[0] not in VERSIONS:
            raise Problem(f'"{words[0]}" is no version of TLS', f"there is {', '.join(VERSIONS)}")
        if words[0] == "SSLv3":
            context.leave_out("SSLv3 is not spoken", "ask for TLSv1.2 or later")
        else:
            tls[key] = str(words[0])

    return Option(take, 1)


def _bounds(**bounds: str) -> Option[Table]:
    return Option(lambda _context, tls, _words: tls.update(bounds))


def _alpn(context: Context, tls: Table, words: Sequence[Word]) -> None:
    """HTTP/2 is not spoken: who offers it alone would get nothing."""
    offered = words[0].split(",")
    kept = [name for name in offered if name != "h2"]
    if len(kept) < len(offered):
        note: Callable[[str], None] = context.warn if kept else context.leave_out
        note("alpn: HTTP/2 is not spoken, HTTP/1.1 is")
    tls["alpn"] = [spelt(words[0])] if kept == [words[0]] else kept or ["http/1.1"]


TLS: Mapping[str, Option[Table]] = {
    "ca-file": text("ca_file"),
    "ciphers": text("ciphers"),
    "alpn": Option(_alpn, 1),
    "ssl-min-ver": _version("ssl_min_ver"),
    "ssl-max-ver": _version("ssl_max_ver"),
    "no-tlsv12": _bounds(ssl_min_ver="TLSv1.3"),
    "no-tlsv13": _bounds(ssl_max_ver="TLSv1.2"),
    "force-tlsv10": _bounds(ssl_min_ver="TLSv1.0", ssl_max_ver="TLSv1.0"),
    "force-tlsv11": _bounds(ssl_min_ver="TLSv1.1", ssl_max_ver="TLSv1.1"),
    "force-tlsv12": _bounds(ssl_min_ver="TLSv1.2", ssl_max_ver="TLSv1.2"),
    "force-tlsv13": _bounds(ssl_min_ver="TLSv1.3", ssl_max_ver="TLSv1.3"),
    **silent("no-sslv3", "no-tlsv10", "no-tlsv11"),
    **silent("npn", arguments=1),
    **warned(
        {
            "no-tls-tickets": (0, "OpenSSL hands out tickets as it likes"),
            "tls-tickets": (0, "OpenSSL hands out tickets as it likes"),
            "allow-0rtt": (0, "early data is not taken, so that clients send it again"),
        }
    ),
    **left_out(
        {
            "ciphersuites": (1, "OpenSSL chooses the ciphers of TLS 1.3"),
            "crl-file": (1, "certificates that were revoked are not looked up"),
            "force-sslv3": (0, "SSLv3 is not spoken"),
            "curves": (1, "OpenSSL chooses the curves"),
            "ecdhe": (1, "OpenSSL chooses the curves"),
            "sigalgs": (1, "OpenSSL chooses the signatures"),
            "client-sigalgs": (1, "OpenSSL chooses the signatures"),
        }
    ),
}
"""By the word; those of both. Each changes the table ``tls``."""
