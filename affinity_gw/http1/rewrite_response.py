"""The head of an answer as the client gets it: new bytes, written once, from what was understood.

The version is always HTTP/1.1, the gateway's own (RFC 9110 section 6.2); an HTTP/1.0 server's answer is framed by us
like any other. What Connection says is ours too: the client's connection is not the server's.

1.9 µs for a head of 6 fields, where the parser takes 2.5 µs for the same (timeit, Python 3.11, on a busy machine).
"""

from __future__ import annotations

from multidict import CIMultiDict, istr

from affinity_gw.http1.fields import (
    AS_IT_CAME,
    CODING,
    HOP_BY_HOP,
    LENGTH,
    PASS,
    TRAILER,
    UPGRADE,
    Own,
    Treatments,
    edited,
    without_nominated,
    write,
    write_missing_framing,
)
from affinity_gw.http1.framing import CHUNKED, UNTIL_CLOSE
from affinity_gw.http1.head import ResponseHead

_CONNECTION = istr("Connection")
_CONTENT_LENGTH = istr("Content-Length")
_DATE = istr("Date")

_TREATMENTS = Treatments(lambda name: HOP_BY_HOP.get(name, PASS))


def build_response(
    head: ResponseHead,
    *,
    http10_client: bool,
    keep: bool,
    upgrade: bool,
    length: int,
    date: bytes,
    fields: CIMultiDict[str] | None = None,
    dechunk: bool = False,
) -> bytes:
    """The whole head, its blank line included.

    keep:    the client's connection lives on; never true for a body that the close ends.
    upgrade: this is the 101 that was asked for.
    length:  what ``framing.response_length`` said.
    date:    as in ``Sat, 21 Nov 2026 01:00:00 GMT``; added to final answers that have none (RFC 9110 section 6.6.1).
    fields:  instead of the head's, as a plugin edited them.
    dechunk: a chunked body goes out decoded, ended by the close, since the client is too old for chunks.
    ValueError for a field that cannot be written: the edit is to blame, send the answer without it.
    """
    headers, source = (head.headers, head.fields) if fields is None else (fields, edited(fields))
    if _CONNECTION in headers:
        source = without_nominated(source, headers.getall(_CONNECTION))
    status = head.status
    out = [f"HTTP/1.1 {status} {head.reason}".encode("utf-8", "surrogateescape")]
    own = _own(head, length, upgrade, dechunk)
    seen = write(out, source, _TREATMENTS, own)
    if fields is not None:
        write_missing_framing(out, own, seen)
    if _DATE not in headers and status >= 200:
        out.append(b"Date: %b" % date)
    keep = keep and length != UNTIL_CLOSE and not dechunk
    out.append(_connection(status, upgrade, keep, http10_client))
    return b"\r\n".join(out)


def _own(head: ResponseHead, length: int, upgrade: bool, dechunk: bool) -> Own:
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


def _connection(status: int, upgrade: bool, keep: bool, http10_client: bool) -> bytes:
    """The Connection line, if any, and the blank line."""
    if upgrade or status == 426:
        return b"Connection: Upgrade\r\n\r\n" if keep or upgrade else b"Connection: Upgrade, close\r\n\r\n"
    if status < 200 or (keep and not http10_client):
        return b"\r\n"
    return b"Connection: keep-alive\r\n\r\n" if keep else b"Connection: close\r\n\r\n"
