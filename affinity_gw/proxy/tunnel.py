"""The blind relay after a 101: bytes, ends of streams and nothing else.

Both transports get a protocol that knows only where the bytes go, so everything that read HTTP on this connection can
be forgotten: an idle WebSocket costs two relays and what they share. Nothing looks inside, so extensions, subprotocols,
pings and close codes are the two ends' own business.

An end of stream is passed on and the other direction goes on (RFC 6455 section 7.1.1 has the server close first; raw
protocols do what they like). A connection that is lost takes the other with it. ``timeout.tunnel`` is for both
directions silent.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from affinity_gw.proxy.deadlines import Timed
from affinity_gw.proxy.record import ExchangeRecord
from affinity_gw.proxy.records import record_of

if TYPE_CHECKING:
    from affinity_gw.proxy.downstream import Downstream
    from affinity_gw.proxy.exchange import Exchange
    from affinity_gw.proxy.shared import Shared
    from affinity_gw.proxy.upstream import Upstream


CLOSING = 60.0
"""Seconds that one side has for its last bytes once the other is gone."""


class Relay(asyncio.Protocol):
    """One direction: what is read here is written to ``peer``."""

    __slots__ = ("ended", "peer", "tunnel")

    def __init__(self, tunnel: Tunnel, peer: asyncio.Transport) -> None:
        self.tunnel = tunnel
        self.peer = peer
        self.ended = False

    def data_received(self, data: bytes) -> None:
        self.peer.write(data)
        self.tunnel.passed(self, len(data))

    def pause_writing(self) -> None:
        """The other end of *this* transport is slow: do not read more for it."""
        self.peer.pause_reading()

    def resume_writing(self) -> None:
        self.peer.resume_reading()

    def eof_received(self) -> bool:
        """Pass the half-close on; the transport closes itself once both directions have ended."""
        self.ended = True
        return self.tunnel.half_closed(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.tunnel.lost(self, error)


class Tunnel(Timed):
    """Two relays, the place on the server that they hold, and the record to be logged at the end."""

    __slots__ = (
        "_alive",
        "_client",
        "_held",
        "_occupancy",
        "_record",
        "_server",
        "_shared",
        "_started",
        "_termination",
        "_timeout",
        "sent",
    )

    def __init__(self, exchange: Exchange, client: asyncio.Transport, server: asyncio.Transport) -> None:
        Timed.__init__(self)
        shared = exchange.shared
        self._shared: Shared = shared
        self._timeout = exchange.forward.backend.timeout_tunnel
        self._held = exchange.forward.server
        self._occupancy = exchange.downstream.occupancy
        self._client = Relay(self, server)
        self._server = Relay(self, client)
        self._record: ExchangeRecord | None = None
        self._started = 0.0
        self._termination = "--"
        self._alive = 2
        self.sent = 0

    @classmethod
    def between(
        cls, exchange: Exchange, downstream: Downstream, upstream: Upstream, *, early: bytes, sent: int
    ) -> None:
        """Take both connections over. ``early``: what the client sent before it knew; it goes first."""
        client, server = downstream.transport, upstream.transport
        shared = exchange.shared
        tunnel = cls(exchange, client, server)
        if shared.log_exchange is not None:
            tunnel._record = record_of(exchange)
            tunnel._started = downstream.first_byte_at
            tunnel.sent = sent
        shared.deadlines.forget(downstream)
        shared.deadlines.forget(upstream)
        downstream.exchange = upstream.exchange = None
        shared.hand_over(downstream, tunnel)
        client.set_protocol(tunnel._client)
        server.set_protocol(tunnel._server)
        downstream.resume_reading()  # before the early bytes: they may be enough to have the client wait again
        if early:
            server.write(early)
        if downstream.ended:
            tunnel._client.eof_received()
        shared.deadlines.set(tunnel, tunnel._timeout)

    def passed(self, relay: Relay, count: int) -> None:
        if relay is self._server:
            self.sent += count
        if self._alive == 2:
            self._shared.deadlines.set(self, self._timeout)

    def half_closed(self, relay: Relay) -> bool:
        """One direction has ended; True while the other goes on."""
        other = self._server if relay is self._client else self._client
        peer = relay.peer
        if peer.is_closing():
            return False
        if other.ended:
            peer.close()
            return False
        if not peer.can_write_eof():
            peer.close()
            return False
        try:
            peer.write_eof()
        except OSError:
            # Plain asyncio shuts down at once, and tells of a reset only who reads: it was not reading.
            peer.abort()
            return False
        return True

    def lost(self, relay: Relay, error: Exception | None) -> None:
        """One connection is gone, and the other with it: after a reset at once, else with what it was still sent."""
        if error is not None and self._termination == "--":
            self._termination = "CD" if relay is self._client else "SD"
        if error is not None:
            relay.peer.abort()
        else:
            relay.peer.close()
        self._alive -= 1
        if self._alive:
            # What the other one is still sent may be waiting for a reader who never comes.
            self._shared.deadlines.set(self, min(self._timeout, CLOSING))
        else:
            self._shared.deadlines.forget(self)
        if relay is self._client:
            self._over()

    def _over(self) -> None:
        self._occupancy.connections -= 1
        self._shared.leave_place(self._held)
        self._shared.dismiss(self)
        record, self._record = self._record, None
        if record is not None and self._shared.log_exchange is not None:
            record.bytes_out += self.sent
            record.total_time = time.monotonic() - self._started
            record.termination = self._termination + record.termination[2:]
            record.reason = record.reason if self._termination == "--" else REASONS[self._termination]
            self._shared.log_exchange(record)

    def expire(self) -> None:
        """Silence in both directions for ``timeout.tunnel``, or a last reader who does not come."""
        if self._alive == 2:
            self._termination = "sD"
        for transport in (self._server.peer, self._client.peer):
            # Bytes that nobody has read for so long would hold the closing back for ever.
            if transport.get_write_buffer_size():
                transport.abort()
            else:
                transport.close()

    def stop(self) -> None:
        """A tunnel is always under way: it has until ``hard_stop_after``."""

    def abort(self) -> None:
        self._server.peer.abort()
        self._client.peer.abort()


REASONS = {
    "CD": "the client's side of the tunnel was reset",
    "SD": "the server's side of the tunnel was reset",
    "sD": "the tunnel was silent for timeout.tunnel",
}
