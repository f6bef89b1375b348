"""What the operator wrote beside the directives of a haproxy.cfg: it says why, and so goes where its directive goes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LINE = re.compile(r"""(?P<code>(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^#\\'"])*)\#(?P<comment>.*)""", re.DOTALL)
"""A # begins a comment wherever it is neither in quotes nor after a backslash (HAProxy's manual, section 2.2)."""


def comments(lines: Iterable[str]) -> dict[int, list[str]]:
    """By the number, from 1, of the line with the directive that they are about: comments above it and beside it.

    What stands above nothing, at the end of the file, is about the last directive.
    """
    found: dict[int, list[str]] = {}
    above: list[str] = []
    last = 1
    for number, line in enumerate(lines, start=1):
        match = _LINE.match(line)
        if match is not None and (text := match["comment"].strip("#-=* \t\r\n")):
            above.append(text)
        if (match["code"] if match else line).strip():
            last = number
            _keep(found, number, above)
            above = []
    _keep(found, last, above)
    return found


def _keep(found: dict[int, list[str]], number: int, texts: list[str]) -> None:
    if texts:
        found.setdefault(number, []).extend(texts)
