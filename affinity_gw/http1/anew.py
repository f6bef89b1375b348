"""The fields that are written anew, from what was understood and not from what came: framing, Upgrade, TE, Connection.

``own`` says what stands in the place of such a field (``fields.write``); what it does not name does not pass.
Connection is about one connection, so it is never passed on: ours closes the head.
"""

from __future__ import annotations

from multidict import istr

from affinity_gw.http1.fields import AS_IT_CAME, CODING, EXPECT, LENGTH, TE, TRAILER, UPGRADE, Own
from affinity_gw.http1.framing import CHUNKED
from affinity_gw.http1.head import RequestHead, ResponseHead

_CONTENT_LENGTH = istr("Content-Length")

PLAIN: Own = {LENGTH: AS_IT_CAME, EXPECT: AS_IT_CAME}
"""For a request without a body: its Content-Length can only be 0, and Expect has been checked."""


def request_own(
    head: RequestHead, te: bool, upgrade: str | None, length: int, replace_length: int | None, drop_expect: bool
) -> Own:
    """What is written anew. An HTTP/1.0 client cannot be told 100, so the server is not asked for it."""
    own: dict[int, bytes | None] = {}
    if head.minor and not drop_expect:
        own[EXPECT] = AS_IT_CAME
    if te:
        own[TE] = b"trailers"
    if upgrade is not None:
        own[UPGRADE] = upgrade.encode("ascii")
    if length == CHUNKED and replace_length is None:
        own[CODING], own[TRAILER] = b"chunked", AS_IT_CAME
    elif replace_length is not None or _CONTENT_LENGTH in head.headers:
        own[LENGTH] = b"%d" % (length if replace_length is None else replace_length)
    return own


def request_connection(te: bool, upgrading: bool, close: bool, keep_alive: bool) -> bytes:
    """The Connection line and the blank line. An upgrade is never told "close", as in HAProxy; TE has to be named in
    Connection (RFC 9110 section 10.1.4)."""
    ways = ((upgrading, b"Upgrade"), (close, b"close"), (keep_alive, b"keep-alive"))
    way = next((word for yes, word in ways if yes), None)
    words = [word for word in (b"TE" if te else None, way) if word]
    return b"Connection: %b\r\n\r\n" % b", ".join(words) if words else b"\r\n"


def response_own(head: ResponseHead, length: int, upgrade: bool, dechunk: bool) -> Own:
    """What is written anew: the framing, and Upgrade where it is due (a 426 has to say what to upgrade to)."""
    status = head.status
    own: dict[int, bytes | None] = {}
    if upgrade or status == 426:
        own[UPGRADE] = AS_IT_CAME
    if length == CHUNKED:
        if not dechunk:
            own[CODING], own[TRAILER] = b"chunked", AS_IT_CAME
    elif length > 0:
        own[LENGTH] = b"%d" % length
    elif length == 0 and status >= 200 and status != 204 and _CONTENT_LENGTH in head.headers:
        own[LENGTH] = head.headers[_CONTENT_LENGTH].encode("ascii")  # of HEAD and 304: the length that there would be
    return own


def response_connection(status: int, upgrade: bool, keep: bool, http10_client: bool) -> bytes:
    """The Connection line, if any, and the blank line."""
    if upgrade or status == 426:
        return b"Connection: Upgrade\r\n\r\n" if keep or upgrade else b"Connection: Upgrade, close\r\n\r\n"
    if status < 200 or (keep and not http10_client):
        return b"\r\n"
    return b"Connection: keep-alive\r\n\r\n" if keep else b"Connection: close\r\n\r\n"
