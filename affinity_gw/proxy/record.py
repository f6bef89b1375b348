"""What is known of one exchange when it ends: the facts behind an access log event, whatever prints them.

Times are seconds: ``started`` is wall-clock time, the others are spans, -1 where a phase was never reached (HAProxy's
-1). Made only where somebody logs. Defaults are those of a request that could not be read: it got no further.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from affinity_gw.plugin import Outcome
from affinity_gw.routing.sections import Mode


@dataclass(slots=True, kw_only=True)
class ExchangeRecord:
    mode: Mode = "http"
    """``tcp``: a whole connection; there is no request in it, and its ``started`` is when the client connected."""
    started: float
    """When the first byte of the request came (unix time)."""
    client: str
    """The client's address, after trusted proxies."""
    peer: str
    peer_port: int
    destination: tuple[str, int] = ("", 0)
    """The address and port that the client connected to."""
    frontend: str
    backend: str | None = None
    server: str | None = None
    method: str | None = None
    """None: the request could not be read."""
    target: str | None = None
    version: str = ""
    """``HTTP/1.1`` or ``HTTP/1.0``; empty where it could not be read."""
    host: str | None = None
    status: int
    """What the client was told; -1 where it was told nothing."""
    bytes_in: int
    """Bytes of the request as read: head and body."""
    bytes_out: int
    """Bytes of the answer as sent: head and body; in a tunnel, everything that went to the client."""
    pin: Outcome = "none"
    extractor: str | None = None
    key: str | None = None
    """The key as the extractor found it. Never log it as it is: see ``word``."""
    word: str | None = None
    """The server's word that the key named: this part may be logged."""
    reason: str
    retries: int = 0
    redispatched: bool = False
    request_time: float = -1
    """First byte to complete head (HAProxy's TR)."""
    queue_time: float = -1
    """Waiting for a place on a server (Tw)."""
    connect_time: float = -1
    """Opening a connection to the server (Tc)."""
    response_time: float = -1
    """Request sent to complete head of the answer (Tr)."""
    total_time: float
    """First byte of the request to last byte of the answer (Ta)."""
    termination: str
    """HAProxy's four letters, ``--VN`` and the like; ``----`` is all well. In mode tcp two."""
    upgrade: str | None = None
    """The protocol that was switched to; None for an ordinary exchange."""
    process_connections: int
    frontend_connections: int
    backend_connections: int = 0
    server_connections: int = 0
    server_queue: int = 0
    """How many requests were served from the server's queue until this one left it, itself included (HAProxy's %sq)."""
    backend_queue: int = 0
    """The same of the backend's queue (%bq)."""


Log = Callable[[ExchangeRecord], None]
"""Who wants to hear of exchanges that have ended."""
