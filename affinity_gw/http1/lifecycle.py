"""Whether a connection lives on after an exchange: one table.

A connection may carry another message only when both ends agree where the last one ended. The smuggling and
desynchronization bugs of proxies are made of this knowledge scattered over a code base, one ``if`` a file, with one
missing. So it stands here, once: whoever handles an exchange collects facts about it and asks at the end; nobody else
decides. A new circumstance is a new fact and a new row, and the tests enumerate both.

Of the facts of an exchange, the first row that matches decides, so the order is part of the table: what is broken is
closed, even after a 101; a tunnel is a tunnel whatever was said about keep-alive; everything else closes or, where
nothing speaks against it, is reused.
"""

from __future__ import annotations

from enum import Enum, IntFlag, auto
from functools import lru_cache
from typing import NamedTuple

from multidict import istr

from affinity_gw.http1.framing import UNTIL_CLOSE
from affinity_gw.http1.head import RequestHead, ResponseHead
from affinity_gw.http1.tokens import words_of

_CONNECTION = istr("Connection")


class Fate(Enum):
    """What becomes of a connection when its exchange is over."""

    REUSE = "reuse"
    CLOSE = "close"
    TUNNEL = "tunnel"


class Fact(IntFlag):
    """What is known of an exchange. Combining members is slow in Python 3.11 (0.6 µs): the hot path keeps plain ints,
    ``Fact.X.value``, in constants of its own."""

    # broken
    CLIENT_ABORTED = auto()
    """The client's connection was reset or closed before it had the whole answer, and the exchange was given up."""
    SERVER_ABORTED = auto()
    """The server's connection ended before the whole answer had come, or before it had taken the whole request."""
    TIMED_OUT = auto()
    """The server said nothing for too long."""
    BAD_ANSWER = auto()
    """The answer broke HTTP."""
    ANSWER_CUT = auto()
    """The client has the answer's head but will not get all of its body: the close is how it learns that."""
    REJECTED = auto()
    """The request broke HTTP, was too large or came too slowly: where the next one begins nobody knows."""
    # switched
    SWITCHED = auto()
    """The server answered 101 to what was asked."""
    # the answer
    UNREAD_BYTES = auto()
    """More came from the server than the answer: a second answer that nobody asked for, or a body after HEAD."""
    EARLY_ANSWER = auto()
    """The answer was complete before the server had been sent the whole request."""
    CLOSE_DELIMITED = auto()
    """The server's close is the end of the answer's body."""
    SENT_CLOSE_DELIMITED = auto()
    """The client learns the end of the body from our close (a chunked answer to an HTTP/1.0 client)."""
    SERVER_SAID_CLOSE = auto()
    SERVER_HTTP10 = auto()
    """An HTTP/1.0 answer without ``Connection: keep-alive``."""
    HEAD_NOT_REUSED = auto()
    """The request was HEAD, and the backend's ``reuse_after_head`` is off: its servers send bodies after it."""
    SERVER_CLOSE_MODE = auto()
    """The mode on the server's side is server-close or close (the stronger one of frontend and backend)."""
    # the request
    REQUEST_UNFINISHED = auto()
    """The client has not sent all of its request when the answer is over; its rest would be read as a request."""
    CLIENT_SAID_CLOSE = auto()
    CLIENT_HTTP10 = auto()
    """An HTTP/1.0 request without ``Connection: keep-alive``."""
    CLIENT_CLOSE_MODE = auto()
    """The frontend's mode is close."""
    HALF_CLOSED = auto()
    """The client has ended its side, and none of its requests is waiting to be read."""
    STOPPING = auto()
    """The gateway is on its way out."""


class Row(NamedTuple):
    """One line of the table: an exchange with this fact leaves its connection to this fate."""

    fact: Fact
    fate: Fate
    why: str


