"""The sessions of one instance: in memory, found by their id, gone when nobody has asked for them in a while.

Times are seconds of any one clock, and an argument.
"""

from __future__ import annotations

import asyncio
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiohttp import web

ALPHABET = string.digits + string.ascii_letters
TAIL = 16
"""Characters after the prefix. A gateway cuts them off to find the instance."""

BOOTSTRAP = 10.0
"""A page that never asks for its script (a crawler's, a health check's) keeps its session so long."""
TIMEOUT = 600.0
"""Any other session lives so long after its last request."""


@dataclass(slots=True, eq=False)
class Session:
    """What one page on one screen has in this process. ``host`` is what the browser called us at its first request."""

    id: str
    host: str
    client: str
    started: str
    seen: float
    counter: int = 0
    ack: int = 0
    """How many events came by POST. Each answer says it, and the page's next event repeats it: so many has it seen."""
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    """The page has asked for its script."""
    socket: web.WebSocketResponse | None = None

    def expired(self, now: float) -> bool:
        return now - self.seen > (TIMEOUT if self.loaded.is_set() else BOOTSTRAP)


class Sessions:
    """All sessions of one instance, whose name is their ids' ``prefix``."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._sessions: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def start(self, host: str, client: str, started: str, now: float) -> Session:
        session = Session(self.prefix + random_tail(), host, client, started, seen=now)
        self._sessions[session.id] = session
        return session

    def find(self, name: str, now: float) -> Session | None:
        """The session with this id, which has been asked for just now; None where it is not, or no longer, here."""
        session = self._sessions.get(name)
        if session is None or session.expired(now):
            return None
        session.seen = now
        return session

    def end(self, session: Session) -> None:
        self._sessions.pop(session.id, None)

    def sweep(self, now: float) -> list[Session]:
        """End those that have expired, and say which."""
        gone = [session for session in self if session.expired(now)]
        for session in gone:
            self.end(session)
        return gone


def random_tail() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TAIL))
