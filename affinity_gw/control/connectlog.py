"""HAProxy's shortest line, for frontends without ``option httplog`` or ``tcplog``: who came where.

HAProxy writes it when the request is there, here it is written when the exchange is over.
"""

from __future__ import annotations

from affinity_gw.proxy.record import ExchangeRecord


def connect_line(record: ExchangeRecord) -> str | None:
    """``Connect from 127.0.0.1:38846 to 127.0.0.1:80 (web/HTTP)``; None where nothing was asked."""
    if record.method is None and record.mode == "http":
        return None
    host, port = record.destination
    source = f"{record.peer or 'unix'}:{record.peer_port}"
    return f"Connect from {source} to {host or 'unix'}:{port} ({record.frontend}/{record.mode.upper()})"
