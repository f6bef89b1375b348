"""What a client's connection waits for between exchanges (``Phase``), what an exchange waits for (``Stage``), and what
it means when that does not come.

Status, HAProxy's termination code and the words for the log, by stage: rules that are data.
"""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """What a connection without an exchange is waiting for."""

    FIRST = 0
    """The first byte of the first request: 408 when it does not come."""
    IDLE = 1
    """The next request: closed without a word."""
    HEAD = 2
    """The rest of a head: 408."""
    EXCHANGE = 3
    LINGER = 4
    """The client's end of stream, everything until then thrown away."""


class Stage(Enum):
    """What an exchange is waiting for."""

    VERIFY = "whether its user and password are right"
    COLLECT = "the whole body, to send it with its length"
    QUEUE = "a place on the server"
    CONNECT = "a connection to the server"
    REQUEST = "the rest of the request's body"
    ANSWER = "the answer's head"
    STREAM = "the rest of the answer"
    UPLOAD = "the rest of the request, the answer being complete"
    SWALLOW = "the end of a body that nobody wants"


CLIENT_STAGES = frozenset({Stage.COLLECT, Stage.REQUEST, Stage.UPLOAD, Stage.SWALLOW})
"""Where the next move is the client's."""

CLIENT_GONE = {
    Stage.VERIFY: "CR",
    Stage.COLLECT: "CR",
    Stage.REQUEST: "CR",
    Stage.QUEUE: "CQ",
    Stage.CONNECT: "CC",
    Stage.ANSWER: "CH",
}
"""HAProxy's code for a client that leaves, by what was being waited for."""

EXPIRED: dict[Stage, tuple[int, str, str]] = {
    Stage.VERIFY: (503, "sQ", "the password could not be looked at within timeout.http_request"),
    Stage.COLLECT: (408, "cR", "the client stopped sending its body"),
    Stage.QUEUE: (503, "sQ", "no place on the server within timeout.queue"),
    Stage.REQUEST: (408, "cR", "the client stopped sending its body"),
    Stage.ANSWER: (504, "sH", "no answer within timeout.server"),
    Stage.STREAM: (504, "sD", "the answer stopped for longer than timeout.server"),
    Stage.UPLOAD: (408, "cR", "the client stopped sending its body"),
    Stage.SWALLOW: (408, "cR", "the client stopped sending its body"),
}
"""What a deadline means: status, termination code, reason."""
