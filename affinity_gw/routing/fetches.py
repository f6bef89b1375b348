"""What a criterion takes out of a request: one string, or every value of a header.

All of it raw, as HAProxy takes it: nothing percent-decoded, a port part of the host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from affinity_gw.http1.head import RequestHead

Fetch = Callable[[RequestHead], str | None]
"""None: the request has no such thing, and no pattern can match."""

Values = Callable[[RequestHead], Sequence[str]]


def path(head: RequestHead) -> str | None:
    return head.path if head.target != "*" else None


def url(head: RequestHead) -> str:
    return head.target


_PARTS = re.compile(r'((?:[^",]|"(?:[^"\\]|\\.|\\$)*(?:"|$))*)(?:,|$)', re.DOTALL)


def header_values(name: str, occurrence: int = 0) -> Values:
    """Every value of a header: each line, and each comma separated part of it (quotes protect commas). ``occurrence``
    takes one of them: 1 is the first, -1 the last; 0 takes all."""

    def values(head: RequestHead) -> Sequence[str]:
        found: list[str] = []
        for line in head.headers.getall(name, ()):
            found.extend(split_list(line))
        return found

    def one(head: RequestHead) -> Sequence[str]:
        found = values(head)
        index = occurrence - 1 if occurrence > 0 else occurrence
        return found[index : index + 1 or None] if -len(found) <= index < len(found) else ()

    return one if occurrence else values


def split_list(line: str) -> list[str]:
    """The comma separated parts of a header line, blanks around them removed."""
    if "," not in line:
        return [line.strip(" \t")]
    if '"' not in line:
        return [part.strip(" \t") for part in line.split(",")]
    parts = [found[1].strip(" \t") for found in _PARTS.finditer(line)]
    return parts if line.endswith(",") else parts[:-1]


def split_members(line: str) -> list[str]:
    """The comma separated parts of a header line with the blanks around them, so that joining gives the line again."""
    if '"' not in line:
        return line.split(",")
    parts = [found[1] for found in _PARTS.finditer(line)]
    return parts if line.endswith(",") else parts[:-1]
