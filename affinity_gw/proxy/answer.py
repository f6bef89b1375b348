"""A server's answer on its way: interim answers, the head, the body.

Bytes pass as they come. What the head says about the body is counted, so that the end is known, and so that an answer
which breaks off is never taken for a whole one: nothing is repaired on its way.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from affinity_gw.errors import BadAnswer
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.http1.framing import CHUNKED, UNTIL_CLOSE, Body, body_of, response_length
from affinity_gw.http1.head import ResponseHead
from affinity_gw.http1.lifecycle import Fact
from affinity_gw.http1.rewrite import build_response
from affinity_gw.http1.upgrade import check_switch
from affinity_gw.proxy.parser import MAX_ANSWER_HEAD, parse_response
from affinity_gw.routing.answers import ruled

if TYPE_CHECKING:
    from affinity_gw.proxy.exchange import Exchange

UNREAD_BYTES = Fact.UNREAD_BYTES.value

HEAD_END = b"\r\n\r\n"


def _unedited(head: ResponseHead, minor: int, keep: bool, length: int, date: bytes, dechunk: bool) -> bytes:
    """``build_response``; for a head that has come before and goes to the same kind of client, what it wrote then."""
    client = (minor, keep, length, date, dechunk)
    if head.written_for != client:
        head.written = build_response(
            head, http10_client=minor == 0, keep=keep, upgrade=False, length=length, date=date, dechunk=dechunk
        )
        head.written_for = client
    return head.written


class Answer:
    """What has come of one answer. ``head`` is None until it is complete; ``sent`` counts bytes to the client."""

    __slots__ = ("_body", "_buffer", "_dechunk", "begun", "exchange", "finished", "head", "head_at", "length", "sent")

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.begun = False
        self.finished = False
        self.head: ResponseHead | None = None
        self.head_at = 0.0
        self.length = 0
        self.sent = 0
        self._buffer = b""
        self._body: Body | None = None
        self._dechunk = False

    def feed(self, data: bytes) -> None:
        """The next bytes from the server. Raises BadAnswer."""
        if self._body is not None:
            self._stream(b"", data)
        elif self.finished:
            self.exchange.facts |= UNREAD_BYTES  # more than was asked for
        else:
            self.begun = True
            self._read_head(self._buffer + data if self._buffer else data)

    def _read_head(self, data: bytes) -> None:
        """Pass interim answers on until the final head is complete."""
        while (end := data.find(HEAD_END) + 4) > 3:
            if end > MAX_ANSWER_HEAD:
                break
            head = parse_response(data[:end])
            data = data[end:]
            if head.status >= 200 or head.status == 101:
                self._buffer = b""
                self._final(head, data)
                return
            self.exchange.interim(head)
            if not data:
                break
        self._buffer = data
        if len(data) > MAX_ANSWER_HEAD:
            raise BadAnswer(f"the answer's head is longer than {MAX_ANSWER_HEAD} bytes")
        if data.count(b"\n") != data.count(b"\r\n") or (len(data) > 6 and not data.startswith(b"HTTP/1.")):
            raise BadAnswer("not an HTTP/1 answer")
        self.exchange.server_spoke()

    def _final(self, head: ResponseHead, rest: bytes) -> None:
        exchange = self.exchange
        request = exchange.head
        self.head_at = time.monotonic()
        check_switch(request, exchange.upgrade, head)
        if exchange.route.response_rules:
            head = ruled(exchange.route.response_rules, exchange.forward.head, head, exchange.snapshot)
        if head.status == 101:
            self.head = head
            exchange.switch(head, rest)
            return
        length = self.length = response_length(request.method, head)
        self._dechunk = length == CHUNKED and request.minor == 0
        facts = exchange.answer_facts(head, length, dechunk=self._dechunk)
        keep, date = exchange.keeps_client(facts), exchange.shared.date()
        if exchange.route.response_editors:
            out = exchange.build_edited(
                head,
                http10_client=request.minor == 0,
                keep=keep,
                upgrade=False,
                length=length,
                date=date,
                dechunk=self._dechunk,
            )
        else:
            out = _unedited(head, request.minor, keep, length, date, self._dechunk)
        if length >= 0 and length == len(rest):  # the usual small answer: head and body came together
            self.head = head
            out += rest
            self.sent += len(out)
            exchange.downstream.write_soon(out)
            self.finished = True
            exchange.answered()
            return
        self._body = ChunkedBody(BadAnswer, collect=self._dechunk) if length == CHUNKED else body_of(length, BadAnswer)
        self._stream(out, rest, head)

    def _stream(self, prefix: bytes, data: bytes, head: ResponseHead | None = None) -> None:
        """Pass a part of the body on, behind the head if that has not gone out yet. Raises BadAnswer."""
        body = self._body
        assert body is not None  # noqa: S101  # _final has made it
        used = body.feed(data) if data or not prefix else 0
        if head is not None:
            self.head = head
        payload = body.take() if self._dechunk and isinstance(body, ChunkedBody) else data[:used]
        if prefix or payload:
            self._write(prefix + payload if prefix else payload)
        if used < len(data):
            self.exchange.facts |= UNREAD_BYTES
        if body.finished:
            self._body = None
            self.finished = True
            self.exchange.answered()
        else:
            self.exchange.streaming()

    def _write(self, data: bytes) -> None:
        self.sent += len(data)
        self.exchange.downstream.write(data)

    def ends_with_connection(self) -> bool:
        """The server closed: that is how this answer says that it is whole."""
        if self.head is None or self.length != UNTIL_CLOSE or self.finished:
            return False
        self._body = None
        self.finished = True
        return True
