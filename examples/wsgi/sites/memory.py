"""Sessions in a dictionary, found again by a cookie of the site's own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Generic, TypeVar
from wsgiref.types import WSGIEnvironment

T = TypeVar("T")

COOKIE = "session"
MOST = 1000
"""Sessions in one instance. The one that began first gives way."""


class Memory(Generic[T]):
    """What each visitor has in this process; ``fresh`` makes what a new one has."""

    def __init__(self, fresh: Callable[[], T]) -> None:
        self._fresh = fresh
        self._sessions: dict[str, T] = {}

    def session(self, environ: WSGIEnvironment) -> tuple[T, list[tuple[str, str]]]:
        """The visitor's session, and the header fields that lead back to it where it is new."""
        name = cookie(environ, COOKIE)
        if name in self._sessions:
            return self._sessions[name], []
        # Never the name that came: it may be somebody else's, or from before this process.
        name = secrets.token_urlsafe(16)
        if len(self._sessions) >= MOST:
            self._sessions.pop(next(iter(self._sessions)))
        self._sessions[name] = self._fresh()
        return self._sessions[name], [("Set-Cookie", f"{COOKIE}={name}; Path=/; HttpOnly; SameSite=Lax")]


def cookie(environ: WSGIEnvironment, name: str) -> str:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
