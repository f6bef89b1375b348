"""The access log as HAProxy's ``option tcplog`` prints it: of a whole connection, or of an exchange where a frontend
asks for it.

One field differs: in mode tcp HAProxy 2.6 counts a millisecond too many into Tw, which is 1 where nobody waited.
"""

from __future__ import annotations

from affinity_gw.control.haproxy_fields import Dates, connections, milliseconds, target
from affinity_gw.proxy.record import ExchangeRecord


class TcpLog:
    """Formats records; the local date is made once a second."""

    __slots__ = ("_dates",)

    def __init__(self) -> None:
        self._dates = Dates()

    def line(self, record: ExchangeRecord) -> str:
        """``ip:port [date] frontend backend/server Tw/Tc/Tt bytes ts actconn/feconn/beconn/srvconn/retries sq/bq``"""
        times = milliseconds(record.queue_time, record.connect_time, record.total_time)
        return (
            f"{record.peer or 'unix'}:{record.peer_port} [{self._dates.at(record.started)}] {record.frontend} "
            f"{target(record)} {times} {record.bytes_out} {record.termination[:2]} {connections(record)}"
        )
