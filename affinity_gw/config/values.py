"""Single values as an operator writes them: durations, sizes, switches, words.

Each function takes what stood in the file and returns the value, or raises ``Problem`` with a sentence. The annotated
types at the end are what the schema is written in; the last part of each is how the manual names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator

from affinity_gw.config.problem import Problem, suggestion

SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
"""HAProxy's units of time (its manual, section 2.5)."""

BYTES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
"""HAProxy's units of size."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)", re.ASCII)
_SIZE = re.compile(r"(\d+)\s*([kmg]?)", re.ASCII | re.IGNORECASE)
FRAMING = {"connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
"""Fields that say where a message ends and what becomes of its connection: the gateway's own on each side."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def shown(value: Any) -> str:
    """A value as it stands in TOML, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:56]}…{text[-1]}"


def duration(value: Any) -> float:
    """Seconds of ``"5s"``, ``"500ms"``; ``inf`` of ``"none"``."""
    seconds = duration_or_zero(value)
    if seconds == 0:
        raise Problem(f"{shown(value)} leaves no time at all", 'give a time, or "none" for no limit')
    return seconds


def duration_or_zero(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Problem(f"a duration needs a unit, {value} has none", f'write "{value}s" or "{value}ms"')
    if value == "none":
        return inf
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in SECONDS:
        raise Problem(
            f"{shown(value)} is not a duration", 'write a number and us, ms, s, m, h or d, as in "5s", or "none"'
        )
    return float(match[1]) * SECONDS[match[2]]


def period(value: Any) -> float:
    """A duration between two events: it has an end."""
    seconds = duration(value)
    if seconds == inf:
        raise Problem('"none" is no interval', 'write a number and a unit, as in "2s"')
    return seconds


def size(value: Any) -> int:
    """Bytes of ``16384`` or ``"16k"``."""
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        return int(match[1]) * BYTES[match[2].lower()]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise Problem(f"{shown(value)} is not a size", 'write a number of bytes, or "64k", "1m", "1g"')


def size_or_false(value: Any) -> int:
    """A size, or ``false`` for 0."""
    return 0 if value is False else size(value)


def flag(value: Any) -> bool:
    # "true" is what ${VAR} can say; TOML's own true is what everybody else writes.
    if isinstance(value, bool) or (isinstance(value, str) and value in {"true", "false"}):
        return value in {True, "true"}
    raise Problem(f"{shown(value)} is neither true nor false", "write true or false, without quotes")


def number(low: int, high: int | None = None) -> Callable[[Any], int]:
    """A whole number between ``low`` and ``high``; in quotes too, because that is what ``${VAR}`` gives."""
    span = f"from {low} to {high}" if high is not None else f"from {low} on"

    def check(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value, re.ASCII):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Problem(f"{shown(value)} is not a whole number", f"write a number {span}")
        if value < low or (high is not None and value > high):
            raise Problem(f"{value} is out of range", f"write a number {span}")
        return value

    return check


def one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value in words:
            return str(value)
        quoted = ", ".join(f'"{word}"' for word in words)
        near = suggestion(value, words) if isinstance(value, str) else ""
        raise Problem(f"{shown(value)} is not one of {quoted}", near if near.startswith("did") else "")

    return check


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Problem(f"{shown(value)} is not a string", "write it in quotes")
    if not value:
        raise Problem("an empty string says nothing", "leave the key out")
    return value


def as_list(value: Any) -> list[Any]:
    """One value alone is a list of one."""
    return value if isinstance(value, list) else [value]


def field_name(value: Any) -> str:
    """The name of a header field: a token (RFC 9110 section 5.6.2)."""
    if not _TOKEN.fullmatch(text(value)):
        raise Problem(f"{shown(value)} is not the name of a header", "write it without colon and blanks")
    if value.lower() in FRAMING:
        raise Problem(f"{value} is the gateway's own business", "leave it out")
    return str(value)


def field_value(value: Any) -> str:
    """The value of a header field: no CR, LF, NUL or other control byte may reach the wire (RFC 9110 section 5.5)."""
    if not isinstance(value, str):
        raise Problem(f"{shown(value)} is not a string", "write it in quotes")
    if any((character < " " and character != "\t") or character == "\x7f" for character in value):
        raise Problem("the value of a header holds a line break or another control character", "take it out")
    return value.strip(" \t")


def field_pattern(value: Any) -> str:
    """The name of a header field; ``*`` at its end makes it a prefix."""
    name = field_name(value)
    if "*" in name[:-1] or name == "*":
        raise Problem(f"{shown(name)}: a * stands at the end, after the beginning of the name", 'as in "X-Wt-*"')
    return name


Duration = Annotated[float, PlainValidator(duration), "duration"]
DurationOrZero = Annotated[float, PlainValidator(duration_or_zero), "duration"]
Period = Annotated[float, PlainValidator(period), "duration"]
Size = Annotated[int, PlainValidator(size), "size"]
SizeOrFalse = Annotated[int, PlainValidator(size_or_false), "size or false"]
Flag = Annotated[bool, PlainValidator(flag), "true or false"]
Text = Annotated[str, PlainValidator(text), "string"]
Texts = Annotated[list[Text], BeforeValidator(as_list), "string or list"]
FieldPattern = Annotated[str, PlainValidator(field_pattern)]
FieldPatterns = Annotated[list[FieldPattern], BeforeValidator(as_list), "list of header names"]
FieldName = Annotated[str, PlainValidator(field_name)]
FieldValue = Annotated[str, PlainValidator(field_value)]
FieldTable = Annotated[dict[FieldName, FieldValue], "table of header to value"]
Count = Annotated[int, PlainValidator(number(0)), "number"]
Positive = Annotated[int, PlainValidator(number(1)), "number"]
