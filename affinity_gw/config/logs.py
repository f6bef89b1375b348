"""``log.syslog``: each line is what HAProxy's ``log`` directive says after its first word.

    ADDRESS [len BYTES] [format FORM] FACILITY [LEVEL [MINLEVEL]]

``127.0.0.1:514 local0``, ``/dev/log local1 notice``, ``stdout format raw local0``, ``fd@4 format short daemon``.
"""

from __future__ import annotations

from typing import Any, cast

from affinity_gw.config.addresses import server_address
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.values import number, shown, text
from affinity_gw.routing.address import Address
from affinity_gw.routing.logs import FACILITIES, LEVELS, LogForm, LogTarget

FORMS = ("rfc3164", "rfc5424", "raw", "short")
SYSLOG_PORT = 514

_STREAMS = {"stdout": 1, "stderr": 2}
_ADVICE = 'write "127.0.0.1:514 local0", "/dev/log local0 notice" or "stdout format raw local0"'


def log_target(value: Any) -> LogTarget:
    """Raises Problem."""
    words = text(value).split()
    address = _address(words.pop(0))
    options: dict[str, Any] = {}
    while words and words[0] in {"len", "format", *FORMS}:
        _option(words, options)
    if not words:
        raise Problem(f"{shown(value)} names no facility", _ADVICE)
    options["facility"] = _known(words.pop(0), FACILITIES, "a facility")
    for key in ("level", "at_most")[: len(words)]:
        options[key] = _known(words.pop(0), LEVELS, "a level")
    if words:
        raise Problem(f"{shown(value)} ends with {words[0]!r}, which nothing is known of", _ADVICE)
    return LogTarget(address, **options)


def _option(words: list[str], options: dict[str, Any]) -> None:
    key = words.pop(0)
    if key in FORMS:  # the word before it is often left out
        options["form"] = cast("LogForm", key)
        return
    if not words:
        raise Problem(f"{key} has nothing after it", _ADVICE)
    word = words.pop(0)
    if key == "len":
        options["length"] = number(80, 65535)(word)
    elif word in FORMS:
        options["form"] = word
    else:
        raise Problem(f"{word!r} is no form of a log line", f"one of {', '.join(FORMS)}")


def _known(word: str, known: Any, what: str) -> int:
    if word not in known:
        raise Problem(f"{word!r} is not {what}", suggestion(word, known))
    return int(known[word])


def _address(word: str) -> Address:
    if word in _STREAMS:
        return Address(fd=_STREAMS[word])
    if word.startswith("fd@"):
        return Address(fd=number(0, 65535)(word.removeprefix("fd@")))
    if word.startswith("/"):
        return Address(path=word)
    if word.startswith("unix@"):
        return server_address(word)
    if ":" not in word.rpartition("]")[2]:
        word = f"{word}:{SYSLOG_PORT}"
    return server_address(word)
