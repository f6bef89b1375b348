"""What the lines of ``httplog``, ``tcplog`` and ``clf`` have in common, to the letter."""

from __future__ import annotations

import re
import time

from affinity_gw.proxy.record import ExchangeRecord

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English in every locale, as HAProxy has it."""

_ENCODED = re.compile(rb"[^ !$-~]")
"""HAProxy's url_encode_map: all but printable ASCII, and of that ``"`` and ``#``; written as ``#22``."""


class Dates:
    """Local dates; one is made once a second."""

    __slots__ = ("_date", "_second")

    def __init__(self) -> None:
        self._second = -1
        self._date = ""

    def at(self, started: float) -> str:
        """``20/Nov/2026:23:02:48.895``"""
        second, thousandths = divmod(int(started * 1000 + 0.5), 1000)
        if second != self._second:
            self._second = second
            now = time.localtime(second)
            self._date = time.strftime(f"%d/{MONTHS[now.tm_mon - 1]}/%Y:%H:%M:%S", now)
        return f"{self._date}.{thousandths:03d}"


def target(record: ExchangeRecord) -> str:
    """``backend/server``; the frontend stands for a backend that was never chosen."""
    return f"{record.backend or record.frontend}/{record.server or '<NOSRV>'}"


def milliseconds(*times: float, separator: str = "/") -> str:
    """Whole milliseconds, -1 where a phase was never reached."""
    return separator.join([str(int(seconds * 1000 + 0.5)) if seconds >= 0 else "-1" for seconds in times])


def connections(record: ExchangeRecord) -> str:
    """``actconn/feconn/beconn/srvconn/retries srv_queue/backend_queue``, a plus before retries that moved."""
    plus = "+" if record.redispatched else ""
    return (
        f"{record.process_connections}/{record.frontend_connections}/{record.backend_connections}/"
        f"{record.server_connections}/{plus}{record.retries} {record.server_queue}/{record.backend_queue}"
    )


def status(record: ExchangeRecord) -> int:
    """A client that left without a whole request was told nothing; HAProxy says what it would have been told."""
    return 400 if record.method is None and record.status < 0 else record.status


def bytes_read(record: ExchangeRecord) -> int:
    """HAProxy does not count what it says of a request that it could not read."""
    return 0 if record.method is None else record.bytes_out


def request_line(record: ExchangeRecord) -> str:
    """As it came, what is not printable encoded."""
    if record.method is None:
        return "<BADREQ>"
    raw = f"{record.method} {record.target} {record.version}".encode("utf-8", "surrogateescape")
    return _ENCODED.sub(lambda match: b"#%02X" % match[0][0], raw).decode("ascii")
