"""The key is a part of the path."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from affinity_gw.plugin import Extractor, RequestHead


@dataclass(frozen=True, slots=True)
class Path(Extractor):
    """A part of the path: one of its segments, or what a regular expression finds in it.

    The path is taken as it came, not decoded. A request whose path has no such part has no key; neither has one where
    that part is empty.

    Options:
        segment: which segment, from 1: of /user/ann/tree, 2 is ann.
        pattern: instead of segment, a regular expression with a group named key, such as ^/user/(?P<key>[^/]+)/.
    """

    segment: int | None = None
    pattern: str | None = None
    _search: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if (self.segment is None) == (self.pattern is None):
            raise ValueError("give either segment or pattern")
        if self.segment is not None and self.segment < 1:
            raise ValueError(f"segment is {self.segment}; the first one is 1")
        if self.pattern is not None:
            object.__setattr__(self, "_search", _compiled(self.pattern))

    def request_key(self, head: RequestHead) -> str | None:
        if self._search is not None:
            found = self._search.search(head.path)
            return (found["key"] or None) if found is not None else None
        position = self.segment or 1
        parts = head.path.split("/", position + 1)
        return (parts[position] or None) if len(parts) > position else None


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern {pattern!r} cannot be read as a regular expression: {error}") from None
    if "key" not in compiled.groupindex:
        raise ValueError(f"pattern {pattern!r} has no group named key, written (?P<key>…)")
    return compiled
