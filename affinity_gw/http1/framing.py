"""Where a message's body ends (RFC 9112 section 6), decided once, from the head, and the same for everyone.

Request smuggling is two readers who disagree here. So there is one answer or none: Content-Length with
Transfer-Encoding, two Content-Lengths (equal ones too), a number that is not plain digits, a coding other than chunked,
chunked in HTTP/1.0: refused, though HAProxy repairs some of them.
"""

from __future__ import annotations

from typing import Protocol

from multidict import CIMultiDictProxy, istr

from affinity_gw.errors import BadAnswer, BadRequest, ProtocolError
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.http1.head import RequestHead, ResponseHead

NO_BODY = 0
CHUNKED = -1
UNTIL_CLOSE = -2

LARGEST_LENGTH = 2**63 - 1
"""What fits a signed 64-bit number, which is what the other readers have."""

_CONTENT_LENGTH = istr("Content-Length")
_TRANSFER_ENCODING = istr("Transfer-Encoding")


class Body(Protocol):
    """Says how many of the bytes that come belong to this body. Never keeps, copies or changes them."""

    finished: bool

    def feed(self, data: bytes) -> int:
        """How many bytes of ``data`` belong to the body: less than all of them only when it is finished."""


def request_length(head: RequestHead) -> int:
    """How long the request's body is: a count of bytes, NO_BODY, or CHUNKED. Raises BadRequest (400)."""
    headers = head.headers
    if _TRANSFER_ENCODING in headers:
        return _chunked(headers, head.minor, BadRequest)
    if _CONTENT_LENGTH in headers:
        return _content_length(headers, BadRequest)
    return NO_BODY


def response_length(method: str, head: ResponseHead) -> int:
    """How long the answer's body is: a count of bytes, NO_BODY, CHUNKED or UNTIL_CLOSE. Raises BadAnswer.

    method: the request's; an answer to HEAD has no body whatever it says (RFC 9112 section 6.3), but what it says is
    passed on, and so has to be valid.
    """
    headers, length = head.headers, UNTIL_CLOSE
    if _TRANSFER_ENCODING in headers:
        length = _chunked(headers, head.minor, BadAnswer)
    elif _CONTENT_LENGTH in headers:
        length = _content_length(headers, BadAnswer)
    status = head.status
    return NO_BODY if method == "HEAD" or status < 200 or status in (204, 304) else length


def _chunked(headers: CIMultiDictProxy[str], minor: int, error: type[ProtocolError]) -> int:
    if _CONTENT_LENGTH in headers:
        raise error("Content-Length together with Transfer-Encoding (RFC 9112 section 6.3)")
    if minor == 0:
        raise error("Transfer-Encoding in HTTP/1.0 (RFC 9112 section 6.1)")
    values = headers.getall(_TRANSFER_ENCODING)
    # Without isascii, "chun\u212aed" (KELVIN SIGN) would be chunked to us and to nobody else.
    if len(values) != 1 or not values[0].isascii() or values[0].lower() != "chunked":
        raise error("a Transfer-Encoding other than chunked, or twice (RFC 9112 section 6.1)")
    return CHUNKED


def _content_length(headers: CIMultiDictProxy[str], error: type[ProtocolError]) -> int:
    values = headers.getall(_CONTENT_LENGTH)
    value = values[0]
    if len(values) != 1:
        raise error("more than one Content-Length (RFC 9112 section 6.3)")
    # isdigit alone would take Arabic digits; int alone would take +5, 1_000 and blanks.
    if not (value.isascii() and value.isdigit() and len(value) <= 19) or int(value) > LARGEST_LENGTH:
        raise error("Content-Length is not a number of bytes (RFC 9112 section 6.3)")
    return int(value)


class LengthBody:
    """A body of ``length`` bytes."""

    __slots__ = ("finished", "left")

    def __init__(self, length: int) -> None:
        self.left = length
        self.finished = length == 0

    def feed(self, data: bytes) -> int:
        count = len(data)
        if count >= self.left:
            count = self.left
            self.finished = True
        self.left -= count
        return count


class UntilCloseBody:
    """A body that ends with the connection: all bytes are its own. Whoever sees the close sets ``finished``."""

    __slots__ = ("finished",)

    def __init__(self) -> None:
        self.finished = False

    def feed(self, data: bytes) -> int:
        return 0 if self.finished else len(data)


def body_of(length: int, error: type[ProtocolError]) -> Body:
    """The body for what ``request_length`` or ``response_length`` said; ``error`` is what a bad chunk raises."""
    if length >= 0:
        return LengthBody(length)
    return ChunkedBody(error) if length == CHUNKED else UntilCloseBody()
