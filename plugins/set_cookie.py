"""The Set-Cookie lines of one name in a server's answer, changed as HAProxy does it
(http_manage_server_side_cookies): one cookie a line, blanks around its equals sign taken out, its attributes kept."""

from __future__ import annotations

import re
from collections.abc import Callable

from affinity_gw.plugin import Fields

_COOKIE = re.compile(r'[ \t]*([^=;]*)=[ \t]*((?:[^",;]|"(?:[^"\\]|\\.|\\$)*(?:"|$))*)', re.DOTALL)
_BLANKS = " \t"

Change = Callable[[str], str | None]
"""From a cookie's value to the one that it is to have; None takes the cookie out."""


def change_set_cookies(fields: Fields, name: str, change: Change) -> bool:
    """Change the values of the server's cookies of that name; every other field stays where it is. False where there
    was none."""
    lines = fields.getall("Set-Cookie", ())
    if not lines:
        return False
    found = False
    after: list[str | None] = []
    for line in lines:
        ours, changed = _changed(line, name, change)
        found |= ours
        after.append(changed)
    if after != lines:
        _replace(fields, after)
    return found


def _changed(line: str, name: str, change: Change) -> tuple[bool, str | None]:
    """Whether the line sets a cookie of that name, and what becomes of it."""
    match = _COOKIE.match(line)
    if match is None:
        return False, line
    found, value, attributes = match[1].rstrip(_BLANKS), match[2].rstrip(_BLANKS), line[match.start(2) :]
    attributes = attributes[len(value) :]
    if found != name:
        return False, f"{found}={value}{attributes}"
    changed = change(value)
    return True, None if changed is None else f"{found}={changed}{attributes}"


def _replace(fields: Fields, lines: list[str | None]) -> None:
    """Put ``lines`` where the Set-Cookie lines stand."""
    following = iter(lines)
    pairs = [(name, next(following) if name.lower() == "set-cookie" else value) for name, value in fields.items()]
    fields.clear()
    fields.extend((name, value) for name, value in pairs if value is not None)
