"""What to do when a server could not be reached: HAProxy's retries and redispatch, to the second.

Only a connection that could not be made is tried again: nothing of the request has gone out. A request that its key
or a hash holds to a server stays there, a second between two attempts, and goes elsewhere with its last retry at the
earliest (map-based hashing names the same server again even then). One that was only balanced does not care for its
server and moves at once."""

from __future__ import annotations

from affinity_gw.routing.balance import hashes
from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot

RETRY_DELAY = 1.0
"""Seconds between two attempts at one server, or the connect timeout where that is shorter."""


class Attempt:
    """Connect to ``server`` after ``delay_seconds``."""

    __slots__ = ("delay_seconds", "server")

    def __init__(self, server: Server, delay_seconds: float) -> None:
        self.server = server
        self.delay_seconds = delay_seconds


def after_failure(
    forward: Forward, failures: int, snapshot: Snapshot, live: Live, timed_out: bool = False
) -> Attempt | None:
    """What follows the ``failures``-th connection that could not be made; None: nothing (503).

    ``timed_out``: it ended by the connect timeout, which was delay enough. Give the server's place back before asking.
    A redispatch ends the key's hold: ``forward.persistent`` is False from then on, and ``forward.server`` is the
    caller's to set, with the attempt.
    """
    backend = forward.backend
    if failures > backend.retries:
        return None
    usable = snapshot.usable.get(backend.name, ())
    active = 0 if not usable or usable[0].backup else len(usable)
    delay = 0.0 if timed_out else min(RETRY_DELAY, backend.timeout_connect)
    if not _may_move(forward, failures, active, snapshot):
        return Attempt(forward.server, delay)
    if not usable:
        return None
    forward.persistent = False
    chosen = live.choose(backend, snapshot, forward.server, forward.head)
    forward.assigned = chosen is not None
    # With everybody full the request queues; which server it names while it waits is of no account.
    server = chosen or usable[0]
    return Attempt(server, delay if active <= 1 else 0.0)


def _may_move(forward: Forward, failures: int, active: int, snapshot: Snapshot) -> bool:
    """Whether balance may choose anew (HAProxy's stream_choose_redispatch)."""
    if not forward.backend.redispatch:
        return False
    return (
        not snapshot.is_up(forward.server)
        or _is_due(failures, forward.backend)
        or (not forward.persistent and active > 1 and not hashes(forward.backend))
    )


def _is_due(failures: int, backend: Backend) -> bool:
    after = backend.redispatch_after
    every = after if after > 0 else backend.retries + 1 + after
    return every > 0 and failures % every == 0
