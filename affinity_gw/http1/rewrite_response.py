"""The head of an answer as the client gets it: new bytes, written once, from what was understood.

The version is always HTTP/1.1, the gateway's own (RFC 9110 section 6.2); an HTTP/1.0 server's answer is framed by us
like any other. What Connection says is ours too: the client's connection is not the server's.

1.9 µs for a head of 6 fields, where the parser takes 2.5 µs for the same (timeit, Python 3.11, on a busy machine).
"""

from __future__ import annotations

from multidict import CIMultiDict, istr

from affinity_gw.http1.anew import response_connection, response_own
from affinity_gw.http1.fields import (
    HOP_BY_HOP,
    PASS,
    Treatments,
    edited,
    without_nominated,
    write,
    write_missing_framing,
)
from affinity_gw.http1.framing import UNTIL_CLOSE
from affinity_gw.http1.head import ResponseHead

_CONNECTION = istr("Connection")
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
    own = response_own(head, length, upgrade, dechunk)
    seen = write(out, source, _TREATMENTS, own)
    if fields is not None:
        write_missing_framing(out, own, seen)
    if _DATE not in headers and status >= 200:
        out.append(b"Date: %b" % date)
    keep = keep and length != UNTIL_CLOSE and not dechunk
    out.append(response_connection(status, upgrade, keep, http10_client))
    return b"\r\n".join(out)
