"""Idle connections to servers, ready for the next request; and the way to open a new one.

Which connections may come back is ``http1/lifecycle``'s to say; the pool only keeps them, the latest on top, so that
those not needed grow old and are closed after ``timeout.server_idle``.

A connection is handed out only if nothing has arrived on it meanwhile. A request that may not be sent twice takes only
one that was in use a moment ago: servers close connections that have been idle for long, and a POST that meets such a
close is lost, where a GET goes once more (RFC 9110 section 9.2.2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from affinity_gw.proxy.deadlines import Deadlines
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.servers import Server
from affinity_gw.tls.store import Contexts, verify_name

U = TypeVar("U", bound=Upstream)

MAX_IDLE = 128
"""Idle connections that are kept for one server."""

FRESH = 1.0
"""Seconds for which an idle connection is trusted with a request that may not be sent twice."""


class Pool:
    """The server connections of one worker. ``repr`` is its whole state."""

    def __init__(self, deadlines: Deadlines, contexts: Contexts | None = None) -> None:
        self._deadlines = deadlines
        self._contexts = contexts or Contexts()
        self._idle: dict[str, list[Upstream]] = {}
        self.opened = 0
        self.reused = 0

    def acquire_nowait(
        self, server: Server, *, replayable: bool, allowed: Callable[[Upstream], bool] | None = None
    ) -> Upstream | None:
        """An idle connection to ``server``, the latest of those that are ``allowed``, or None: then ``open`` a new
        one."""
        idle = self._idle.get(server.id)
        while idle:
            position = -1 if allowed is None else _latest(idle, allowed)
            if position is None:
                return None
            upstream = idle[position]
            if not replayable and self._deadlines.now - upstream.idle_since > FRESH:
                return None
            del idle[position]
            if _same(upstream.server, server) and upstream.is_quiet():
                upstream.uses += 1
                upstream.deadline = float("inf")
                self.reused += 1
                return upstream
            upstream.abort()
        return None

    async def open(self, server: Server, kind: type[U] = Upstream, name: str = "") -> U:  # type: ignore[assignment]  # python/mypy#3737
        """A new connection, over TLS where the server says so. Raises OSError where it is refused or is not whom it
        should be. ``name``: what the server is told, where its ``sni`` depends on requests. The limit is the caller's:
        cancel.
        """
        loop = asyncio.get_running_loop()
        address, tls = server.address, server.tls
        upstream = kind(self, server, name)
        options = self._contexts.options(tls, name) if tls is not None else {}
        if address.path:
            await loop.create_unix_connection(lambda: upstream, address.path, **options)
        else:
            await loop.create_connection(lambda: upstream, address.host, address.port, **options)
        if tls is not None:
            verify_name(tls, upstream.transport)
        upstream.uses = 1
        self.opened += 1
        return upstream

    def release(self, upstream: Upstream, idle_timeout: float) -> None:
        """The exchange is over and the connection may be used again."""
        upstream.exchange = None
        idle = self._idle.get(upstream.server.id)
        if idle is None:
            idle = self._idle[upstream.server.id] = []
        gone = upstream.closed or upstream.transport.is_closing()
        # What was answered before it was asked will be answered again, and then to somebody else.
        if gone or upstream.unsent or len(idle) >= MAX_IDLE or idle_timeout <= 0:
            upstream.abort()
            return
        if not upstream.is_reading:
            if upstream.server.tls is not None:  # what TLS holds back meanwhile no look at the socket can see
                upstream.abort()
                return
            upstream.resume_reading()
        upstream.idle_since = self._deadlines.now
        self._deadlines.set(upstream, idle_timeout)
        idle.append(upstream)

    def discard(self, upstream: Upstream) -> None:
        """It is closed or about to be: forget it."""
        self._deadlines.forget(upstream)
        idle = self._idle.get(upstream.server.id)
        if idle and upstream in idle:
            idle.remove(upstream)

    def close(self) -> None:
        for idle in list(self._idle.values()):
            for upstream in list(idle):
                upstream.abort()

    def __repr__(self) -> str:
        idle = ", ".join(f"{server}: {len(idle)}" for server, idle in sorted(self._idle.items()) if idle)
        return f"<Pool {self.opened} opened, {self.reused} reused, idle {{{idle}}}>"


def _latest(idle: Sequence[Upstream], allowed: Callable[[Upstream], bool]) -> int | None:
    return next((position for position in reversed(range(len(idle))) if allowed(idle[position])), None)


def _same(before: Server, now: Server) -> bool:
    """A reload may move a server."""
    return before is now or (before.address == now.address and before.tls == now.tls)
