"""A request's body on its way: counted, kept while there is no connection for it yet, passed on unchanged.

Where the backend cannot read the chunked coding (``buffer_chunked_requests``), it is collected whole, so that it can be
sent with its length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from affinity_gw.errors import BadRequest
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.http1.framing import body_of

if TYPE_CHECKING:
    from affinity_gw.proxy.upstream import Upstream

UNSENT_LIMIT = 65536
"""Bytes that wait for the server's connection before the client has to wait."""

RATE_WINDOW = 30.0
"""Seconds over which ``min_body_rate`` is averaged."""


class Upload:
    """The body of one request. ``received`` counts its bytes as they came; ``wanted`` is false once nobody reads it."""

    __slots__ = (
        "_collected",
        "_limit",
        "_unsent",
        "_unsent_size",
        "_upstream",
        "_window_bytes",
        "_window_from",
        "body",
        "received",
        "wanted",
    )

    def __init__(self, length: int, collect_up_to: int, now: float) -> None:
        self.body = ChunkedBody(BadRequest, collect=True) if collect_up_to else body_of(length, BadRequest)
        self.received = 0
        self.wanted = True
        self._limit = collect_up_to
        self._collected = 0
        self._unsent: list[bytes] = []
        self._unsent_size = 0
        self._upstream: Upstream | None = None
        self._window_from = now
        self._window_bytes = 0

    @property
    def finished(self) -> bool:
        return self.body.finished

    @property
    def is_full(self) -> bool:
        """The client has to wait until there is a connection."""
        return self._unsent_size > UNSENT_LIMIT and self._upstream is None and not self._limit

    @property
    def collects(self) -> bool:
        return self._limit > 0

    @property
    def collected(self) -> int:
        """The length of the body once it has been collected."""
        return self._collected

    def feed(self, data: bytes) -> int:
        """The next bytes from the client: how many of them are the body's. Raises BadRequest (413: too long to
        be collected).
        """
        used = self.body.feed(data)
        self.received += used
        if not self.wanted:
            return used
        if self._limit:
            self._collect()
        elif self._upstream is not None:
            self._upstream.transport.write(data if used == len(data) else data[:used])
        elif used:
            self._unsent.append(data if used == len(data) else data[:used])
            self._unsent_size += used
        return used

    def _collect(self) -> None:
        assert isinstance(self.body, ChunkedBody)  # noqa: S101  # only a chunked body is ever collected
        payload = self.body.take()
        self._collected += len(payload)
        if self._collected > self._limit:
            self.wanted = False
            self._unsent.clear()
            raise BadRequest(f"the chunked body is longer than buffer_chunked_requests, {self._limit} bytes", 413)
        if payload:
            self._unsent.append(payload)

    def attach(self, upstream: Upstream) -> list[bytes]:
        """From now on bytes go to ``upstream``; those that have waited are returned, to go out with the head."""
        self._upstream = upstream
        waiting, self._unsent = self._unsent, []
        self._unsent_size = 0
        return waiting

    def discard(self) -> None:
        """Whatever still comes is read and thrown away."""
        self.wanted = False
        self._upstream = None
        self._unsent.clear()

    def restart_window(self, now: float) -> None:
        """The client was made to wait: that time does not count."""
        self._window_from = now
        self._window_bytes = self.received

    def is_too_slow(self, now: float, rate: int) -> bool:
        """A whole window has passed with fewer than ``rate`` bytes a second."""
        elapsed = now - self._window_from
        if not rate or elapsed < RATE_WINDOW:
            return False
        slow = self.received - self._window_bytes < rate * elapsed
        self.restart_window(now)
        return slow
