"""What is asked of every peer, and which figure is good enough. A new workload is a new row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["requests", "tunnels"]

UNITS: dict[Kind, str] = {"requests": "µs/request", "tunnels": "KB/tunnel"}


@dataclass(frozen=True, slots=True)
class Workload:
    """``kind`` says how it is measured, ``connection`` which template values the peers are configured with.

    ``count``: connections of wrk, or tunnels held open. ``goal``: the gateway's figure at most, as a multiple of the
    reference's where ``relative``, else in the kind's unit; None where nothing was promised. ``fresh``: no head, of a
    request or of an answer, comes twice, so that nothing can be remembered of one.
    """

    name: str
    title: str
    kind: Kind
    connection: Literal["keep-alive", "server-close"]
    count: int
    goal: float | None
    relative: bool = True
    fresh: bool = False


WORKLOADS = (
    Workload("keep-alive", "1 KB answers, keep-alive", "requests", "keep-alive", count=64, goal=2.0),
    Workload("fresh-heads", "the same, no head twice", "requests", "keep-alive", count=64, goal=None, fresh=True),
    Workload("server-close", "1 KB answers, server-close", "requests", "server-close", count=64, goal=1.6),
    Workload("idle-websocket", "idle WebSockets", "tunnels", "server-close", count=2000, goal=4.0, relative=False),
)
