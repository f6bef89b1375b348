"""The key is a header of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass

from affinity_gw.plugin import Extractor, RequestHead

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


@dataclass(frozen=True, slots=True)
class Header(Extractor):
    """The value of a header: all requests that carry the same value go to one server.

    The first line of that name counts, as it came. A request without it has no key; an empty value is a key.

    Options:
        name: the header's name, in any case.
    """

    name: str

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}, which is no header's name")

    def request_key(self, head: RequestHead) -> str | None:
        return head.headers.get(self.name)
