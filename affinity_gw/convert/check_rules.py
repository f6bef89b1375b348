"""What ``option httpchk`` and ``http-check`` come to together: one request, and what is expected of its answer.

Any of these lines makes a section have rules of its own, in the place of all that its ``defaults`` said. A ``send``
overrides, part by part, what the option said, on whichever line it stands. ``say("check http", None)`` takes back what
a ``defaults`` section said: a TCP connect is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from affinity_gw.convert.lexer import Word
from affinity_gw.convert.sections import Context, Section, spelt

_RULES = "http-check"
OPTION = "option httpchk"
_DEFAULT = {"method": "OPTIONS", "uri": "/", "version": "HTTP/1.0", "fields": {}, "body": ""}
_FRAMING = {"connection", "content-length", "transfer-encoding"}
"""HAProxy writes these itself."""

Request = dict[str, Any]
"""``method``, ``uri``, ``version``, ``fields``, ``body``: as far as they were said."""


@dataclass(slots=True)
class Rules:
    """``option``: what the line ``option httpchk`` says. ``sent``, ``connects``: its rules so far."""

    option: Request | None = None
    send: Request = field(default_factory=dict)
    expect: list[str] = field(default_factory=list)
    sent: bool = False
    connects: int = 0


def rules_of(context: Context) -> Rules:
    found = context.section.said.get(_RULES)
    if found is None:
        context.say(_RULES, Rules())
    rules: Rules = context.section.said[_RULES].value
    return rules


def remark(section: Section) -> tuple[int, str, str] | None:
    """Line, problem and advice, where the rules of a section that has been read say less than they seem to."""
    own = section.said.get(_RULES)
    if own is None or section.kind == "defaults":
        return None
    if not section.value(OPTION):
        return own.line, "without option httpchk nothing of it is done, as in HAProxy", "add option httpchk"
    if _has_no_request(own.value):
        problem = "HAProxy 2.6 sends no request here and finds the server down; the gateway sends that of defaults"
        return own.line, problem, "write option httpchk here too"
    return None


def _has_no_request(rules: Rules) -> bool:
    return rules.option is None and not rules.sent


def publish(context: Context) -> None:
    """What is to be done now, if the option is there, or was in ``defaults``."""
    rules = rules_of(context)
    if not context.section.value(OPTION):
        return
    option = _inherited(context.section) if _has_no_request(rules) else rules.option
    request = {**_DEFAULT, **(option or {}), **rules.send}
    context.say("check http", f"{request['method']} {request['uri']} {request['version']}")
    context.say("check fields", request["fields"])
    context.say("check body", request["body"])
    context.say("check expect", list(rules.expect))


def _inherited(section: Section) -> Request | None:
    """What the ``option`` of ``defaults`` says."""
    found = section.parent.find(_RULES) if section.parent else None
    return found.value.option if found else None


def version(context: Context, word: str) -> str:
    if word in {"HTTP/1.0", "HTTP/1.1"}:
        return word
    context.warn(f'"{word}" is no version that checks are sent in; it becomes HTTP/1.0', "write HTTP/1.0")
    return "HTTP/1.0"


def fields(context: Context, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    result: dict[str, str] = {}
    for name, value in pairs:
        text = spelt(value if isinstance(value, Word) else Word(value.strip()))
        if name.lower() in _FRAMING:
            context.warn(f"{name} is written by whoever sends the check", "take it out")
        elif "%[" in value:
            context.leave_out(f"{name}: a check is sent as it stands, expressions are not filled in")
        elif name.lower() in {known.lower() for known in result}:
            context.leave_out(f"{name}: a check has each field once", "take one out")
        else:
            result[str(name)] = text
    return result
