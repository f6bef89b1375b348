"""One line for each exchange that has ended: ``make`` gives, for each frontend, the function that writes it.

A line goes to stdout where ``log.access`` says so, and to the targets of ``log.syslog``; it is made once for all that
want it in the same form, and not at all where nobody does: such a frontend has no function, and the exchange then no
record.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Protocol

import structlog

from affinity_gw.control.clf import clf_line
from affinity_gw.control.connectlog import connect_line
from affinity_gw.control.console import Console
from affinity_gw.control.event import Events
from affinity_gw.control.httplog import MAX_LINE, HttpLog
from affinity_gw.control.log import Form, Target, form
from affinity_gw.control.tcplog import TcpLog
from affinity_gw.proxy.record import ExchangeRecord, Log
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.logs import LEVELS
from affinity_gw.routing.sections import Frontend

INFO, ERR = LEVELS["info"], LEVELS["err"]

Line = Callable[[ExchangeRecord], str | None]
"""None: this form has no line for that."""

Send = Callable[[int, str], None]
"""Takes a level and a line."""

Outlets = list[tuple[Line, list[Send]]]


class Writer(Protocol):
    """Where lines go: a ``LineWriter``."""

    def write(self, line: str) -> None: ...


def make(
    config: Config,
    writer: Writer,
    targets: Sequence[Target] = (),
    *,
    is_terminal: bool = False,
    secret: bytes | None = None,
) -> dict[str, Log]:
    """By frontend the function to call with each exchange that has ended; those that nobody listens to are not in it.

    ``is_terminal`` is about the writer's target: it decides what ``auto`` means there, and whether there are colours.
    ``secret`` keys the hash of keys that must not be logged: random where None.
    """
    lines = Lines(secret or secrets.token_bytes(32), [target.target.length for target in targets])
    made = {}
    for frontend in config.frontends:
        outlets: dict[Form, list[Send]] = {}
        for which, send in _outlets(config, frontend, writer, targets, is_terminal=is_terminal):
            outlets.setdefault(which, []).append(send)
        if outlets:
            ready = [(lines.of(which, colours=is_terminal), sends) for which, sends in outlets.items()]
            made[frontend.name] = _careful(_log(frontend, ready))
    return made


def _outlets(
    config: Config, frontend: Frontend, writer: Writer, targets: Sequence[Target], *, is_terminal: bool
) -> Iterator[tuple[Form, Send]]:
    """Who wants this frontend's lines, and how written. What a target is sent no person reads as it comes."""
    if not frontend.log:
        return
    general = config.general
    written = frontend.log_format or general.log_format
    if general.log_access:
        yield (
            form(frontend.log_format or general.log_format, is_terminal=is_terminal),
            lambda _level, line: writer.write(line),
        )
    most = ERR if frontend.log_separate_errors else INFO
    for target in targets:
        if target.target.level >= most:
            which = form(written, is_terminal=False)
            yield "json" if which == "console" else which, target.send


def _log(frontend: Frontend, outlets: Outlets) -> Log:
    separate, abnormal_only = frontend.log_separate_errors, frontend.dontlog_normal
    watches = separate or abnormal_only

    def log(record: ExchangeRecord) -> None:
        level = INFO
        if watches and went_wrong(record):
            level = ERR if separate else INFO
        elif abnormal_only:
            return
        for line, sends in outlets:
            text = line(record)
            if text is not None:
                for send in sends:
                    send(level, text)

    if frontend.mode == "tcp" and frontend.dontlognull:
        return lambda record: log(record) if record.bytes_in else None
    return log


def went_wrong(record: ExchangeRecord) -> bool:
    """As HAProxy's strm_log: it went elsewhere, was retried, was ended by anything but the two sides or an answer of
    our own that is no refusal, or has a status of 500 or more."""
    cause = record.termination[0]
    return record.redispatched or cause not in "-L" or (cause == "-" and record.retries > 0) or record.status >= 500


def _careful(log: Log) -> Log:
    """The exchange is over: what cannot be logged must not become its failure. Complains once a second."""
    complained, more = 0.0, 0

    def careful(record: ExchangeRecord) -> None:
        nonlocal complained, more
        try:
            log(record)
        except Exception:  # noqa: BLE001  # whatever it is
            now = time.monotonic()
            if complained and now - complained < 1.0:
                more += 1
                return
            structlog.get_logger().exception("an exchange could not be logged", unreported=more)
            complained, more = now, 0

    return careful


class Lines:
    """The forms of a line; ``lengths`` are those that targets take, HAProxy's being cut."""

    def __init__(self, secret: bytes, lengths: Sequence[int] = ()) -> None:
        self._events = Events(secret)
        self._http, self._tcp = HttpLog(max((MAX_LINE, *lengths))), TcpLog()
        self.of = cache(self._of)

    def _of(self, which: Form, *, colours: bool) -> Line:
        event = self._events.event
        if which == "json":
            return lambda record: _encode(event(record))
        if which == "console":
            console = Console(colours=colours)
            return lambda record: console(event(record))
        lines: dict[str, Line] = {
            "httplog": self._or_tcp(self._http.line),
            "clf": self._or_tcp(clf_line),
            "tcplog": self._tcp.line,
            "connect": connect_line,
        }
        return lines[which]

    def _or_tcp(self, line: Callable[[ExchangeRecord], str]) -> Line:
        """What has no request has no line with a request: HAProxy falls back to tcplog there."""
        tcp = self._tcp.line
        return lambda record: line(record) if record.mode == "http" else tcp(record)


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
