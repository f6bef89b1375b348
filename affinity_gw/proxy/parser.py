"""The one file that touches aiohttp's HTTP parsers: bytes of a complete head in, a head out.

Heads repeat themselves, but for a request's first line; one that has come before is looked up, not read again. For all
others a new parser, fed nothing but that head: it costs 0.3 µs, and an aiohttp parser cannot be used again after
``Connection: close`` anyway. Bodies never pass through it: ``http1/framing`` counts them and leaves their bytes as they
are. What llhttp lets through and the gateway does not is refused by ``http1/grammar`` right behind it, so that another
head parser can take this file's place without anything else noticing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from aiohttp import http_exceptions, http_parser
from aiohttp.http import HttpRequestParser, HttpResponseParser

from affinity_gw.errors import BadAnswer, BadRequest, GatewayError
from affinity_gw.http1.grammar import check_request, check_response
from affinity_gw.http1.head import RequestHead, ResponseHead

MAX_ANSWER_HEAD = 65536
"""Bytes of a server's head before it is a 502. HAProxy stops at 15 kB; aiohttp's own client at 8 kB a line."""

MAX_ANSWER_FIELDS = 256

LONGEST_KEPT = 1024
MOST_KEPT = 512
"""Bytes of a head, and heads, that are kept because they may come again, of requests and of answers each: 3 MB a worker
for 900 bytes and a dozen fields, 7 MB for a stranger's hundred tiny ones (tracemalloc). A request's head that was kept
costs a sixth of one that is parsed, an answer's a thirtieth (timeit)."""

USUAL_LINE = re.compile(rb"(GET|POST|HEAD|PUT|DELETE|PATCH|OPTIONS) (/[!\"$-~]*+) HTTP/1\.1\r\n")
"""Origin-form, no fragment, nothing beyond printable ASCII: what llhttp, the grammar and every server read alike."""


def require_native_parser() -> None:
    """Refuse to serve on the pure-Python parser: five of aiohttp's eight parser smuggling advisories were only in it.

    Raises GatewayError.
    """
    if HttpRequestParser is http_parser.HttpRequestParserPy:
        raise GatewayError(
            "aiohttp's native parser is missing (no wheel for this platform, or AIOHTTP_NO_EXTENSIONS is set): "
            "the gateway does not run on the pure-Python one; install aiohttp from a wheel"
        )


def parse_request(raw: bytes, max_fields: int, peer: str) -> RequestHead:
    """A request head from its bytes, blank line included. Raises BadRequest.

    Clients repeat themselves: what stands below the request line is, byte for byte, what they sent before. So those
    lines are kept with what was read in them, and of such a request only its first line is new; where that has anything
    unusual in it, the parser gets the whole.
    """
    line = USUAL_LINE.match(raw)
    if line is None or len(raw) - line.end() > LONGEST_KEPT:
        return _parse_request(raw, max_fields, peer)
    known = _lines_below(raw[line.end() :], max_fields)
    method, target = line[1].decode("ascii"), line[2].decode("ascii")
    return RequestHead(method, target, 1, known.fields, known.headers, peer, peer)


@lru_cache(maxsize=MOST_KEPT)
def _lines_below(lines: bytes, max_fields: int) -> RequestHead:
    """What the fields mean does not depend on a usual request line: any will do to read them. Raises BadRequest."""
    return _parse_request(b"GET / HTTP/1.1\r\n" + lines, max_fields, "")


def _parse_request(raw: bytes, max_fields: int, peer: str) -> RequestHead:
    if raw.count(b"\r\n") - 2 > max_fields:
        raise BadRequest(f"more than {max_fields} header fields", 431)
    message = _feed(HttpRequestParser, raw, max_fields, BadRequest)
    head = RequestHead(
        message.method, message.path, message.version.minor, message.raw_headers, message.headers, peer, peer
    )
    if message.version.major != 1:
        raise BadRequest("not HTTP/1")
    check_request(head, raw)
    return head


def parse_response(raw: bytes) -> ResponseHead:
    """A response head from its bytes, blank line included. Raises BadAnswer.

    Within one second, the Date's, servers repeat themselves too; a head is only read, so the same one will do again.
    """
    return _known_response(raw) if len(raw) <= LONGEST_KEPT else _parse_response(raw)


def _parse_response(raw: bytes) -> ResponseHead:
    message = _feed(HttpResponseParser, raw, MAX_ANSWER_FIELDS, BadAnswer)
    if message.version.major != 1:
        raise BadAnswer("not HTTP/1")
    head = ResponseHead(message.code, message.reason, message.version.minor, message.raw_headers, message.headers)
    check_response(head, raw)
    return head


_known_response = lru_cache(maxsize=MOST_KEPT)(_parse_response)


def _feed(parser: Callable[..., Any], raw: bytes, max_fields: int, error: type[BadRequest | BadAnswer]) -> Any:
    size = len(raw)
    # By position, which saves 0.2 µs a head: protocol, loop and timer are only for bodies, which never come here; then
    # limit, max_line_size, max_headers, max_field_size, payload_exception, response_with_body, read_until_eof,
    # auto_decompress.
    engine = parser(None, None, size, None, size, max_fields, size, None, False, False, False)
    try:
        messages, _upgraded, _rest = engine.feed_data(raw)
    except http_exceptions.BadHttpMessage as problem:
        raise error(_first_line(problem.message)) from None
    except ValueError as problem:
        raise error(_first_line(str(problem))) from None
    if len(messages) != 1:
        raise error("not one head")
    return messages[0][0]


def _first_line(message: str) -> str:
    """Without the bytes that it is about, which llhttp points at on the next lines."""
    return message.strip().partition("\n")[0].rstrip(":")
