"""The access log as HAProxy's ``option httplog clf`` prints it: the Common Log Format's fields, then HAProxy's own.

The query is in it, as in ``httplog``.
"""

from __future__ import annotations

import time

from affinity_gw.control.haproxy_fields import MONTHS, bytes_read, milliseconds, request_line, status
from affinity_gw.proxy.record import ExchangeRecord


def clf_line(record: ExchangeRecord) -> str:
    """Texts in quotes, numbers as they are; the date is the local one, with its distance from UTC."""
    times = milliseconds(
        record.request_time,
        record.queue_time,
        record.connect_time,
        record.response_time,
        record.total_time,
        separator=" ",
    )
    plus = "+" if record.redispatched else ""
    return (
        f'{record.peer or "unix"} - - [{_date(record.started)}] "{request_line(record)}" '
        f'{status(record)} {bytes_read(record)} "" "" {record.peer_port} {int(record.started * 1000) % 1000:03d} '
        f'"{record.frontend}" "{record.backend or record.frontend}" "{record.server or "<NOSRV>"}" '
        f"{times} {record.termination} {record.process_connections} "
        f"{record.frontend_connections} {record.backend_connections} {record.server_connections} "
        f'{plus}{record.retries} {record.server_queue} {record.backend_queue} "" "" '
    )


def _date(started: float) -> str:
    """``20/Nov/2026:23:02:48 +0000``"""
    now = time.localtime(started)
    return time.strftime(f"%d/{MONTHS[now.tm_mon - 1]}/%Y:%H:%M:%S %z", now)
