"""The access log as HAProxy's ``option httplog`` prints it, for the tools that read that.

It is HAProxy's line to the letter, so it holds the whole request-target, query included, as HAProxy's does: where
session ids travel in the query, keep such a log as you keep the sessions, or choose ``json``.
"""

from __future__ import annotations

import re
import time

from affinity_gw.proxy.record import ExchangeRecord

MAX_LINE = 1024
"""HAProxy's default ``len``: the line is cut there, its end with it."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English in every locale, as HAProxy has it."""

_ENCODED = re.compile(rb"[^ !$-~]")
"""HAProxy's url_encode_map: all but printable ASCII, and of that ``"`` and ``#``; written as ``#22``."""


class HttpLog:
    """Formats records; the local date is made once a second."""

    __slots__ = ("_date", "_second")

    def __init__(self) -> None:
        self._second = -1
        self._date = ""

    def line(self, record: ExchangeRecord) -> str:
        plus = "+" if record.redispatched else ""
        line = (
            f"{record.peer or 'unix'}:{record.peer_port} [{self.date(record.started)}] {record.frontend} "
            f"{record.backend or record.frontend}/{record.server or '<NOSRV>'} {_timers(record)} {record.status} "
            f"{record.bytes_out} - - {record.termination} {record.process_connections}/{record.frontend_connections}/"
            f"{record.backend_connections}/{record.server_connections}/{plus}{record.retries} "
            f'{record.server_queue}/{record.backend_queue} "{_request(record)}"'
        )
        return line[:MAX_LINE]

    def date(self, started: float) -> str:
        """``20/Nov/2026:23:02:48.895``"""
        second, thousandths = divmod(int(started * 1000 + 0.5), 1000)
        if second != self._second:
            self._second = second
            now = time.localtime(second)
            self._date = time.strftime(f"%d/{MONTHS[now.tm_mon - 1]}/%Y:%H:%M:%S", now)
        return f"{self._date}.{thousandths:03d}"


def _timers(record: ExchangeRecord) -> str:
    """TR/Tw/Tc/Tr/Ta in whole milliseconds, -1 where a phase was never reached."""
    times = (record.request_time, record.queue_time, record.connect_time, record.response_time, record.total_time)
    return "/".join([str(int(seconds * 1000 + 0.5)) if seconds >= 0 else "-1" for seconds in times])


def _request(record: ExchangeRecord) -> str:
    if record.method is None:
        return "<BADREQ>"
    raw = f"{record.method} {record.target} {record.version}".encode("utf-8", "surrogateescape")
    return _ENCODED.sub(lambda match: b"#%02X" % match[0][0], raw).decode("ascii")
