"""One connection to a server.

It belongs to one exchange, or to the pool, or it is on its way out. It reads nothing into what it carries: bytes go to
the exchange that holds it. Bytes that come while nobody holds it were asked for by nobody: they would become the next
client's answer, so they end the connection (the desync that aiohttp's own client pool had, and that forged answers
are made for).
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, cast

from affinity_gw.proxy.connection import Connection, take_unread, take_unread_tls
from affinity_gw.routing.servers import Server

if TYPE_CHECKING:
    from affinity_gw.proxy.exchange import Exchange
    from affinity_gw.proxy.pool import Pool

READABLE = select.POLLIN | select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class Upstream(Connection):
    """``uses`` counts exchanges, the present one included; ``idle_since`` is the clock's time of its release;
    what it holds back is a request's head. ``name``: the server name that it was told, where that depends on requests.
    """

    __slots__ = (
        "_poll",
        "_pool",
        "client",
        "closed",
        "exchange",
        "idle_since",
        "name",
        "server",
        "uses",
    )

    def __init__(self, pool: Pool, server: Server, name: str = "") -> None:
        Connection.__init__(self)
        self.name = name
        self._pool = pool
        self.server = server
        self.exchange: Exchange | None = None
        self.uses = 0
        self.client: object = None
        """Whose requests alone may use it again; None: anybody's."""
        self.idle_since = 0.0
        self.closed = False
        self._poll: select.poll | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        exchange = self.exchange
        if exchange is not None:
            exchange.answer_data(data)
        else:
            self.abort()

    def eof_received(self) -> bool:
        """The server ends its stream. Nothing more can be asked of it, so the transport may close itself."""
        if self.exchange is None:
            self._pool.discard(self)
        elif self.server.tls is None:
            self.exchange.server_closed(None)
        else:
            self._tls_ended(self.exchange, None)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        exchange = self.exchange
        if exchange is None:
            self._pool.discard(self)
            return
        if self.server.tls is not None:
            self._tls_ended(exchange, error)
            return
        if error is not None and (early := take_unread(self.transport)):
            # A server may answer before it has read the whole request, and close: our next write then fails with a
            # reset while its answer still lies unread in the socket.
            exchange.answer_data(early)
        if self.exchange is exchange:
            exchange.server_closed(error)

    def _tls_ended(self, exchange: Exchange, error: Exception | None) -> None:
        """Without a close_notify anybody on the way may have ended it (RFC 9112 section 9.8). The loops do not tell:
        uvloop leaves ``eof_received`` out, asyncio calls it all the same.
        """
        rest, whole = take_unread_tls(self.transport)
        if rest:
            exchange.answer_data(rest)
        if self.exchange is exchange:
            exchange.server_closed(None if whole else error or ConnectionError("the end came without a close_notify"))

    def is_quiet(self) -> bool:
        """Nothing has arrived, no byte and no end of stream, not even what the event loop has not yet told us."""
        if self.closed or self.transport.is_closing():
            return False
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self.transport.get_extra_info("socket").fileno(), READABLE)
        return not self._poll.poll(0)

    def pause_writing(self) -> None:
        if self.exchange is not None:
            self.exchange.server_is_slow()

    def resume_writing(self) -> None:
        if self.exchange is not None:
            self.exchange.server_caught_up()

    def expire(self) -> None:
        """Idle for ``timeout.server_idle``."""
        if self.exchange is None:
            self.abort()

    def abort(self) -> None:
        """Close now; nothing that is still to be sent matters."""
        self._pool.discard(self)
        self.exchange = None
        self.unsent = b""
        if not self.closed:
            self.transport.abort()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "busy" if self.exchange is not None else "idle"
        return f"<Upstream {self.server.id} {state}, {self.uses} uses>"
