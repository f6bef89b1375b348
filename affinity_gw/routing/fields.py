"""What stands in a head under a name: every value of a header, of a cookie, of a parameter of the query.

All of it raw, as HAProxy takes it: nothing percent-decoded, quotes kept. What holds several is a function from a head
(of a request or of an answer) to all values in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from multidict import istr

from affinity_gw.http1.head import RequestHead, ResponseHead

Head = RequestHead | ResponseHead
Values = Callable[[Head], Sequence[str]]

_PARTS = re.compile(r'((?:[^",]++|"(?:[^"\\]++|\\.|\\$)*+(?:"|$))*+)(?:,|$)', re.DOTALL)


def header_values(name: str) -> Values:
    """Every value of a header: each line, and each comma separated part of it (quotes protect commas)."""
    key = istr(name)

    def values(head: Head) -> Sequence[str]:
        lines = head.headers.getall(key, ())
        if len(lines) == 1:
            return split_list(lines[0])
        return [value for line in lines for value in split_list(line)]

    return values


def header_lines(name: str) -> Values:
    """Every line of a header, whole."""
    key = istr(name)
    return lambda head: [line.strip(" \t") for line in head.headers.getall(key, ())]


def split_list(line: str) -> list[str]:
    """The comma separated parts of a header line, blanks around them removed."""
    return [line.strip(" \t")] if "," not in line else [part.strip(" \t") for part in split_members(line)]


def split_members(line: str) -> list[str]:
    """The comma separated parts of a header line with the blanks around them, so that joining gives the line again."""
    if '"' not in line:
        return line.split(",")
    parts, end = [], -1
    for part in _PARTS.finditer(line):
        if part.start() == end:  # nothing is left, not even an empty part behind a comma
            break
        parts.append(part[1])
        end = part.end(1)
    return parts


OLDEST = 10
"""How far back from the last value HAProxy remembers (MAX_HDR_HISTORY)."""


def occurrence(values: Values, number: int) -> Values:
    """One of the values: 1 is the first, -1 the last."""
    index = number - 1 if number > 0 else number

    def one(head: Head) -> Sequence[str]:
        found = values(head)
        return found[index : index + 1 or None] if -len(found) <= index < len(found) else ()

    return one


_PAIR = re.compile(r'([^=;,]*+)(=)?(?(2)((?:[^",;]++|"(?:[^"\\]++|\\.|\\$)*+(?:"|$))*+))(?:[;,]|$)', re.DOTALL)


def cookie_values(name: str, *, answer: bool = False) -> Values:
    """Every value of a cookie, of all cookies where ``name`` is empty. A comma ends a value as a semicolon does, quotes
    protect both and stay, names with a ``$`` are none, and an empty value at the end of a line is not seen.

    ``answer``: of Set-Cookie, where only the first pair of a line is the cookie.
    """
    lines = header_values("Set-Cookie" if answer else "Cookie")

    def values(head: Head) -> Sequence[str]:
        found: list[str] = []
        for line in lines(head):
            if name in line:
                plain = name and '"' not in line and not answer
                found.extend(_plain_cookies(line, name) if plain else _cookies_in(line, name, answer))
        return found

    return values


def _plain_cookies(line: str, name: str) -> Iterator[str]:
    """What ``_cookies_in`` finds where nothing is quoted, in a quarter of the time."""
    pairs = line.split(";")
    if len(pairs[-1]) <= len(name) + 1:
        del pairs[-1]
    for pair in pairs:
        if name in pair:
            own, equals, value = pair.partition("=")
            if equals and own.strip(" \t") == name and name[0] != "$":
                yield value.strip(" \t")


def _cookies_in(line: str, name: str, answer: bool) -> Iterator[str]:
    for pair in _PAIR.finditer(line):
        if pair.start() + len(name) + 1 >= len(line):
            return
        own = pair[1].strip(" \t")
        if pair[3] is None or own.startswith("$"):
            continue
        if not name or own == name:
            yield pair[3].strip(" \t")
        elif answer:
            return


def parameter_values(name: str, delimiter: str = "?") -> Callable[[RequestHead], Sequence[str]]:
    """Every value of a parameter, of all parameters where ``name`` is empty. They begin after the first ``delimiter``
    of the target and are separated by ``&``, ``;`` or another delimiter; ``=`` may stand in a value."""
    start = name + "="
    separators = re.compile(f"[&;{re.escape(delimiter)}]")

    def values(head: RequestHead) -> Sequence[str]:
        _, _, parameters = head.target.partition(delimiter)
        if start not in parameters:
            return ()
        pairs = separators.split(parameters)
        if name:
            return [pair[len(start) :] for pair in pairs if pair.startswith(start)]
        return [pair.partition("=")[2] for pair in pairs if "=" in pair]

    return values