UPSTREAM = (
    Row(Fact.CLIENT_ABORTED, Fate.CLOSE, "the answer goes on, unread; the close also tells the server to stop"),
    Row(Fact.SERVER_ABORTED, Fate.CLOSE, "it is gone"),
    Row(Fact.TIMED_OUT, Fate.CLOSE, "a late answer would be taken for the next request's"),
    Row(Fact.BAD_ANSWER, Fate.CLOSE, "nobody knows where the answer ends"),
    Row(Fact.ANSWER_CUT, Fate.CLOSE, "the rest of the answer may still come"),
    Row(Fact.REJECTED, Fate.CLOSE, "the server waits for the rest of a request that will not come"),
    Row(Fact.SWITCHED, Fate.TUNNEL, "RFC 9110 section 7.8: from the 101 on the bytes are another protocol's"),
    Row(Fact.UNREAD_BYTES, Fate.CLOSE, "they would be taken for the next request's answer: one user's page to another"),
    Row(
        Fact.EARLY_ANSWER,
        Fate.CLOSE,
        "the server would read the rest of the body as a request, or the next one as body",
    ),
    Row(Fact.REQUEST_UNFINISHED, Fate.CLOSE, "the same, seen from the client's side"),
    Row(Fact.CLOSE_DELIMITED, Fate.CLOSE, "RFC 9112 section 6.3: the close was the end"),
    Row(Fact.SERVER_SAID_CLOSE, Fate.CLOSE, "RFC 9112 section 9.6"),
    Row(Fact.SERVER_HTTP10, Fate.CLOSE, "RFC 9112 section 9.3"),
    Row(Fact.HEAD_NOT_REUSED, Fate.CLOSE, "a body after the answer to HEAD would be taken for the next answer"),
    Row(Fact.SERVER_CLOSE_MODE, Fate.CLOSE, "the operator wants a connection a request"),
)

DOWNSTREAM = (
    Row(Fact.CLIENT_ABORTED, Fate.CLOSE, "it is gone"),
    Row(
        Fact.ANSWER_CUT,
        Fate.CLOSE,
        "a cut must be visible: the client would wait, or take the next answer for the rest",
    ),
    Row(Fact.REJECTED, Fate.CLOSE, "where the next request begins is not known"),
    Row(Fact.SWITCHED, Fate.TUNNEL, "RFC 9110 section 7.8: from the 101 on the bytes are another protocol's"),
    Row(Fact.CLOSE_DELIMITED, Fate.CLOSE, "passed on as it came: our close is the end of the body as well"),
    Row(Fact.SENT_CLOSE_DELIMITED, Fate.CLOSE, "RFC 9112 section 6.3: our close is the end of the body"),
    Row(Fact.REQUEST_UNFINISHED, Fate.CLOSE, "the rest of the body would be read as the next request"),
    Row(Fact.CLIENT_SAID_CLOSE, Fate.CLOSE, "RFC 9112 section 9.6"),
    Row(Fact.CLIENT_HTTP10, Fate.CLOSE, "RFC 9112 section 9.3"),
    Row(Fact.CLIENT_CLOSE_MODE, Fate.CLOSE, "the operator wants a connection a request"),
    Row(Fact.HALF_CLOSED, Fate.CLOSE, "no further request can come"),
    Row(Fact.STOPPING, Fate.CLOSE, "the gateway is leaving; the client goes on with its successor"),
)
"""What is missing on purpose: TIMED_OUT, SERVER_ABORTED, BAD_ANSWER and EARLY_ANSWER alone. An error page that was sent
whole (502, 504) keeps the client's connection, as HAProxy does, unless the request is unfinished."""


@lru_cache(maxsize=1024)
def upstream_fate(facts: int) -> Fate:
    """What becomes of the server's connection."""
    return _first(UPSTREAM, facts)


@lru_cache(maxsize=1024)
def downstream_fate(facts: int) -> Fate:
    """What becomes of the client's connection."""
    return _first(DOWNSTREAM, facts)


def _first(table: tuple[Row, ...], facts: int) -> Fate:
    return next((row.fate for row in table if row.fact & facts), Fate.REUSE)


_CLIENT_SAID_CLOSE = Fact.CLIENT_SAID_CLOSE.value
_CLIENT_HTTP10 = Fact.CLIENT_HTTP10.value
_SERVER_SAID_CLOSE = Fact.SERVER_SAID_CLOSE.value
_SERVER_HTTP10 = Fact.SERVER_HTTP10.value
_CLOSE_DELIMITED = Fact.CLOSE_DELIMITED.value


def request_facts(head: RequestHead) -> int:
    """What the request's head says about the client's connection (RFC 9112 section 9.3)."""
    return _persistence(head, _CLIENT_SAID_CLOSE, _CLIENT_HTTP10)


def response_facts(head: ResponseHead, length: int) -> int:
    """What the answer's head says about the server's connection. ``length`` is what ``response_length`` said."""
    facts = _persistence(head, _SERVER_SAID_CLOSE, _SERVER_HTTP10)
    return facts | _CLOSE_DELIMITED if length == UNTIL_CLOSE else facts


def _persistence(head: RequestHead | ResponseHead, said_close: int, old: int) -> int:
    """``close`` wins over ``keep-alive``. Proxy-Connection means nothing to us, as RFC 9112 appendix C.2.2 advises."""
    if _CONNECTION not in head.headers:
        return 0 if head.minor else old
    words = words_of(head.headers.getall(_CONNECTION))
    if "close" in words:
        return said_close
    return 0 if head.minor or "keep-alive" in words else old
