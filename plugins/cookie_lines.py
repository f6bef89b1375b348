"""A Cookie line, read and changed as HAProxy does it (http_manage_client_side_cookies).

Cookies stand between semicolons, or commas as old clients wrote them; quotes in a value protect both. What begins
with a dollar is an attribute of the cookie before it. A name without an equals sign is nobody's cookie and stays
where it is. Blanks around an equals sign are taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator

# One cookie with the delimiter before it. Every alternative begins with another character: the time is linear.
_PAIR = re.compile(r'([;,]?)([^=,;]*(?:=(?:[^",;]|"(?:[^"\\]|\\.|\\$)*(?:"|$))*)?)', re.DOTALL)
_DELIMITER = re.compile("[;,]")
_BLANKS = " \t"
_LOOSE = re.compile("[ \t]=|=[ \t]")


def values_in(line: str, name: str) -> Iterator[str]:
    """The values of all cookies of that name, as they came, quotes included."""
    pairs = _DELIMITER.split(line) if '"' not in line else [pair for _, pair in _pairs(line)]
    for pair in pairs:
        found, equals, value = pair.partition("=")
        if equals and found.strip(_BLANKS) == name:
            yield value.strip(_BLANKS)


def tidied(line: str) -> str:
    """The line without blanks around equals signs; attributes stay as they are."""
    if not _LOOSE.search(line):
        return line
    return "".join(delimiter + _tidy(pair) for delimiter, pair in _pairs(line))


def without(line: str, name: str) -> str:
    """The line without the cookies of that name and their attributes; empty where no cookie is left.

    Where something was taken out, what follows stands behind its delimiter and one blank; all else is as it came.
    """
    rest = ""
    cookies = 0
    removing = gap = False
    for delimiter, pair in _pairs(line):
        found, equals, _ = pair.partition("=")
        found = found.strip(_BLANKS)
        if not found.startswith("$"):
            removing = bool(equals) and found == name
            cookies += bool(found or equals) and not removing
        if removing:
            gap = True
        elif not rest:
            rest = pair.lstrip(_BLANKS) if gap else delimiter + pair
            gap = False
        elif gap:
            rest = f"{rest.rstrip(_BLANKS)}{delimiter} {pair.lstrip(_BLANKS)}"
            gap = False
        else:
            rest += delimiter + pair
    return rest.rstrip(_BLANKS) if cookies else ""


def without_prefix(line: str, name: str, mark: str) -> str:
    """The line in which the values of that name begin behind their first ``mark``."""
    return "".join(delimiter + _unprefixed(pair, name, mark) for delimiter, pair in _pairs(line))


def _tidy(pair: str) -> str:
    found, equals, value = pair.partition("=")
    if not equals or found.lstrip(_BLANKS).startswith("$"):
        return pair
    return f"{found.rstrip(_BLANKS) or found}={value.lstrip(_BLANKS)}"


def _unprefixed(pair: str, name: str, mark: str) -> str:
    found, equals, value = pair.partition("=")
    if not equals or found.strip(_BLANKS) != name:
        return pair
    _, marked, rest = value.partition(mark)
    return f"{found}={rest}" if marked else pair


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(line):
        found = _PAIR.match(line, position)
        if found is None or found.end() == position:  # pragma: no cover  # a delimiter or a character always matches
            return
        yield found[1], found[2]
        position = found.end()
