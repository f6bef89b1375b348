"""Mode tcp: one decision a connection, the way to a server that a request takes (``reaching``), then a ``tunnel``.

Nothing is read into the bytes. What a client sends before there is a server waits, up to ``EARLY`` bytes; a server may
speak first. Where a connection cannot be made, the client is told in the one way that there is: its connection is
closed.

What the deadline of the client's connection means is what the exchange waits for; the tunnel has its own.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from affinity_gw.http1.head import connection_head
from affinity_gw.proxy.client import ClientConnection
from affinity_gw.proxy.connection import Nowhere, take_unread
from affinity_gw.proxy.reaching import Reaching
from affinity_gw.proxy.records import record_of_connection
from affinity_gw.proxy.stages import Stage
from affinity_gw.proxy.tunnel import Tunnel, raw
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.decide import decide
from affinity_gw.routing.decision import Reply
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.servers import Server

if TYPE_CHECKING:
    from affinity_gw.proxy.listener import Occupancy
    from affinity_gw.proxy.pool import Pool
    from affinity_gw.proxy.shared import Shared

EARLY = 16384
"""Bytes of a client that are kept until there is a server: the size of HAProxy's buffer."""


class TcpDownstream(ClientConnection):
    """A client's connection until it is a tunnel's."""

    __slots__ = ("exchange",)

    def __init__(self, shared: Shared, frontend: Frontend, occupancy: Occupancy) -> None:
        ClientConnection.__init__(self, shared, frontend, occupancy)
        self.exchange: TcpExchange | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.exchange = TcpExchange(self)
        self.exchange.begin()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if len(self.buffer) >= EARLY:
            self.pause_reading()

    def eof_received(self) -> bool:
        """True keeps our side open."""
        self.ended = True
        return self.exchange is not None and self.exchange.client_ended() and not self.over_tls

    def connection_lost(self, error: Exception | None) -> None:
        if self.over_tls and error is None and self.exchange is not None and not self.exchange.over:
            # TLS takes the connection along when a client ends its stream: what it has sent still goes to the server.
            self.transport = Nowhere(self.shared.loop, self)
            return
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.client_gone(error)
        super().connection_lost(error)

    def expire(self) -> None:
        if self.exchange is not None:
            self.exchange.expire()

    def stop(self) -> None:
        """A connection that looks for its server is under way: it has until ``hard_stop_after``."""

    def close(self) -> None:
        """Close in an orderly way: bytes that nobody has read would make a reset of it (RFC 1122 section 4.2.2.13)."""
        self.exchange = None
        take_unread(self.transport)
        self.transport.close()

    def __repr__(self) -> str:
        return f"<TcpDownstream {self.origin.peer}, {len(self.buffer)} unread>"


class FirstWords(Upstream):
    """A new connection to a server, until somebody listens: uvloop reads before whoever awaits the connection wakes."""

    __slots__ = ("early", "ended", "error")

    def __init__(self, pool: Pool, server: Server, name: str = "") -> None:
        Upstream.__init__(self, pool, server, name)
        self.early = b""
        self.ended = False
        self.error: Exception | None = None

    def data_received(self, data: bytes) -> None:
        self.early += data

    def eof_received(self) -> bool:
        self.ended = True
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.closed, self.error = True, error


class TcpExchange(Reaching):
    """One connection from the decision to its tunnel, or to its end without one."""

    downstream: TcpDownstream

    def __init__(self, downstream: TcpDownstream) -> None:
        self.downstream = downstream
        self.shared = downstream.shared
        self.snapshot = downstream.shared.snapshot
        self.head = connection_head(downstream.origin)
        self.began = time.monotonic()

    def begin(self) -> None:
        self.decision = decision = decide(self.head, self.downstream.frontend, self.snapshot, self.shared.live)
        if decision.faults:
            self.shared.report_faults(decision.faults)
        if isinstance(decision, Reply):
            self.fail(decision.status, decision.termination, decision.reason)
            return
        self.forward = decision
        self.dispatch()

    async def open(self, server: Server) -> Upstream:
        return await self.shared.pool.open(server, FirstWords, self.server_name(server))

    def attach(self, upstream: Upstream) -> None:
        """From here on both sides are the tunnel's."""
        assert isinstance(upstream, FirstWords)  # noqa: S101  # what ``open`` has asked for
        self.connected_at = time.monotonic()
        self.over = True
        downstream, backend = self.downstream, self.forward.backend
        downstream.exchange = None
        patience = raw(downstream.frontend.timeout_client, backend.timeout_server, backend.timeout_tunnel)
        record = record_of_connection(self) if downstream.log is not None else None
        tunnel = Tunnel.between(self, upstream, patience, record, started=self.began)
        tunnel.server_was_first(upstream.early, ended=upstream.ended, lost=upstream.closed, error=upstream.error)

    def fail(self, status: int, termination: str, reason: str) -> None:  # noqa: ARG002  # nobody here knows statuses
        if self.over:
            return
        self._end(termination, reason)
        self.downstream.close()

    def client_ended(self) -> bool:
        """True where its connection stays open: what it has sent may be all that it has to say, as in HAProxy."""
        if self.downstream.buffer and not self.forward.backend.abortonclose:
            return True
        self._end(*LEFT[self.stage])
        return False

    def client_gone(self, error: Exception | None) -> None:
        self._end(*LEFT[self.stage] if error is None else ("CD", "the client reset the connection"))

    def expire(self) -> None:
        if self.stage is Stage.QUEUE:
            self.fail(503, "sQ", "no place on the server within timeout.queue")
        else:
            self.connect_expired()

    def _end(self, termination: str, reason: str) -> None:
        """One record, and nothing more."""
        if self.over:
            return
        self.let_go()
        self.over = True
        self.termination = termination
        self.why(reason)
        if (log := self.downstream.log) is not None:
            log(record_of_connection(self))


LEFT = {
    Stage.QUEUE: ("CQ", "the client left while it waited for a place on a server"),
    Stage.CONNECT: ("CC", "the client left before there was a connection to the server"),
}
"""HAProxy's code for a client that leaves, by what was being waited for."""
