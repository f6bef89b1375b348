"""What is fixed for all requests that one frontend sends to one backend: made once, used by every exchange.

Where both sections have a say, HAProxy's rules decide: the strongest connection mode wins on the server's side (close
over server-close over keep-alive), and only the frontend's ``close`` closes the client's connection too. What a backend
says about forwarding headers goes before what the frontend says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar

from affinity_gw.http1.claims import X_FORWARDED_FOR, X_ORIGINAL_TO, AddressField
from affinity_gw.http1.rewrite import RequestRewrite
from affinity_gw.plugin import CookieMark, CookieSeen, Extractor, Fields, Forward
from affinity_gw.routing.sections import Backend, Connection, Frontend

Option = TypeVar("Option")

STRENGTH: dict[Connection, int] = {"keep-alive": 0, "server-close": 1, "close": 2}

RequestEditor = tuple[str, Callable[[Fields, Forward], None]]
ResponseEditor = tuple[str, Callable[[Fields, int, Forward], CookieMark | None]]
CookieReader = tuple[str, Callable[[Forward], CookieSeen | None]]


_rewrite = lru_cache(maxsize=512)(RequestRewrite)
"""Ways that rewrite alike share one: a connection whose requests go to several backends then finds the lines of its
last head again (2 µs)."""


class Route:
    """One frontend's way to one backend.

    reuse:        server connections may be used again.
    client_close: the client's connection is closed after each answer.
    rewrite:      turns a request head into the bytes for the server; ``rewriting``, where rules wrote some fields.
    response_rules: the backend's, then the frontend's, as in HAProxy.
    request_editors, response_editors: the extractors that change fields, by name, in the order of the file.
    cookies:      the extractors that keep their key in a cookie: the log says what the first one's was worth.
    """

    __slots__ = (
        "_make_rewrite",
        "_rewrites",
        "backend",
        "client_close",
        "cookies",
        "request_editors",
        "response_editors",
        "response_rules",
        "reuse",
        "rewrite",
    )

    def __init__(self, frontend: Frontend, backend: Backend) -> None:
        mode = connection_mode(frontend, backend)
        close = mode == "close" or (mode == "server-close" and not backend.pretend_keepalive)
        self.backend = backend
        self.reuse = mode == "keep-alive"
        self.client_close = frontend.connection == "close"
        self._make_rewrite = partial(
            _rewrite,
            forwarded_for=_first(backend.forwarding.forwarded_for, frontend.forwarding.forwarded_for, "off"),
            forwarded_proto=_first(backend.forwarding.forwarded_proto, frontend.forwarding.forwarded_proto, False),
            forwarded_host=_first(backend.forwarding.forwarded_host, frontend.forwarding.forwarded_host, False),
            forwarded_port=_first(backend.forwarding.forwarded_port, frontend.forwarding.forwarded_port, False),
            original_to=_first(backend.forwarding.original_to, frontend.forwarding.original_to, False),
            forwarded_for_field=_address_field(
                backend.forwarding.forwarded_for_field, frontend.forwarding.forwarded_for_field, X_FORWARDED_FOR
            ),
            original_to_field=_address_field(
                backend.forwarding.original_to_field, frontend.forwarding.original_to_field, X_ORIGINAL_TO
            ),
            drop=backend.drop_request_headers,
            drop_on_upgrade=backend.drop_on_upgrade,
            set_fields=backend.set_request_headers,
            close=close,
            keepalive_for_http10=not close,
        )
        self.rewrite = self._make_rewrite()
        self._rewrites = {frozenset[bytes](): self.rewrite}
        self.response_rules = backend.response_rules + frontend.response_rules
        extractors = [(entry.name, entry.extractor) for entry in backend.affinity]
        self.request_editors: tuple[RequestEditor, ...] = _editors(extractors, "edit_request")
        self.response_editors: tuple[ResponseEditor, ...] = _editors(extractors, "edit_response")
        self.cookies: tuple[CookieReader, ...] = _editors(extractors, "cookie_seen")

    def rewriting(self, touched: frozenset[bytes]) -> RequestRewrite:
        """For requests in which rules wrote these fields; there are as many sets of them as rules can make."""
        rewrite = self._rewrites.get(touched)
        if rewrite is None:
            rewrite = self._rewrites[touched] = self._make_rewrite(touched=touched)
        return rewrite


def connection_mode(frontend: Frontend, backend: Backend) -> Connection:
    """The mode on the server's side. Where neither says anything: server-close, which is right for every server."""
    said = [mode for mode in (frontend.connection, backend.connection) if mode is not None]
    return max(said, key=STRENGTH.__getitem__, default="server-close")


def names(editors: tuple[tuple[str, Any], ...]) -> str:
    """Whose edits these are, for the log: together they made what cannot be sent."""
    return " or ".join(name for name, _ in editors)


def _first(one: Option | None, other: Option | None, default: Option) -> Option:
    if one is not None:
        return one
    return other if other is not None else default


def _address_field(backend: AddressField | None, frontend: AddressField | None, usual: AddressField) -> AddressField:
    """Where both say something, HAProxy takes the backend's name, heeds both exceptions, and adds to a field that is
    there unless both forbid it."""
    if backend is None or frontend is None:
        return backend or frontend or usual
    if_none = backend.if_none and frontend.if_none
    return AddressField(backend.header, backend.excepted + frontend.excepted, if_none)


def _editors(extractors: list[tuple[str, Extractor]], method: str) -> tuple[tuple[str, Callable[..., Any]], ...]:
    return tuple((name, getattr(extractor, method)) for name, extractor in extractors if hasattr(extractor, method))
