"""The head of a message, as it came: read by all, changed by none.

A head is made once by ``proxy/parser`` and then only read. What a request looks like on its way to the server is new
bytes (``rewrite``), never an edited head. Everything that costs something and that not every request needs (the path,
the cookies, the URL) is found at the first question and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import (
    _unquote as unquote_cookie,
)  # typeshed knows it; the only public door, SimpleCookie, costs 40 µs
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

if TYPE_CHECKING:
    from affinity_gw.http1.claims import Origin

Field = tuple[bytes, bytes]


class RequestHead:
    """The head of one request.

    method:  as it came; methods are case-sensitive (RFC 9110 section 9.1).
    target:  the request-target exactly as received, in origin-form, absolute-form or ``*`` (RFC 9112 section 3.2).
    minor:   1 for HTTP/1.1, 0 for HTTP/1.0.
    fields:  names and values as raw bytes, in the order and the case in which they came.
    headers: the same as a case-insensitive multidict of str; bytes that are not UTF-8 are surrogate escapes.
    peer:    the address of the socket's other end (empty for a unix socket).
    client:  the client's address: ``peer``, or what trusted proxies say in X-Forwarded-For.
    origin:  the connection that it came on; None where it came on none.
    """

    __slots__ = (
        "_cookies",
        "_path",
        "_query",
        "_url",
        "client",
        "fields",
        "headers",
        "method",
        "minor",
        "origin",
        "peer",
        "target",
    )

    def __init__(
        self,
        method: str,
        target: str,
        minor: int,
        fields: tuple[Field, ...],
        headers: CIMultiDictProxy[str],
        peer: str = "",
        client: str = "",
    ) -> None:
        self.method = method
        self.target = target
        self.minor = minor
        self.fields = fields
        self.headers = headers
        self.peer = peer
        self.client = client
        self.origin: Origin | None = None
        self._path: str | None = None
        self._query: str | None = None
        self._url: URL | None = None
        self._cookies: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """From the first slash after the authority up to the question mark, not decoded (HAProxy's ``path``)."""
        if self._path is None:
            self._split_target()
        return self._path  # type: ignore[return-value]  # _split_target has just set it

    @property
    def query(self) -> str:
        """Everything after the first question mark, not decoded; empty where there is none."""
        if self._query is None:
            self._split_target()
        return self._query  # type: ignore[return-value]  # _split_target has just set it

    def _split_target(self) -> None:
        target = self.target
        if not target.startswith("/") and (scheme := target.find("://")) > 0:
            slash = target.find("/", scheme + 3)
            mark = target.find("?", scheme + 3)
            start = slash if slash >= 0 and (mark < 0 or slash < mark) else mark
            target = target[start:] if start >= 0 else ""
        path, _, self._query = target.partition("?")
        # An absolute-form target without a path means "/" (RFC 9110 section 4.2.3).
        self._path = path or "/"

    def query_parameter(self, name: str) -> str | None:
        """The first value of a query parameter, names and values percent-decoded; None where it does not occur.

        Wt, like most, takes the first one and decodes the name as well (``?%77td=`` is ``?wtd=``).
        """
        query = self.query
        if query.startswith(name + "="):  # as Wt writes it; splitting the whole takes three times as long
            value = query[len(name) + 1 :].partition("&")[0]
            return unquote_plus(value) if "%" in value or "+" in value else value
        if name not in query and "%" not in query and "+" not in query:
            return None
        for pair in query.split("&"):
            raw_name, _, raw_value = pair.partition("=")
            if raw_name == name or (("%" in raw_name or "+" in raw_name) and unquote_plus(raw_name) == name):
                return unquote_plus(raw_value) if "%" in raw_value or "+" in raw_value else raw_value
        return None

    @property
    def cookies(self) -> Mapping[str, str]:
        """Cookies by name; of several with one name the first (the most specific path, RFC 6265 section 5.4)."""
        if self._cookies is None:
            cookies: dict[str, str] = {}
            for line in self.headers.getall("Cookie", ()):
                for pair in line.split(";"):
                    name, equals, value = pair.strip(" \t").partition("=")
                    if equals:
                        value = value.strip(" \t")
                        cookies.setdefault(name.strip(" \t"), unquote_cookie(value) if value[:1] == '"' else value)
            self._cookies = cookies
        return self._cookies

    @property
    def url(self) -> URL:
        """The target as a yarl URL, nothing requoted."""
        if self._url is None:
            self._url = URL(self.target, encoded=True)
        return self._url

    def __repr__(self) -> str:
        return f"<RequestHead {self.method} {self.target} HTTP/1.{self.minor}>"


def connection_head(origin: Origin) -> RequestHead:
    """Stands for a connection on which no HTTP is spoken: there is nothing in it but where it comes from."""
    head = RequestHead("", "", 1, (), NO_HEADERS, origin.peer, origin.client)
    head.origin = origin
    return head


NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())


class Exchanged:
    """Both heads of an exchange, for the rules that look at an answer."""

    __slots__ = ("request", "response")

    def __init__(self, request: RequestHead, response: ResponseHead) -> None:
        self.request = request
        self.response = response


class ResponseHead:
    """One response: ``status``, ``reason`` phrase, HTTP/1.``minor``, ``fields`` and ``headers`` as above."""

    __slots__ = ("fields", "headers", "minor", "reason", "status", "written", "written_for")

    def __init__(
        self, status: int, reason: str, minor: int, fields: tuple[Field, ...], headers: CIMultiDictProxy[str]
    ) -> None:
        self.status = status
        self.reason = reason
        self.minor = minor
        self.fields = fields
        self.headers = headers
        self.written = b""
        """What was last sent on of it, ``written_for`` which client: the parser keeps heads that may come again."""
        self.written_for: object = None

    def __repr__(self) -> str:
        return f"<ResponseHead HTTP/1.{self.minor} {self.status} {self.reason}>"
