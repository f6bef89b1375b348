"""Heads for the tests, made by the parser that the gateway uses."""

import asyncio
from functools import cache
from unittest import mock

from aiohttp.http import HttpRequestParser, HttpResponseParser
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1 import grammar
from affinity_gw.http1.head import RequestHead, ResponseHead


@cache
def _loop():
    """The parser wants a loop and never uses it."""
    return mock.Mock(spec=asyncio.AbstractEventLoop)


def parse_request(raw: bytes) -> RequestHead:
    """What the parser makes of a request head; BadRequest where it refuses."""
    parser = HttpRequestParser(mock.Mock(), _loop(), 65536, max_line_size=16384, max_field_size=16384)
    try:
        ((message, _),), _, _ = parser.feed_data(raw)
    except (HttpProcessingError, ValueError) as error:
        raise BadRequest(f"the parser: {error!r}") from error
    return RequestHead(message.method, message.path, message.version.minor, message.raw_headers, message.headers)


def parse_response(raw: bytes) -> ResponseHead:
    """What the parser makes of an answer's head; BadAnswer where it refuses."""
    parser = HttpResponseParser(
        mock.Mock(), _loop(), 65536, max_line_size=16384, max_field_size=16384, response_with_body=False
    )
    try:
        ((message, _),), _, _ = parser.feed_data(raw)
    except (HttpProcessingError, ValueError) as error:
        raise BadAnswer(f"the parser: {error!r}") from error
    return ResponseHead(message.code, message.reason, message.version.minor, message.raw_headers, message.headers)


def request(raw: bytes) -> RequestHead:
    """A request head that parser and grammar accept."""
    head = parse_request(raw)
    grammar.check_request(head, raw)
    return head


def response(raw: bytes) -> ResponseHead:
    head = parse_response(raw)
    grammar.check_response(head, raw)
    return head


def get(*lines: str, start: str = "GET / HTTP/1.1", host: str | None = "Host: a.example") -> RequestHead:
    """A request head of these field lines; ``Host`` comes first."""
    all_lines = (start, *((host,) if host else ()), *lines)
    return request("".join(f"{line}\r\n" for line in (*all_lines, "")).encode())


def answer(*lines: str, start: str = "HTTP/1.1 200 OK") -> ResponseHead:
    return response("".join(f"{line}\r\n" for line in (start, *lines, "")).encode())


def headers_of(fields) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict((name.decode(), value.decode()) for name, value in fields))
