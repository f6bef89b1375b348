"""The key is a cookie that names a server; with ``insert`` the gateway hands it out itself.

HAProxy's ``cookie NAME insert nocache indirect``, case for case: which occurrence counts, when a cookie is set, what is
hidden from the servers and what from caches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from affinity_gw.plugin import Extractor, Fields, Forward, Pin, RequestHead

from .caching import may_be_cached
from .cookie_lines import values_in, without

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 6265 section 4.1.1
_SAMESITE = ("Lax", "Strict", "None")
_WITH_INSERT = ("nocache", "indirect", "preserve", "httponly", "secure", "samesite", "domain")
_BETWEEN = "\n"
"""Stands between the values of a cookie that came several times: no field can hold it."""


@dataclass(frozen=True, slots=True)
class Cookie(Extractor):
    """A cookie that names a server by its word, read as it comes or handed out by the gateway (insert).

    The value counts up to a |. Where the cookie came several times, the first one whose server is up counts. With
    insert it is set (path=/, at the end of the answer's fields) when the request did not already name the server that
    answers, and a Set-Cookie of that name from a server is removed.

    Options:
        name: the cookie's name; upper and lower case differ.
        insert: hand the cookie out.
        nocache: with a cookie handed out, mark an answer that caches might keep with Cache-Control: private.
        indirect: hide the cookie from the servers.
        preserve: leave a Set-Cookie of that name from a server alone, and set none of our own then.
        httponly: keep the cookie from scripts.
        secure: let browsers send it over TLS only.
        samesite: Lax, Strict or None; None wants secure.
        domain: the domain that it is valid for; without it, the host alone.
    """

    name: str
    insert: bool = False
    nocache: bool = False
    indirect: bool = False
    preserve: bool = False
    httponly: bool = False
    secure: bool = False
    samesite: str = ""
    domain: str = ""

    default_pin: ClassVar[Pin] = "server"

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.name):
            raise ValueError(f"name is {self.name!r}, which is no cookie's name")
        if not self.insert and (idle := [option for option in _WITH_INSERT if getattr(self, option)]):
            raise ValueError(f"{' and '.join(idle)}: only a cookie that is handed out has that; add insert = true")
        if self.samesite and self.samesite not in _SAMESITE:
            raise ValueError(f"samesite is {self.samesite!r}; it can be {', '.join(_SAMESITE)}")
        if self.samesite == "None" and not self.secure:
            raise ValueError("samesite is None, and browsers drop such a cookie without secure = true")
        if not re.fullmatch(r"[0-9A-Za-z.-]*", self.domain):
            raise ValueError(f"domain is {self.domain!r}, which is no domain's name")

    def request_key(self, head: RequestHead) -> str | None:
        values = self._values(head)
        return _BETWEEN.join(values) if values else None

    def server_word(self, key: str, words: Mapping[str, object]) -> str | tuple[str, ...]:  # noqa: ARG002  # key = word
        return tuple(key.split(_BETWEEN)) if _BETWEEN in key else key

    def edit_request(self, fields: Fields, forward: Forward) -> None:  # noqa: ARG002  # hidden whatever was decided
        if not self.indirect or not any(self.name in line for line in fields.getall("Cookie", ())):
            return
        kept = [
            (name, without(value, self.name) if name.lower() == "cookie" else value) for name, value in fields.items()
        ]
        fields.clear()
        fields.extend((name, value) for name, value in kept if value or name.lower() != "cookie")

    def edit_response(self, fields: Fields, status: int, forward: Forward) -> None:
        if not self.insert or (self._remove_foreign(fields) and self.preserve) or self._names_server(forward):
            return
        private = self.nocache and may_be_cached(forward.head.method, status, fields)
        fields.add("Set-Cookie", self._set_cookie(forward.server_word))
        if private:
            fields.add("Cache-Control", "private")

    def _values(self, head: RequestHead) -> list[str]:
        """All values of the cookie, in order, without what HAProxy writes behind a | (dates)."""
        lines = head.headers.getall("Cookie", ())
        return [value.partition("|")[0] for line in lines if self.name in line for value in values_in(line, self.name)]

    def _names_server(self, forward: Forward) -> bool:
        """Whether the request named the server that answers, by this cookie or by another key that names servers."""
        if forward.pin != "hit":
            return False
        if forward.word is None:  # a hash chose; it says nothing about our cookie
            return forward.server_word in self._values(forward.head)
        return forward.word == forward.server_word

    def _remove_foreign(self, fields: Fields) -> bool:
        """Whether the server set a cookie of our name; unless it is to be preserved, it is gone then."""
        lines = fields.getall("Set-Cookie", ())
        foreign = ["=" in line and line.partition("=")[0].strip(" \t") == self.name for line in lines]
        if any(foreign) and not self.preserve:
            del fields["Set-Cookie"]
            for line, ours in zip(lines, foreign, strict=True):
                if not ours:
                    fields.add("Set-Cookie", line)
        return any(foreign)

    def _set_cookie(self, word: str) -> str:
        parts = [f"{self.name}={word}", "path=/"]
        if self.domain:
            parts.append(f"domain={self.domain}")
        if self.httponly:
            parts.append("HttpOnly")
        if self.secure:
            parts.append("Secure")
        if self.samesite:
            parts.append(f"SameSite={self.samesite}")
        return "; ".join(parts)
