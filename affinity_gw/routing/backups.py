"""Backups serve only where no active server is left: the first of them, or all where ``allbackups`` says so.

The first one alone takes everything, full or not (the requests then wait for it). All together they are balanced like
active servers, in an order of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.servers import Server

if TYPE_CHECKING:
    from affinity_gw.routing.balance import Balancer


class WithBackups:
    """A balancer for the active servers, and one for the backups; None where only the first backup serves."""

    __slots__ = ("_active", "_backups")

    def __init__(self, active: Balancer, backups: Balancer | None) -> None:
        self._active = active
        self._backups = backups

    def choose(
        self, servers: Sequence[Server], avoid: Server | None = None, head: RequestHead | None = None
    ) -> Server | None:
        if not servers[0].backup:
            return self._active.choose(servers, avoid, head)
        return self._backups.choose(servers, avoid, head) if self._backups is not None else servers[0]

    def follow(self, servers: Sequence[Server]) -> None:
        active = servers if servers and not servers[0].backup else ()
        self._active.follow(active)
        if self._backups is not None:
            self._backups.follow(() if active else servers)
