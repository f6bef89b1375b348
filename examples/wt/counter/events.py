"""What the page reports and what it is told: urlencoded fields one way, JavaScript the other.

An event is ``signal=NAME&ackId=N&pageId=1``, whether it comes as a POST or as a WebSocket text.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from .sessions import Session

KEEP_ALIVE = "{}"
"""The answer to a keep-alive text: a script that does nothing."""
PLAUSIBLE = 5
"""A page may lag so many updates behind; an ackId further off is not this session's page."""


def happened(session: Session, fields: Mapping[str, str]) -> None:
    """Do what an event asks for; keep-alives, polls and unknown signals change nothing."""
    if fields.get("signal") == "count":
        session.counter += 1


def plausible(session: Session, fields: Mapping[str, str]) -> bool:
    """Whether this event can come from the page of this session."""
    given = fields.get("ackId", "")
    return given.isascii() and given.isdigit() and 0 <= session.ack - int(given) < PLAUSIBLE


def facts(session: Session) -> dict[str, str | int]:
    return {"counter": session.counter, "clock": time.strftime("%H:%M:%S")}


def update(session: Session) -> str:
    """What the page does not know yet, as the script that it runs."""
    return f"app.response({session.ack}, {json.dumps(facts(session))});"
