"""The gateway's own log: structlog on stderr, through a ``LineWriter``; coloured on a terminal, JSON elsewhere.

Modules write ``log = structlog.get_logger()`` and say what happened with facts as keywords. What arrives by the
standard library's ``logging`` (asyncio, aiohttp, plugins) joins the same stream. ``httplog`` and ``tcplog`` are forms
of the access log; with them the gateway's own messages are plain text, as HAProxy's are. Targets of ``log.syslog`` get
the same messages in HAProxy's words and levels (``notices``), whatever ``log.level`` leaves out of stderr.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, Protocol

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from affinity_gw.control.escape import escaped
from affinity_gw.control.lines import LineWriter
from affinity_gw.control.notices import messages
from affinity_gw.routing.configuration import Global
from affinity_gw.routing.logs import LogTarget
from affinity_gw.routing.sections import LogFormat

__all__ = ["LineWriter", "Target", "configure", "form", "losses_to_log"]


class Target(Protocol):
    """Where lines go that have a level: a ``Syslog``."""

    target: LogTarget

    def send(self, level: int, message: str) -> None: ...


Form = Literal["console", "json", "httplog", "tcplog", "clf", "connect"]


def form(written: LogFormat, *, is_terminal: bool) -> Form:
    """What a log format means here: ``auto`` is console on a terminal, JSON elsewhere."""
    if written != "auto":
        return written
    return "console" if is_terminal else "json"


def configure(
    general: Global,
    writer: LineWriter | None = None,
    targets: Sequence[Target] = (),
    *,
    is_terminal: bool | None = None,
) -> LineWriter:
    """Send everything that is logged from now on to ``writer`` (a new one on stderr where None), and return it.

    ``is_terminal`` says whether colours are welcome; None looks at stderr, and at NO_COLOR.
    """
    terminal = os.isatty(2) if is_terminal is None else is_terminal
    writer = writer or LineWriter(2)
    writer.losses.on_loss = losses_to_log("log")
    level = getattr(logging, general.log_level.upper())
    which = form(general.log_format, is_terminal=terminal)
    to_stderr = _processors(which, colours=terminal and "NO_COLOR" not in os.environ)
    structlog.configure(
        processors=[_to_targets(targets), _at_least(level), *to_stderr] if targets else to_stderr,
        wrapper_class=structlog.make_filtering_bound_logger(min(level, logging.INFO) if targets else level),
        logger_factory=lambda *_: _Lines(writer),
        # Each message asks anew, so that a test or an embedding program may configure twice.
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_FromLogging()], level=max(level, logging.WARNING), force=True)
    return writer


def _to_targets(targets: Sequence[Target]) -> Processor:
    """A copy to each; a target that fails has said so itself, and anything else must not cost the message on stderr."""

    def send(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        try:
            for level, line in messages(method, event):
                for target in targets:
                    target.send(level, line)
        except Exception as error:  # noqa: BLE001  # facts are anybody's objects
            event["unsent"] = repr(error)
        return event

    return send


def _at_least(level: int) -> Processor:
    """What targets may want to hear, and stderr not."""

    def drop(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        if structlog.processors.NAME_TO_LEVEL[method] < level:
            raise structlog.DropEvent
        return event

    return drop


def losses_to_log(what: str) -> Callable[[int, str], None]:
    """An ``on_loss`` for the gateway's own log: ``1234 access log lines were lost: No space left on device``."""

    def tell(count: int, reason: str) -> None:
        lines = f"{count} {what} lines were lost" if count else f"{what} lines are being lost"
        structlog.get_logger().warning(f"{lines}: {reason}")

    return tell


def _processors(which: Form, *, colours: bool) -> list[Processor]:
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts") if which == "json" else _local_time(colours),
        structlog.processors.StackInfoRenderer(),
        _escape_values,
    ]
    if which == "json":
        return [*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    plain = structlog.dev.plain_traceback
    return [*shared, structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=plain, sort_keys=False)]


def _local_time(short: bool) -> Processor:
    """To the millisecond; the time alone on a terminal, where access log lines stand beside these."""

    def stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        event["timestamp"] = now[11:23] if short else now
        return event

    return stamp


def _escape_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Nothing that a client or an instance said moves a terminal's cursor or begins a line of its own."""
    for name, value in event.items():
        if isinstance(value, str) and not value.isprintable() and name != "stack":
            event[name] = escaped(value)
    return event


class _Lines:
    """structlog's end of a ``LineWriter``: every level is the same method."""

    def __init__(self, writer: LineWriter) -> None:
        self.msg = self.debug = self.info = self.warning = self.error = self.critical = writer.write


class _FromLogging(logging.Handler):
    """The standard library's records, said by structlog. A record that cannot be formatted is named, not raised."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except Exception as error:  # noqa: BLE001  # whatever a stranger's format string does, the log goes on
            text = f"{record.msg} ({error!r})"
        structlog.get_logger().log(record.levelno, text, logger=record.name, exc_info=record.exc_info)
