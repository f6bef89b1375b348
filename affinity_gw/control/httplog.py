"""The access log as HAProxy's ``option httplog`` prints it, for the tools that read that.

It is HAProxy's line to the letter, so it holds the whole request-target, query included, as HAProxy's does: where
session ids travel in the query, keep such a log as you keep the sessions, or choose ``json``.
"""

from __future__ import annotations

from affinity_gw.control.haproxy_fields import (
    Dates,
    bytes_read,
    connections,
    milliseconds,
    request_line,
    status,
    target,
)
from affinity_gw.proxy.record import ExchangeRecord

MAX_LINE = 1024
"""HAProxy's default ``len``: the line is cut there, its end with it."""


class HttpLog:
    """Formats records, in up to ``length`` bytes; the local date is made once a second."""

    __slots__ = ("_dates", "_length")

    def __init__(self, length: int = MAX_LINE) -> None:
        self._dates = Dates()
        self._length = length

    def line(self, record: ExchangeRecord) -> str:
        times = milliseconds(
            record.request_time, record.queue_time, record.connect_time, record.response_time, record.total_time
        )
        line = (
            f"{record.peer or 'unix'}:{record.peer_port} [{self._dates.at(record.started)}] {record.frontend} "
            f"{target(record)} {times} {status(record)} {bytes_read(record)} - - {record.termination} "
            f'{connections(record)} "{request_line(record)}"'
        )
        return line[: self._length]
