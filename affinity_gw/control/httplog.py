"""The access log as HAProxy's ``option httplog`` prints it, for the tools that read that.

It is HAProxy's line to the letter, so it holds the whole request-target, query included, as HAProxy's does: where
session ids travel in the query, keep such a log as you keep the sessions, or choose ``json``.
"""

from __future__ import annotations

import re

from affinity_gw.control.haproxy_fields import Dates, connections, milliseconds, target
from affinity_gw.proxy.record import ExchangeRecord

MAX_LINE = 1024
"""HAProxy's default ``len``: the line is cut there, its end with it."""

_ENCODED = re.compile(rb"[^ !$-~]")
"""HAProxy's url_encode_map: all but printable ASCII, and of that ``"`` and ``#``; written as ``#22``."""


class HttpLog:
    """Formats records; the local date is made once a second."""

    __slots__ = ("_dates",)

    def __init__(self) -> None:
        self._dates = Dates()

    def line(self, record: ExchangeRecord) -> str:
        times = milliseconds(
            record.request_time, record.queue_time, record.connect_time, record.response_time, record.total_time
        )
        line = (
            f"{record.peer or 'unix'}:{record.peer_port} [{self._dates.at(record.started)}] {record.frontend} "
            f"{target(record)} {times} {record.status} {record.bytes_out} - - {record.termination} "
            f'{connections(record)} "{_request(record)}"'
        )
        return line[:MAX_LINE]


def _request(record: ExchangeRecord) -> str:
    if record.method is None:
        return "<BADREQ>"
    raw = f"{record.method} {record.target} {record.version}".encode("utf-8", "surrogateescape")
    return _ENCODED.sub(lambda match: b"#%02X" % match[0][0], raw).decode("ascii")
