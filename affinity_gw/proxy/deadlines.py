"""Every time limit of a worker, from one coarse clock.

A timer a request would cost more than the request's parsing. Here a deadline is an attribute: moving it later, which is
what almost every byte does, is one assignment. The clock looks at a connection only when the earliest moment that it
was ever told has come; where the deadline has moved on by then, it is filed anew. Precision is one tick.

Time is a number that ``advance`` is told; ``run`` tells it from the event loop, and tests tell it what they like.
"""

from __future__ import annotations

import asyncio
import time
from math import inf

TICK = 0.1
"""Seconds between two looks at the clock: every limit is kept to within this."""


class Timed:
    """Something with a deadline. ``expire`` is called once it has passed, and may set a new one.

    ``bucket``: the tick under which ``Deadlines``, and nobody else, has filed it.
    """

    __slots__ = ("bucket", "deadline")

    def __init__(self) -> None:
        self.deadline = inf
        self.bucket: int | None = None

    def expire(self) -> None:
        raise NotImplementedError


class Deadlines:
    """The clock of one worker. ``now`` is monotonic and at most one tick old."""

    def __init__(self, now: float | None = None) -> None:
        self.now = time.monotonic() if now is None else now
        self._buckets: dict[int, set[Timed]] = {}
        self._next = int(self.now / TICK)
        self._handle: asyncio.TimerHandle | None = None

    def set(self, timed: Timed, seconds: float) -> None:
        """``timed`` expires ``seconds`` from now; ``inf`` never."""
        timed.deadline = deadline = self.now + seconds
        bucket = timed.bucket
        if (bucket is None and deadline != inf) or (bucket is not None and deadline < (bucket - 1) * TICK):
            self._file(timed)

    def forget(self, timed: Timed) -> None:
        """``timed`` is over: hold no reference to it."""
        timed.deadline = inf
        if timed.bucket is not None:
            self._take_out(timed)

    def advance(self, now: float) -> None:
        """It is ``now``: let expire what has passed."""
        self.now = now
        last = int(now / TICK)
        while self._next <= last:
            for timed in self._buckets.pop(self._next, ()):
                timed.bucket = None
                self._look_at(timed)
            self._next += 1

    def _look_at(self, timed: Timed) -> None:
        if timed.deadline <= self.now:
            timed.deadline = inf
            timed.expire()
        elif timed.deadline != inf:
            self._file(timed)

    def _file(self, timed: Timed) -> None:
        if timed.bucket is not None:
            self._take_out(timed)
        bucket = max(int(timed.deadline / TICK) + 1, self._next + 1)
        timed.bucket = bucket
        self._buckets.setdefault(bucket, set()).add(timed)

    def _take_out(self, timed: Timed) -> None:
        if timed.bucket is not None and (bucket := self._buckets.get(timed.bucket)) is not None:
            bucket.discard(timed)
        timed.bucket = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the event loop tell the time until ``stop``."""
        self._handle = loop.call_later(TICK, self.start, loop)
        self.advance(time.monotonic())

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def __repr__(self) -> str:
        return f"<Deadlines {sum(map(len, self._buckets.values()))} filed>"
