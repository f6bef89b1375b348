"""The gateway's own messages as log targets get them: HAProxy's words and levels for servers that come and go, for
everything else the event and its facts in one line.

What is info on stderr is a notice here: HAProxy keeps info for traffic, and ``log … notice`` means all but that.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from affinity_gw.control.escape import escaped
from affinity_gw.routing.logs import LEVELS

LEVEL_OF = {
    "debug": LEVELS["debug"],
    "info": LEVELS["notice"],
    "warning": LEVELS["warning"],
    "error": LEVELS["err"],
    "critical": LEVELS["crit"],
}
"""By the name of structlog's method."""

OWN = frozenset({"event", "exc_info", "stack_info"})
"""Keys that are not facts."""

VERDICTS = (
    (re.compile(r"no connection within .*"), "Layer4 timeout"),
    (re.compile(r"no answer within .*"), "Layer7 timeout"),
    (re.compile(r"answered (\d+)"), r"Layer7 wrong status, code: \1"),
    (re.compile(r"(answered (\d+).*)"), r'Layer7 wrong status, code: \2, info: "\1"'),
    (re.compile(r"its answer is not HTTP|closed (without an answer|in the .*)"), "Layer7 invalid response"),
)
"""What a check found, in HAProxy's words."""


def messages(method: str, event: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """A level and a line; a traceback is a line a line."""
    if event.get("state") in {"UP", "DOWN"}:
        yield _server(event)
        return
    if event.get("servers_left") == 0:
        yield LEVELS["emerg"], f"backend {event['backend']} has no server available!"
        return
    # What an instance prints is an application's, and may be as much as traffic.
    level = LEVELS["info"] if method == "info" and "instance" in event else LEVEL_OF[method]
    facts = (f"{name}={_shown(value)}" for name, value in event.items() if name not in OWN)
    yield level, escaped(" ".join([str(event["event"]), *facts]))
    for line in _traceback(event.get("exc_info")):
        yield level, escaped(line)


def _server(event: Mapping[str, Any]) -> tuple[int, str]:
    """``Server app/a is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. …``

    HAProxy adds what the answer's status line said."""
    up = event["state"] == "UP"
    who = f"{'Backup ' if event['kind'] == 'backup' else ''}Server {event['backend']}/{event['server']}"
    why = f" via {event['via']}" if "via" in event else f", reason: {_reason(event, up=up)}"
    line = f"{who} is {event['state']}{why}. {event['active']} active and {event['backups']} backup servers "
    line += "online." if up else "left."
    if event["backups"] and not event["active"]:
        line += " Running on backup."
    if up:
        line += f" {event['requeued']} sessions requeued, {event['queued']} total in queue."
    else:
        line += f" {event['sessions']} sessions active, {event['requeued']} requeued, "
        line += f"{event['queued']} remaining in queue."
    return LEVELS["notice" if up else "alert"], escaped(line)


def _reason(event: Mapping[str, Any], *, up: bool) -> str:
    """An owner's words as they are."""
    reason = str(event["reason"])
    if "check_ms" not in event:
        return reason
    words = f"Layer{event['layer']} check passed" if up else _verdict(reason)
    return f"{words}, check duration: {event['check_ms']}ms"


def _verdict(reason: str) -> str:
    for pattern, words in VERDICTS:
        if found := pattern.fullmatch(reason):
            return found.expand(words)
    return f'Layer4 connection problem, info: "{reason[:1].upper()}{reason[1:]}"'


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text}"' if " " in text or not text else text


def _traceback(exc_info: Any) -> Iterator[str]:
    if exc_info is True:
        exc_info = sys.exc_info()
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if isinstance(exc_info, tuple) and exc_info[0] is not None:
        for block in traceback.format_exception(*exc_info):
            yield from block.rstrip("\n").split("\n")
