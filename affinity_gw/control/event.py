"""The access log event: what is told of an exchange, and what is kept secret.

An affinity key is a session's password, and so may be a query. So the event holds the path without its query, and of a
key only the server's word that it named. Any other key is eight hex digits of a keyed hash: lines of one session can be
found together, and nobody can find the key, not even by trying all the addresses that a ``source_ip`` key may be.
"""

from __future__ import annotations

import time
from hashlib import blake2b
from typing import Any

from affinity_gw.control.escape import field
from affinity_gw.proxy.record import ExchangeRecord

Event = dict[str, Any]


class Events:
    """Makes events. ``secret`` keys the hash, up to 64 bytes; a new one a process start links no two starts."""

    __slots__ = ("_second", "_stamp", "secret")

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self._second = -1
        self._stamp = ""

    def event(self, record: ExchangeRecord) -> Event:
        """The facts in the order in which they are printed. Times are ms; null where a phase was never reached. A
        connection in mode tcp has neither request nor status."""
        method, host, path = record.method, record.host, _path(record.target)
        return {
            "ts": self.timestamp(record.started),
            "client": field(record.client),
            "frontend": record.frontend,
            "backend": record.backend,
            "server": record.server,
            "method": None if method is None else field(method),
            "host": None if host is None else field(host),
            "path": None if path is None else field(path),
            "status": record.status if record.mode == "http" else None,
            "bytes_in": record.bytes_in,
            "bytes_out": record.bytes_out,
            "pin": record.pin,
            "extractor": record.extractor,
            "key": self.key(record),
            "reason": field(record.reason),
            "retries": record.retries,
            "queue_ms": milliseconds(record.queue_time),
            "connect_ms": milliseconds(record.connect_time),
            "first_byte_ms": milliseconds(record.response_time),
            "total_ms": milliseconds(record.total_time),
            "termination": record.termination,
            "upgrade": None if record.upgrade is None else field(record.upgrade),
        }

    def timestamp(self, started: float) -> str:
        """``2026-11-20T23:02:48.895Z``; a second is formatted once."""
        second, thousandths = divmod(int(started * 1000 + 0.5), 1000)
        if second != self._second:
            self._second = second
            self._stamp = time.strftime("%Y-%m-%dT%H:%M:%S.", time.gmtime(second))
        return f"{self._stamp}{thousandths:03d}Z"

    def key(self, record: ExchangeRecord) -> str | None:
        if record.word is not None:
            return field(record.word)
        if record.key is None:
            return None
        return blake2b(record.key.encode("utf-8", "surrogateescape"), key=self.secret, digest_size=4).hexdigest()


def milliseconds(seconds: float) -> float | None:
    """With one decimal: 0.1 ms is less than what any two clocks of the path agree on."""
    return None if seconds < 0 else int(seconds * 10_000 + 0.5) / 10


def _path(target: str | None) -> str | None:
    return None if target is None else target.partition("?")[0]
