"""What the lines of ``httplog`` and ``tcplog`` have in common, to the letter."""

from __future__ import annotations

import time

from affinity_gw.proxy.record import ExchangeRecord

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""English in every locale, as HAProxy has it."""


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


def milliseconds(*times: float) -> str:
    """Whole milliseconds, -1 where a phase was never reached."""
    return "/".join([str(int(seconds * 1000 + 0.5)) if seconds >= 0 else "-1" for seconds in times])


def connections(record: ExchangeRecord) -> str:
    """``actconn/feconn/beconn/srvconn/retries srv_queue/backend_queue``, a plus before retries that moved."""
    plus = "+" if record.redispatched else ""
    return (
        f"{record.process_connections}/{record.frontend_connections}/{record.backend_connections}/"
        f"{record.server_connections}/{plus}{record.retries} {record.server_queue}/{record.backend_queue}"
    )
