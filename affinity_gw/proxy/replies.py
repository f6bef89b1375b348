"""What the gateway says itself: fixed pages that reflect nothing of the request.

Bytes and behaviour are HAProxy 2.6's (its ``http.c``), which its users' error handling already knows; 405, 417 and 431
are ours in the same form. A page may be said with or without ``connection: close``; each status's usual way is in
``CLOSES``.
"""

from __future__ import annotations

from functools import cache
from http.client import responses

from affinity_gw.routing.decision import Content
from affinity_gw.routing.sections import ErrorPage

PAGES: dict[int, tuple[str, str]] = {
    200: ("OK", "Service ready."),
    400: ("Bad request", "Your browser sent an invalid request."),
    401: ("Unauthorized", "You need a valid user and password to access this content."),
    403: ("Forbidden", "Request forbidden by administrative rules."),
    404: ("Not Found", "The resource could not be found."),
    405: ("Method Not Allowed", "This method is not allowed here."),
    408: ("Request Time-out", "Your browser didn't send a complete request in time."),
    410: ("Gone", "The resource is no longer available and will not be available again."),
    413: ("Payload Too Large", "The request entity exceeds the maximum allowed."),
    417: ("Expectation Failed", "The only expectation that can be met is 100-continue."),
    421: ("Misdirected Request", "Request sent to a non-authoritative server."),
    425: ("Too Early", "Your browser sent early data."),
    429: ("Too Many Requests", "You have sent too many requests in a given amount of time."),
    431: ("Request Header Fields Too Large", "The request's head exceeds the maximum allowed."),
    500: ("Internal Server Error", "An internal server error occurred."),
    501: ("Not Implemented", ".The server does not support the functionality required to fulfill the request."),
    502: ("Bad Gateway", "The server returned an invalid or incomplete response."),
    503: ("Service Unavailable", "No server is available to handle this request."),
    504: ("Gateway Time-out", "The server didn't respond in time."),
}

CLOSES = frozenset({400, 405, 408, 417, 431, 500, 501})
"""Where what follows on the connection cannot be trusted. After 403, 413, 502, 503 and 504 it stays open."""

REDIRECTS: dict[int, str] = {
    301: "Moved Permanently",
    302: "Found",
    303: "See Other",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
}

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@cache
def page(status: int, *, close: bool, head_only: bool = False, http10: bool = False, challenge: str = "") -> bytes:
    """One whole answer. ``http10``: to a client that has to be told that the connection stays open. ``challenge``: what
    WWW-Authenticate says.

    A status without a page has an empty body.
    """
    if status not in PAGES:
        return returned(status, Content("", b"", ()), close=close, head_only=head_only, http10=http10)
    reason, text = PAGES[status]
    body = f"<html><body><h1>{status} {reason}</h1>\n{text}\n</body></html>\n"
    head = (
        f"HTTP/1.1 {status} {reason}\r\n"
        f"content-length: {len(body)}\r\n"
        "cache-control: no-cache\r\n"
        "content-type: text/html\r\n"
        f"{'allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS' + chr(13) + chr(10) if status == 405 else ''}"
        f"{_challenge(challenge)}{_connection(close=close, http10=http10)}\r\n"
    )
    return (head if head_only else head + body).encode("utf-8", "surrogateescape")


def from_file(page: ErrorPage, *, close: bool, head_only: bool, http10: bool, challenge: str = "") -> bytes:
    """An operator's page in place of ours; nothing at all where it is empty."""
    if not page.head:
        return b""
    last = _challenge(challenge) + _connection(close=close and page.delimited, http10=http10)
    out = page.head + last.encode("utf-8", "surrogateescape") + b"\r\n"
    return out if head_only else out + page.body


def returned(status: int, content: Content, *, close: bool, head_only: bool, http10: bool) -> bytes:
    """An operator's own answer, as HAProxy's ``http-request return`` writes it: its fields first."""
    lines = [f"HTTP/1.1 {status} {reason_phrase(status)}", *(f"{name}: {value}" for name, value in content.fields)]
    if status not in {204, 304}:
        lines.append(f"content-length: {len(content.body)}")
    if content.content_type:
        lines.append(f"content-type: {content.content_type}")
    head = "\r\n".join(lines) + "\r\n" + _connection(close=close, http10=http10) + "\r\n"
    return head.encode("utf-8", "surrogateescape") + (b"" if head_only or status in {204, 304} else content.body)


def reason_phrase(status: int) -> str:
    """What HAProxy says where a status has a page; else the registry's word (RFC 9110 section 15), or none."""
    if status in PAGES:
        return PAGES[status][0]
    return responses.get(status, "Other")


def redirect(
    code: int, location: str, fields: tuple[tuple[str, str], ...] = (), *, close: bool, http10: bool = False
) -> bytes:
    """A redirection as HAProxy's: 301 and 308 may be cached, the others not; ``fields`` are its cookies."""
    lines = [f"HTTP/1.1 {code} {REDIRECTS[code]}", "content-length: 0", f"location: {location}"]
    if code not in {301, 308}:
        lines.append("cache-control: no-cache")
    lines += (f"{name}: {value}" for name, value in fields)
    head = "\r\n".join(lines) + "\r\n" + _connection(close=close, http10=http10) + "\r\n"
    return head.encode("utf-8", "surrogateescape")


def _challenge(challenge: str) -> str:
    return f"www-authenticate: {challenge}\r\n" if challenge else ""


def _connection(*, close: bool, http10: bool) -> str:
    if close:
        return "connection: close\r\n"
    return "connection: keep-alive\r\n" if http10 else ""
