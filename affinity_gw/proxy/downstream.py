"""One connection of a client: it cuts heads off the stream of bytes and hands each to an exchange.

One exchange at a time; what a pipelining client sends beyond it waits here, unread heads and all, up to the size of one
head, after which reading pauses. Reading goes on while the server works, because an end of stream or a reset is seen
only by whoever reads.

The deadline of a connection is always one: what it means depends on ``phase``, or, while an exchange is under way, on
the exchange.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from affinity_gw.errors import BadRequest
from affinity_gw.http1.forwarded import client_address
from affinity_gw.http1.grammar import after_empty_lines, check_partial
from affinity_gw.proxy import replies
from affinity_gw.proxy.client import ClientConnection
from affinity_gw.proxy.connection import Nowhere, stop_waiting_for_notify
from affinity_gw.proxy.exchange import Exchange
from affinity_gw.proxy.parser import parse_request
from affinity_gw.proxy.records import record_of_unread
from affinity_gw.proxy.stages import Phase
from affinity_gw.routing.sections import Frontend

if TYPE_CHECKING:
    from affinity_gw.proxy.listener import Occupancy
    from affinity_gw.proxy.shared import Shared

LINGER = 5.0
"""Seconds for which a refused client may go on sending, unread, until it has seen why it was refused."""


class Downstream(ClientConnection):
    """``writable`` is false while the client is slow; ``first_byte_at`` is when the client came, until it says
    something."""

    __slots__ = ("exchange", "first_byte_at", "phase", "seasoned", "writable", "write_backlog")

    def __init__(self, shared: Shared, frontend: Frontend, occupancy: Occupancy) -> None:
        ClientConnection.__init__(self, shared, frontend, occupancy)
        self.exchange: Exchange | None = None
        self.phase = Phase.FIRST
        self.seasoned = False
        """A request of this connection has reached a server."""
        self.first_byte_at = 0.0
        self.writable = True
        self.write_backlog = 0

    # ---------------------------------------------------------------------------------------------- arriving

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.first_byte_at = time.monotonic()
        limit = min(self.frontend.timeout_http_request, self.frontend.timeout_client)
        self.shared.deadlines.set(self, limit)

    def data_received(self, data: bytes) -> None:
        exchange = self.exchange
        if exchange is not None:
            exchange.client_data(data)
        elif self.phase is Phase.IDLE and not self.writable:
            self.hold(data)  # our own answers cost no server: only their being read slows down who asks for them
        elif self.phase is not Phase.LINGER:
            self.buffer = self.buffer + data if self.buffer else data
            self.next_head(data)

    def next_head(self, data: bytes) -> None:
        """Begin the exchange whose head the buffer holds, or wait for the rest of it. ``data`` is what is new of it."""
        if self.phase is not Phase.HEAD:
            if self.buffer[:1] == b"\r":
                self.buffer = after_empty_lines(self.buffer)
                if self.buffer in {b"", b"\r"}:
                    return
            self.first_byte_at = time.monotonic()
        buffer = self.buffer
        end = buffer.find(b"\r\n\r\n") + 4
        try:
            if end == 3:
                self._await_head(buffer, checked=max(0, len(buffer) - len(data)))
                return
            if end > self.frontend.max_head_bytes:
                raise self._too_long()
            raw = buffer[:end]
            head = parse_request(raw, self.frontend.max_header_fields, self.origin.peer)
            head.origin = self.origin
            if self.origin.trusted:
                general = self.shared.general
                head.client = client_address(head.headers, self.origin.peer, general.trusted_proxies)
            self.buffer = buffer[end:]
            self.phase = Phase.EXCHANGE
            self.exchange = exchange = Exchange(self, head, end)
            exchange.begin()
        except BadRequest as error:
            self.exchange = None
            self.refuse(error.status, error.reason, "PR")

    def _await_head(self, buffer: bytes, *, checked: int) -> None:
        """The blank line is not there yet. Raises BadRequest where it will never make a head.

        Only what is new of it is looked at: a head that comes byte by byte must not cost its square.
        """
        check_partial(buffer, checked)
        if len(buffer) >= self.frontend.max_head_bytes:
            raise self._too_long()
        if self.ended:
            self.refuse(400, "the connection ended within the request's head", "CR")
            return
        if self.phase is not Phase.HEAD:
            if self.phase is Phase.IDLE:
                self.shared.deadlines.set(self, self.frontend.timeout_http_request)
            self.phase = Phase.HEAD

    def _too_long(self) -> BadRequest:
        return BadRequest(f"the head is longer than {self.frontend.max_head_bytes} bytes", 431)

    def hold(self, data: bytes) -> None:
        """Keep what came behind the request under way."""
        self.buffer += data
        if len(self.buffer) > self.frontend.max_head_bytes:
            self.pause_reading()

    # ------------------------------------------------------------------------------------- between exchanges

    def exchange_over(self, *, keep: bool) -> None:
        """The exchange has said its last word: read the next request, or close."""
        self.exchange = None
        if not keep or (self.ended and not self.buffer) or self.shared.stopping:
            self.close()
            return
        self.phase = Phase.IDLE
        if not self.is_reading:
            self.resume_reading()
        self.shared.deadlines.set(self, self.frontend.timeout_http_keep_alive)
        if self.buffer:
            # A pipelined request. Not from here: an endless pipeline of refusals would be an endless recursion.
            self.shared.loop.call_soon(self._pipelined)

    def _pipelined(self) -> None:
        waits = self.exchange is None and self.buffer and self.phase is Phase.IDLE
        if waits and self.writable and not self.transport.is_closing():
            self.next_head(self.buffer)

    # ----------------------------------------------------------------------------------------------- answering

    def write(self, data: bytes) -> None:
        """Send to the client, behind what is still unsent."""
        if self.unsent:
            data, self.unsent = self.unsent + data, b""
        self.transport.write(data)

    def write_soon(self, data: bytes) -> None:
        """An answer that came whole: it may wait for the end of this turn (``Shared.flush_soon``)."""
        if not self.unsent:
            self.shared.flush_soon(self)
        self.unsent += data

    # ----------------------------------------------------------------------------------------------- leaving

    def refuse(self, status: int, reason: str, termination: str) -> None:
        """The client broke HTTP or kept us waiting: its status, and no further word."""
        if self.transport.is_closing():
            return
        page = self.frontend.errorfiles.get(status)
        if page is None:
            answer = replies.page(status, close=True)
        else:
            answer = replies.from_file(page, close=True, head_only=False, http10=False)
        self._log_unread(status, len(answer), reason, termination)
        if not answer:
            self.close()
            return
        self.write(answer)
        self.linger()

    def _log_unread(self, status: int, sent: int, reason: str, termination: str) -> None:
        silent = self.phase is Phase.FIRST and not self.buffer
        if self.log is not None and not (silent and self.frontend.dontlognull):
            self.log(record_of_unread(self, status=status, sent=sent, reason=reason, termination=termination))

    def linger(self) -> None:
        """Send what there is to send and the end of the stream, but go on reading for a while: closing a socket with
        unread bytes sends a reset, which may overtake the answer (RFC 9112 section 9.6).
        """
        self.exchange = None
        self.phase = Phase.LINGER
        self.buffer = b""
        if self.ended or self.transport.is_closing():
            self.close()
            return
        try:
            self.flush()
            if self.transport.can_write_eof():
                self.transport.write_eof()
        except OSError:
            # Plain asyncio shuts down at once, and tells of a reset only who reads: it was not reading.
            self.abort()
            return
        self.resume_reading()
        self.shared.deadlines.set(self, LINGER)

    def close(self) -> None:
        """Send what there is to send, then close. The limit holds for a client that does not read."""
        self.exchange = None
        self.phase = Phase.LINGER
        self.shared.deadlines.set(self, self.frontend.timeout_client)
        self.flush()
        self.transport.close()
        if self.over_tls:
            stop_waiting_for_notify(self.transport)

    def stop(self) -> None:
        if self.exchange is None and self.phase in {Phase.FIRST, Phase.IDLE}:
            self.close()

    def expire(self) -> None:
        if self.exchange is not None:
            self.exchange.expire()
        elif self.phase is Phase.IDLE:
            if not self.still_reads():
                self.close()
        elif self.phase is Phase.LINGER:
            self.abort()
        else:
            self.refuse(408, "the request's head did not come in time", "cR")

    def still_reads(self) -> bool:
        """The client takes what it was sent, slowly: as long as our buffer shrinks, it has its time."""
        left = self.transport.get_write_buffer_size()
        shrinks = left < self.write_backlog
        self.write_backlog = left
        if shrinks:
            self.shared.deadlines.set(self, self.frontend.timeout_client)
        return shrinks

    def eof_received(self) -> bool:
        """The client ends its stream. True keeps our side open."""
        self.flush()  # a transport whose end of stream is not answered with True closes itself
        self.ended = True
        if self.exchange is not None:
            if self.exchange.client_ended():
                return not self.over_tls
            self.close()  # within a limit, also where the client does not read what it was sent
            return False
        if self.phase is Phase.HEAD:
            self.refuse(400, "the connection ended within the request's head", "CR")
        # Pipelined requests came before the end.
        return self.phase is Phase.IDLE and bool(self.buffer) and not self.over_tls

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = True
        if self.exchange is not None and self.exchange.outlives_client():
            self.transport = Nowhere(self.shared.loop, self)
            self.buffer, self.writable = b"", True
            return
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.client_gone()
        elif self.phase is Phase.HEAD:
            self._log_unread(-1, 0, "the client left in the middle of a head", "CR")
        elif self.phase is Phase.FIRST:
            self._log_unread(-1, 0, "the client left without a word", "CR")
        super().connection_lost(error)

    # ------------------------------------------------------------------------------------------ back-pressure

    def pause_writing(self) -> None:
        self.writable = False
        self.write_backlog = self.transport.get_write_buffer_size()
        if self.exchange is not None:
            self.exchange.client_is_slow()

    def resume_writing(self) -> None:
        self.writable = True
        if self.exchange is not None:
            self.exchange.client_caught_up()
        elif self.buffer:
            self.shared.loop.call_soon(self._pipelined)

    def __repr__(self) -> str:
        return f"<Downstream {self.origin.peer} {self.phase.name.lower()}, {len(self.buffer)} unread>"
