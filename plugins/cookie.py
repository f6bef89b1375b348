"""The key is a cookie that names a server: read as it comes, handed out by the gateway, or carried by the
application's own cookie.

HAProxy's ``cookie`` with all its words, case for case: which occurrence counts, when a cookie is set, what is hidden
from the servers and what from caches, and what the log says of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from affinity_gw.plugin import CookieMark, CookieSeen, Extractor, Fields, Forward, Pin, RequestHead

from .caching import may_be_cached
from .cookie_dates import Seen, encoded, read, seconds_of
from .cookie_lines import tidied, values_in, without, without_prefix
from .cookie_options import check
from .set_cookie import change_set_cookies

_BETWEEN = "\n"
"""Stands between the values of a cookie that came several times: no field can hold it."""

_PREFIX_END = "~"
"""HAProxy's COOKIE_DELIM."""

_REMOVAL = "; Expires=Thu, 01-Jan-1970 00:00:01 GMT"


@dataclass(frozen=True, slots=True)
class Cookie(Extractor):
    """A cookie that names a server by its word: read as it comes, or with insert, rewrite or prefix HAProxy's modes.

    The value counts up to a |, in prefix mode up to a ~. Where the cookie came several times, the first one whose
    server is up counts. With insert it is set (path=/, at the end of the answer's fields) when the request did not
    already name the server that answers, and a Set-Cookie of that name from a server is removed. A server without a
    word of its own (cookie = false) has the client forget its cookie. nocache, postonly and all that follows preserve
    say how a cookie is handed out: in rewrite and prefix mode they change nothing.

    Options:
        name: the cookie's name; upper and lower case differ.
        insert: hand the cookie out.
        rewrite: the server sets the cookie; its value is replaced by the server's word.
        prefix: the cookie is the application's; the server's word and a ~ stand before its value on the client's side.
        indirect: hide a cookie handed out from the servers; take the server's own out where the request named it.
        nocache: with a cookie handed out, mark an answer that caches might keep with Cache-Control: private.
        postonly: hand the cookie out in answers to POST only.
        preserve: leave a Set-Cookie of that name from a server alone, and set none of our own then.
        httponly: keep the cookie from scripts.
        secure: let browsers send it over TLS only.
        samesite: Lax, Strict or None; None wants secure.
        domain: the domain that it is valid for, or a list of them; without it, the host alone.
        attr: further attributes, a list, written as they are.
        maxidle: how long a client may stay away until its cookie counts for nothing, as in "30m".
        maxlife: how long a cookie counts at all, as in "8h".
    """

    name: str
    insert: bool = False
    rewrite: bool = False
    prefix: bool = False
    indirect: bool = False
    nocache: bool = False
    postonly: bool = False
    preserve: bool = False
    httponly: bool = False
    secure: bool = False
    samesite: str = ""
    domain: str | tuple[str, ...] = ()
    attr: str | tuple[str, ...] = ()
    maxidle: str = ""
    maxlife: str = ""

    _idle: int = field(init=False, repr=False)
    _life: int = field(init=False, repr=False)
    _attributes: str = field(init=False, repr=False)

    default_pin: ClassVar[Pin] = "server"
    clock: ClassVar[Callable[[], float]] = time.time
    """Unix time; asked only where a cookie carries dates or is to carry them."""

    def __post_init__(self) -> None:
        check(self)
        object.__setattr__(self, "_idle", seconds_of(self.maxidle))
        object.__setattr__(self, "_life", seconds_of(self.maxlife))
        object.__setattr__(self, "_attributes", _attributes(self))

    # ------------------------------------------------------------------------------------------- the request

    def request_key(self, head: RequestHead) -> str | None:
        """The words of all cookies of that name that are not too old, in order."""
        words = [word for word, too_old in self._seen(head).words if not too_old]
        return _BETWEEN.join(words) if words else None

    def server_word(self, key: str, words: Mapping[str, object]) -> str | tuple[str, ...]:  # noqa: ARG002  # key = word
        return tuple(key.split(_BETWEEN)) if _BETWEEN in key else key

    def cookie_seen(self, forward: Forward) -> CookieSeen | None:
        """Of several cookies the valid one counts, else the last that named a server or was too old."""
        if not (self.insert or self.rewrite or self.prefix or self.indirect):
            return None  # HAProxy is silent too where it changes no cookie
        letter: CookieSeen = "N"
        seen = self._seen(forward.head).words
        words = [word for word, _ in seen]
        for word, too_old in seen:
            if too_old == "O":
                letter = "O"
            elif too_old:
                letter = "E"
            elif letter != "V" and word == forward.word:
                letter = "V" if forward.pin == "hit" and forward.persistent else "D"
            elif letter in {"N", "I", "U"}:
                letter = "U" if forward.pin == "hit" and forward.word not in words else "I"
        return letter

    def edit_request(self, fields: Fields, forward: Forward) -> None:  # noqa: ARG002  # hidden whatever was decided
        lines = fields.getall("Cookie", ())
        after = [self._for_server(line) for line in lines]
        if after == lines:
            return
        following = iter(after)
        pairs = [(name, was, next(following) if name.lower() == "cookie" else was) for name, was in fields.items()]
        fields.clear()
        fields.extend((name, now) for name, was, now in pairs if now or now == was)

    def _for_server(self, line: str) -> str:
        line = tidied(line)
        if self.name not in line:
            return line
        if self.prefix:
            return without_prefix(line, self.name, _PREFIX_END)
        return without(line, self.name) if self.insert and self.indirect else line

    def _seen(self, head: RequestHead) -> Seen:
        values = [
            value
            for line in head.headers.getall("Cookie", ())
            if self.name in line
            for value in values_in(line, self.name)
        ]
        if self.prefix:
            return Seen([(value.partition(_PREFIX_END)[0], "") for value in values])
        if not any("|" in value for value in values):
            return Seen([(value, "") for value in values])
        return read(values, self._idle, self._life, type(self).clock())

    # -------------------------------------------------------------------------------------------- the answer

    def edit_response(self, fields: Fields, status: int, forward: Forward) -> CookieMark:
        direct = self._is_direct(forward)
        mark = self._edit_foreign(fields, forward, direct)
        if not self.insert or (mark == "P" and self.preserve) or (self.postonly and forward.head.method != "POST"):
            return mark
        seen = self._seen(forward.head)
        if direct and not self._needs_refreshing(seen):
            return mark
        private = self.nocache and may_be_cached(forward.head.method, status, fields)
        fields.add("Set-Cookie", self._set_cookie(forward.server_word, seen))
        if private:
            fields.add("Cache-Control", "private")
        return "U" if direct else "I"

    def _is_direct(self, forward: Forward) -> bool:
        """Whether the request named the server that answers, by this cookie or by another key that names servers."""
        if forward.pin == "hit" and forward.word is None:  # a hash chose; it says nothing about our cookie
            return (forward.server_word, "") in self._seen(forward.head).words
        return forward.persistent

    def _edit_foreign(self, fields: Fields, forward: Forward, direct: bool) -> CookieMark:
        """What becomes of a cookie of our name that the server set."""
        word, mark = forward.server_word, _mark(self, forward.server_word, direct)
        if mark == "D":
            found = change_set_cookies(fields, self.name, lambda _value: None)
        elif mark == "R":
            found = change_set_cookies(
                fields, self.name, lambda value: f"{word}{_PREFIX_END}{value}" if self.prefix else word
            )
        else:
            found = change_set_cookies(fields, self.name, lambda value: value)
        return mark if found else "N"

    def _needs_refreshing(self, seen: Seen) -> bool:
        """Whether the dates of a valid cookie are missing, not of this moment, or there without being wanted."""
        dated = self._idle or seen.last
        return (
            bool(dated and (not seen.last or seen.last < int(type(self).clock())))
            or bool(self._life and not seen.first)
            or bool(seen.first and not self._life)
        )

    def _set_cookie(self, word: str, seen: Seen) -> str:
        if not word:
            return f"{self.name}={_REMOVAL}; path=/{self._attributes}"
        dates = ""
        if self._idle or self._life:
            now = type(self).clock()
            dates = f"|{encoded(now)}"
            if self._life:
                dates += f"|{encoded(seen.first or now)}"
        return f"{self.name}={word}{dates}; path=/{self._attributes}"


def _mark(cookie: Cookie, word: str, direct: bool) -> CookieMark:
    """What is to become of the server's own cookie, as the log's letter says it."""
    if cookie.preserve:
        return "P"
    if cookie.insert or (direct and cookie.indirect):
        return "D"
    return "R" if word and (cookie.rewrite or cookie.prefix) else "P"


def _attributes(cookie: Cookie) -> str:
    """What follows path=/, in HAProxy's order."""
    domains = (cookie.domain,) if isinstance(cookie.domain, str) else cookie.domain
    further = (cookie.attr,) if isinstance(cookie.attr, str) else cookie.attr
    parts = [f"domain={domain}" for domain in domains if domain]
    parts += ["HttpOnly"] * cookie.httponly + ["Secure"] * cookie.secure
    parts += [f"SameSite={cookie.samesite}"] * bool(cookie.samesite)
    return "".join(f"; {part}" for part in (*parts, *further) if part)
