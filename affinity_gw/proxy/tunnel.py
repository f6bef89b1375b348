"""The blind relay, after a 101 or in mode tcp: bytes, ends of streams and nothing else.

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
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from affinity_gw.proxy.client import linger_not
from affinity_gw.proxy.deadlines import Timed
from affinity_gw.proxy.record import ExchangeRecord
from affinity_gw.proxy.records import recount

if TYPE_CHECKING:
    from affinity_gw.proxy.client import ClientConnection
    from affinity_gw.proxy.reaching import Reaching
    from affinity_gw.proxy.shared import Shared
    from affinity_gw.proxy.upstream import Upstream

CLOSING = 60.0
"""Seconds that one side has for its last bytes once the other is gone."""


class Patience(NamedTuple):
    """For how many seconds each side may be silent, and what it means where one is: termination code and reason."""

    client: float
    server: float
    silent_client: tuple[str, str]
    silent_server: tuple[str, str]


@lru_cache
def upgraded(tunnel: float) -> Patience:
    """After a 101: ``timeout.tunnel`` is for both."""
    silent = ("sD", "the tunnel was silent for timeout.tunnel")
    return Patience(tunnel, tunnel, silent, silent)


@lru_cache
def raw(client: float, server: float, tunnel: float) -> Patience:
    """In mode tcp: ``timeout.tunnel``, where there is one, takes the place of the other two, as in HAProxy."""
    if tunnel != inf:
        silent = ("cD", "the connection was silent for timeout.tunnel")
        return Patience(tunnel, tunnel, silent, silent)
    return Patience(
        client,
        server,
        ("cD", "the client was silent for timeout.client"),
        ("sD", "the server was silent for timeout.server"),
    )


class Relay(asyncio.Protocol):
    """One direction: what is read here is written to ``peer``."""

    __slots__ = ("ended", "peer", "tunnel")

    def __init__(self, tunnel: Tunnel, peer: asyncio.Transport) -> None:
        self.tunnel = tunnel
        self.peer = peer
        self.ended = False

    def data_received(self, data: bytes) -> None:
        if self.ended:
            return  # from one whose silence was taken for its end
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
        "_backlog",
        "_client",
        "_held",
        "_limit",
        "_log",
        "_occupancy",
        "_patience",
        "_record",
        "_server",
        "_shared",
        "_started",
        "_termination",
        "received",
        "sent",
    )

    def __init__(
        self, exchange: Reaching, client: asyncio.Transport, server: asyncio.Transport, patience: Patience
    ) -> None:
        Timed.__init__(self)
        self._shared: Shared = exchange.shared
        self._patience = patience
        self._limit = min(patience.client, patience.server)
        self._held = exchange.forward.server
        self._occupancy = exchange.downstream.occupancy
        self._client = Relay(self, server)
        self._server = Relay(self, client)
        self._log = exchange.downstream.log
        self._record: ExchangeRecord | None = None
        self._started = 0.0
        self._termination = "--"
        self._alive = 2
        self._backlog = 0
        self.received = 0
        self.sent = 0

    @classmethod
    def between(
        cls,
        exchange: Reaching,
        upstream: Upstream,
        patience: Patience,
        record: ExchangeRecord | None,
        *,
        started: float,
        sent: int = 0,
    ) -> Tunnel:
        """Take both connections over. What the client sent before, ``downstream.buffer``, goes first. ``record`` is
        that of the exchange as far as it is known, None where nobody logs; ``sent``: bytes that the client has been
        sent and that are not in it.
        """
        downstream: ClientConnection = exchange.downstream
        client, server = downstream.transport, upstream.transport
        shared = exchange.shared
        tunnel = cls(exchange, client, server, patience)
        tunnel._record, tunnel._started, tunnel.sent = record, started, sent
        shared.deadlines.forget(downstream)
        shared.deadlines.forget(upstream)
        shared.hand_over(downstream, tunnel)
        client.set_protocol(tunnel._client)
        server.set_protocol(tunnel._server)
        downstream.resume_reading()  # before the early bytes: they may be enough to have the client wait again
        shared.deadlines.set(tunnel, tunnel._limit)
        if downstream.buffer:
            tunnel._client.data_received(downstream.buffer)
        if downstream.ended:
            tunnel._client.eof_received()
        return tunnel

    def server_was_first(self, data: bytes, *, ended: bool, lost: bool, error: Exception | None) -> None:
        """What the server did before anybody listened."""
        if data:
            self._server.data_received(data)
        if lost:
            self._server.connection_lost(error)
        elif ended and not self._server.eof_received():
            self._client.peer.close()

    def passed(self, relay: Relay, count: int) -> None:
        if relay is self._server:
            self.sent += count
        else:
            self.received += count
        if self._alive == 2:
            self._shared.deadlines.set(self, self._limit)

    def half_closed(self, relay: Relay) -> bool:
        """One direction has ended; True while the other goes on. A TLS connection ends as a whole."""
        other = self._other(relay)
        peer = relay.peer
        if peer.is_closing():
            return False
        if other.ended or not peer.can_write_eof() or not other.peer.can_write_eof():
            peer.close()
            return False
        try:
            peer.write_eof()
        except OSError:
            # Plain asyncio shuts down at once, and tells of a reset only who reads: it was not reading.
            peer.abort()
            return False
        self._limit = self._patience.client if other is self._client else self._patience.server
        self._shared.deadlines.set(self, self._limit)
        return True

    def _other(self, relay: Relay) -> Relay:
        return self._server if relay is self._client else self._client

    def lost(self, relay: Relay, error: Exception | None) -> None:
        """One connection is gone, and the other with it: after a reset at once, else with what it was still sent."""
        if error is None:
            relay.peer.close()
        else:
            self._ends_with(*(CLIENT_RESET if relay is self._client else SERVER_RESET))
            if relay is self._client:
                linger_not(relay.peer)  # the server is told how it ended, as by HAProxy
            relay.peer.abort()
        self._alive -= 1
        if self._alive:
            # What the other one is still sent may be waiting for a reader who never comes.
            self._shared.deadlines.set(self, min(self._limit, CLOSING))
        else:
            self._shared.deadlines.forget(self)
        if relay is self._client:
            self._over()

    def _ends_with(self, termination: str, reason: str) -> None:
        """The first thing that went wrong is what is logged."""
        if self._termination == "--":
            self._termination = termination
            if self._record is not None:
                self._record.reason = reason

    def _over(self) -> None:
        shared = self._shared
        shared.leave_place(self._held)
        record, self._record = self._record, None
        if record is not None and self._log is not None:
            record.bytes_in += self.received
            record.bytes_out += self.sent
            record.total_time = time.monotonic() - self._started
            record.termination = self._termination + record.termination[2:]
            recount(record, shared, self._occupancy, self._held)
            self._log(record)
        self._occupancy.connections -= 1
        shared.dismiss(self)

    # ------------------------------------------------------------------------------------------------- silence

    def expire(self) -> None:
        """A side was silent for too long, or has not read what it was sent."""
        if self._alive == 2:
            if self._is_read():
                return
            late = self._late()
            patience = self._patience
            client_is_late = late is self._client
            self._ends_with(*(patience.silent_client if client_is_late else patience.silent_server))
            left = patience.server - patience.client if client_is_late else patience.client - patience.server
            if left > 0 and self._take_for_ended(late):
                self._shared.deadlines.set(self, left)
                return
        for transport in (self._server.peer, self._client.peer):
            # Bytes that nobody has read for so long would hold the closing back for ever.
            if transport.get_write_buffer_size():
                transport.abort()
            else:
                transport.close()

    def _is_read(self) -> bool:
        """Somebody is slow, and yet reads: what waits is not as much as when we looked last."""
        waiting = self._server.peer.get_write_buffer_size() + self._client.peer.get_write_buffer_size()
        before, self._backlog = self._backlog, waiting
        if not waiting or waiting == before:
            return False
        self._shared.deadlines.set(self, self._limit)
        return True

    def _late(self) -> Relay:
        """Whose move it is: who does not read, else who has not ended, else who may be silent for less time."""
        if self._server.peer.get_write_buffer_size() or self._server.ended:
            return self._client
        if self._client.peer.get_write_buffer_size() or self._client.ended:
            return self._server
        return self._client if self._patience.client <= self._patience.server else self._server

    def _take_for_ended(self, late: Relay) -> bool:
        """Tell the other side so. False where that is no way to go on."""
        if late.ended or self._other(late).ended or self._backlog:
            return False
        late.ended = True
        return self.half_closed(late)

    # ------------------------------------------------------------------------------------------------ stopping

    def stop(self) -> None:
        """A tunnel is always under way: it has until ``hard_stop_after``."""

    def abort(self) -> None:
        self._server.peer.abort()
        self._client.peer.abort()


CLIENT_RESET = ("CD", "the client reset the connection")
SERVER_RESET = ("SD", "the server reset the connection")
