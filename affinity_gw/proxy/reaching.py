"""The way to a server, of a request as of a whole connection: a place, then a connection, with HAProxy's queues,
retries and redispatches. The ground floor: it knows nothing of what is sent once the connection is there.

Until then anything may be tried again (``routing/retry``): nothing has gone out.
"""

from __future__ import annotations

import asyncio
import time
from math import inf
from typing import TYPE_CHECKING

from affinity_gw.errors import BadRequest
from affinity_gw.http1.head import RequestHead
from affinity_gw.proxy.stages import Stage
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.decide import decide
from affinity_gw.routing.decision import Forward, Reply
from affinity_gw.routing.queue import Wait
from affinity_gw.routing.retry import after_failure
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot
from affinity_gw.routing.userlists import Unverified

if TYPE_CHECKING:
    from affinity_gw.proxy.client import ClientConnection
    from affinity_gw.proxy.shared import Shared


class Reaching:
    """What is on its way to a server. The deadline is its client connection's.

    Times are the monotonic clock's, 0 for not yet. Defaults are the class's, not set one by one: a request that is
    never queued or retried pays for none of that (32 slots cost 1.1 µs to fill, these assignments 0.4).
    """

    shared: Shared
    snapshot: Snapshot
    head: RequestHead
    downstream: ClientConnection
    forward: Forward
    """From the decision on, unless that is a reply."""
    decision: Forward | Reply | None = None
    upstream: Upstream | None = None
    stage = Stage.CONNECT
    retries = 0
    redispatched = False
    queued_at = 0.0
    waits: tuple[Wait, ...] = ()
    """In queues: more than one where a redispatch led to another full server."""
    dispatched_at = 0.0
    connected_at = 0.0
    termination = "--"
    over = False
    holds_place = False
    _connecting: asyncio.Task[None] | None = None
    _connect_expired = False

    def attach(self, upstream: Upstream) -> None:
        """The connection is there."""
        raise NotImplementedError

    def fail(self, status: int, termination: str, reason: str) -> None:
        """There will be none. ``status`` is for those who speak HTTP."""
        raise NotImplementedError

    def dispatch(self) -> None:
        """Take a place on the server that was decided, or wait for one."""
        server = self.forward.server
        if server.maxconn and not self.shared.live.queues.has_room(server):
            self.stage = Stage.QUEUE
            self.queued_at = time.monotonic()
            self.waits = (*self.waits, self.shared.live.queues.enter(self, self.forward))
            self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_queue)
            return
        self.granted(server)

    def granted(self, server: Server) -> None:
        """There is a place on ``server``: connect."""
        self.take_place(server)
        self.connect()

    def take_place(self, server: Server) -> None:
        self.forward.server = server
        self.holds_place = True
        self.shared.live.load(server).active += 1
        self.dispatched_at = time.monotonic()

    def decide_again(self) -> None:
        """The server that this request waited for went down."""
        try:
            decision = decide(self.head, self.downstream.frontend, self.shared.snapshot, self.shared.live)
        except BadRequest as error:  # by a rule whose condition has come true meanwhile
            self.fail(error.status, "PR", error.reason)
            return
        except Unverified:  # what was known when the request came has been forgotten, or holds no more
            self.fail(503, "SC", "the server went down while the request waited for it")
            return
        if isinstance(decision, Forward) and decision.backend is self.forward.backend:
            self.decision = self.forward = decision
            self.dispatch()
        else:
            self.fail(503, "SC", "the server went down while the request waited for it")

    # ---------------------------------------------------------------------------------------------- connecting

    def connect(self) -> None:
        """Open a connection to the server on which there is a place."""
        self.stage = Stage.CONNECT
        # From now, not from the task's first step: a task that is cancelled before it never takes it.
        self._limit_attempt()
        self._connecting = self.shared.loop.create_task(self._connect())

    async def _connect(self) -> None:
        """Open a connection, trying again as HAProxy does: nothing has been sent yet, so any request may be."""
        while (error := await self._attempt()) is not None:
            delay = self._try_again(error)
            if delay is None:
                self._connecting = None
                termination = "sC" if isinstance(error, TimeoutError) else "SC"
                self.fail(503, termination, _refusal(self.forward.server, error))
                return
            if not self.holds_place:  # where it goes next is full
                self._connecting = None
                self.dispatch()
                return
            if delay > 0:
                await asyncio.sleep(delay)
            self._limit_attempt()

    def _limit_attempt(self) -> None:
        """The limit is the clock's: a timer for each connection would cost 8 µs with uvloop, 20 with asyncio's loop."""
        self.shared.deadlines.set(self.downstream, self.forward.backend.timeout_connect)

    async def _attempt(self) -> OSError | None:
        """Connect, and go on from there; or what stood in the way."""
        try:
            upstream = await self.open(self.forward.server)
        except OSError as error:
            self.shared.deadlines.set(self.downstream, inf)
            return error
        except asyncio.CancelledError:
            if self.over or not self._connect_expired or (task := asyncio.current_task()) is None:
                raise
            self._connect_expired = False
            task.uncancel()
            return TimeoutError()
        self._connecting = None
        self.attach(upstream)
        return None

    async def open(self, server: Server) -> Upstream:
        """A new connection to ``server``. Raises OSError."""
        return await self.shared.pool.open(server, name=self.server_name(server))

    def server_name(self, server: Server) -> str:
        """What ``server`` is told that it is called, where that depends on the request."""
        if server.tls is None or server.tls.write_sni is None:
            return ""
        return server.tls.write_sni(self.head, self.snapshot)

    def connect_expired(self) -> None:
        """Nobody answered within ``timeout.connect``."""
        if self._connecting is not None:
            self._connect_expired = True
            self._connecting.cancel()

    def _try_again(self, error: OSError) -> float | None:
        """Seconds until the next attempt, ``forward.server`` being where it goes; None: there is none."""
        forward, shared = self.forward, self.shared
        refused = forward.server
        shared.live.load(refused).active -= 1  # the balance must not count us where we are not
        attempt = after_failure(
            forward, self.retries + 1, self.snapshot, shared.live, timed_out=isinstance(error, TimeoutError)
        )
        if attempt is None or attempt.server is refused:
            shared.live.load(refused).active += 1
        else:
            self._move(refused, attempt.server)
        if attempt is None:
            return None
        self.retries += 1
        return attempt.delay_seconds

    def _move(self, refused: Server, server: Server) -> None:
        """A redispatch: take a place on another server, if there is one."""
        self.redispatched = True
        self.forward.server = server
        self.holds_place = self.shared.live.queues.has_room(server)
        if self.holds_place:
            self.shared.live.load(server).active += 1
        self.shared.wake_next(refused)

    # ------------------------------------------------------------------------------------------------- leaving

    def let_go(self) -> None:
        """Leave the queue, the connection attempt, the server."""
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        if self.stage is Stage.QUEUE:
            self.shared.live.queues.leave(self)
        upstream, self.upstream = self.upstream, None
        if upstream is not None:
            upstream.abort()
        self.leave_place()

    def leave_place(self) -> None:
        """The server has one request fewer: whoever waits longest for it is next."""
        if self.holds_place:
            self.holds_place = False
            self.shared.leave_place(self.forward.server)

    def why(self, reason: str) -> None:
        if self.decision is not None:
            self.decision.reason = reason


def _refusal(server: Server, error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"{server.id} at {server.address} did not accept the connection within timeout.connect"
    said = getattr(error, "verify_message", None)
    reason = f"its certificate is refused: {said}" if said else error.strerror or error
    return f"{server.id} at {server.address} cannot be reached: {reason}"
