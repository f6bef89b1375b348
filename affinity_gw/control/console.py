"""The access log for a person at a terminal: one aligned line an exchange, what matters in colour.

23:02:48.895 200 GET     localhost:8080/counter        wt/wt1    hit url_prefix=wt1      3.2 ms
23:02:49.117 tcp -       203.0.113.7                   db/db1    none                 5012.4 ms
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import click

from affinity_gw.control.event import Event

STATUS_COLOURS = {1: "cyan", 2: "green", 3: "cyan", 4: "yellow", 5: "red"}
PIN_COLOURS = {"hit": "green", "lost": "yellow", "unknown": "yellow", "none": "bright_black"}

Style = Callable[..., str]


def styling(*, colours: bool) -> Style:
    """``click.style``, or what takes the same arguments and leaves a text as it is."""
    return click.style if colours else lambda text, **_style: text


class Console:
    """The last processor; ``colours`` is False where the output is not a terminal."""

    def __init__(self, *, colours: bool) -> None:
        self._style = styling(colours=colours)

    def __call__(self, event: Event) -> str:
        style, status = self._style, event["status"]
        where = f"{event['host'] or ''}{event['path'] or ''}" or ("<BADREQ>" if status is not None else "")
        target = f"{event['backend'] or event['frontend']}/{event['server'] or '<NOSRV>'}"
        columns = (
            style(_local(event["ts"]), fg="bright_black"),
            _status(status, style),
            f"{event['method'] or '-':<7}",
            f"{where or event['client']:<40}",
            style(f"{target:<16}", fg="blue"),
            style(f"{_pin(event):<20}", fg=PIN_COLOURS[event["pin"]]),
            f"{event['total_ms'] or 0:>8} ms",
        )
        remarks = _remarks(event)
        return " ".join(columns) + (style(f"  {remarks}", fg="yellow") if remarks else "")


def _status(status: int | None, style: Style) -> str:
    """In mode tcp there is none."""
    return "tcp" if status is None else style(f"{status:>3}", fg=STATUS_COLOURS.get(status // 100, "red"), bold=True)


def _local(timestamp: str) -> str:
    """The event's UTC time as this place's wall clock."""
    return datetime.fromisoformat(timestamp).astimezone().strftime("%H:%M:%S") + timestamp[19:23]


def _pin(event: Event) -> str:
    """``hit url_prefix=wt1``; without a key only ``none``."""
    return f"{event['pin']} {event['extractor']}={event['key']}" if event["key"] is not None else event["pin"]


def _remarks(event: Event) -> str:
    """What an ordinary exchange has not: an upgrade, retries, a bad end, and the reason of that or of a lost pin."""
    ended_well = event["termination"].startswith("--")
    parts = (
        f"{event['upgrade']} tunnel" if event["upgrade"] else "",
        f"{event['retries']} retries" if event["retries"] else "",
        "" if ended_well else event["termination"],
        "" if ended_well and event["pin"] in {"hit", "none"} else event["reason"],
    )
    return "  ".join(part for part in parts if part)
