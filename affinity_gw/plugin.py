"""All that the author of an extractor imports.

An extractor finds the affinity key in a request: the string that ties requests to one session's server. It is a
dataclass whose fields are its options, so that its definition is also its manual::

    @dataclass(frozen=True, slots=True)
    class Tenant(Extractor):
        \"\"\"Every request of one tenant goes to one server.\"\"\"

        header: str = "X-Tenant"

        def request_key(self, head: RequestHead) -> str | None:
            return head.headers.get(self.header)

``request_key`` is the one required method. The others are called only where a class defines them:

    server_word(key, words)         the key holds more than a server's word: say which of ``words`` it names, or which
                                    several, the first of which whose server is up is taken
    without_key(target)             the request-target without the key, for ``strip_lost_key``
    edit_request(fields, forward)   change the fields on their way to the server
    edit_response(fields, status, forward)    change the fields on their way to the client; it may return what became
                                    of its cookie, as the log's letter
    cookie_seen(forward)            the key is kept in a cookie: what the request's was worth, as the log's letter

All of them are called between two reads of a socket: they compute and return, they never wait. An exception costs the
key or the edit, never the request; it is logged with its traceback, at most once a second.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal, Protocol

from multidict import CIMultiDict

from affinity_gw.http1.head import RequestHead, ResponseHead

__all__ = [
    "CookieMark",
    "CookieSeen",
    "EditRequest",
    "EditResponse",
    "Extractor",
    "Fields",
    "Forward",
    "Outcome",
    "Pin",
    "RequestHead",
    "ResponseHead",
    "SeesCookie",
    "ServerWord",
    "WithoutKey",
]

Fields = CIMultiDict[str]
"""Header fields in order, names in any case; what ``edit_request`` and ``edit_response`` change in place."""

Pin = Literal["server", "hash"]
"""How a key becomes a server: it is the server's word, or it is hashed over the servers that are up."""

Outcome = Literal["hit", "lost", "unknown", "none"]
"""What became of the key: it pinned, its server is down, it names no server, or there was none."""

CookieSeen = Literal["N", "I", "D", "V", "E", "O", "U"]
"""What the request's cookie was worth, the third letter of HAProxy's termination code: none, invalid, its server down,
valid, expired, too old, unused because something else chose the server."""

CookieMark = Literal["N", "I", "U", "P", "R", "D"]
"""What became of Set-Cookie, the fourth letter: none, inserted, updated, provided by the server and passed on,
rewritten, deleted."""


class Forward(Protocol):
    """What was decided for a request: read-only, and final when a plugin sees it (after a redispatch too)."""

    @property
    def head(self) -> RequestHead:
        """The request as it came."""

    @property
    def backend_name(self) -> str: ...

    @property
    def server_name(self) -> str: ...

    @property
    def server_word(self) -> str:
        """What a key must be to mean this server: its ``cookie`` if it has one, else its name; empty where none may."""

    @property
    def pin(self) -> Outcome: ...

    @property
    def persistent(self) -> bool:
        """The request asked for this very server, by its key or by a rule, and got it: no redispatch came between."""

    @property
    def extractor(self) -> str | None:
        """The name of the extractor whose key decided, or was noted first as lost or unknown."""

    @property
    def key(self) -> str | None: ...

    @property
    def word(self) -> str | None:
        """The server's word that the key named, which may be another server's after a redispatch; None where the key
        was hashed or named no server."""


class Extractor(ABC):
    """Finds the affinity key in a request. Subclasses are frozen dataclasses; ``__post_init__`` raises ValueError
    for an option that cannot be used, in words that an operator understands."""

    __slots__ = ()

    default_pin: ClassVar[Pin] = "hash"
    """What ``pin`` is where the configuration does not say. ``server`` for keys that contain a server's word."""

    needs_request: ClassVar[bool] = True
    """False for an extractor that looks at ``head.client`` and ``head.peer`` alone: it works in mode tcp too, where the
    head is that of a connection and holds nothing else."""

    @abstractmethod
    def request_key(self, head: RequestHead) -> str | None:
        """The key, or None for "not mine". Whatever is returned is used as it is: "" is a key."""


class ServerWord(Protocol):
    """The optional ``server_word``. ``words`` maps each server's word to its name, servers that are down included."""

    def server_word(self, key: str, words: Mapping[str, object]) -> str | tuple[str, ...] | None: ...


class WithoutKey(Protocol):
    """The optional ``without_key``: the request-target as it is once the key has been taken out."""

    def without_key(self, target: str) -> str: ...


class EditRequest(Protocol):
    """The optional ``edit_request``."""

    def edit_request(self, fields: Fields, forward: Forward) -> None: ...


class EditResponse(Protocol):
    """The optional ``edit_response``; ``status`` is the final status, 101 included."""

    def edit_response(self, fields: Fields, status: int, forward: Forward) -> CookieMark | None: ...


class SeesCookie(Protocol):
    """The optional ``cookie_seen``, called where somebody logs, once the exchange is over; None is no letter."""

    def cookie_seen(self, forward: Forward) -> CookieSeen | None: ...
