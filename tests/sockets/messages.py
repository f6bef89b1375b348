"""HTTP messages as the peers of the gateway read them: h11 is the strict reader on both sides.

What h11 refuses, the gateway must not have sent: reading through it is a check of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import h11

from tests.sockets.wire import PATIENCE, Wire

LIMIT = 1 << 20


@dataclass
class Message:
    """``head``: the exact bytes up to the blank line. ``fields``: names in the case in which they came."""

    head: bytes = b""
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    trailers: list[tuple[str, str]] = field(default_factory=list)
    complete: bool = False

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        """The value of a field that occurs at most once."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} occurs {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.fields]


@dataclass
class Response(Message):
    """``interim``: the statuses of the 1xx answers before it. ``complete`` is False where it was visibly cut."""

    status: int = 0
    reason: str = ""
    version: str = ""
    interim: list[int] = field(default_factory=list)


@dataclass
class Request(Message):
    method: str = ""
    target: str = ""
    version: str = ""


async def read_response(wire: Wire, method: str = "GET", patience: float = PATIENCE) -> Response:
    """The next response on ``wire``. Raises EOFError where the other end left before a head."""
    reader = h11.Connection(h11.CLIENT, LIMIT)
    asked = [("Host", "x"), ("Connection", "upgrade"), ("Upgrade", "any")]
    reader.send(h11.Request(method=method, target="*", headers=asked))
    reader.send(h11.EndOfMessage())
    response, start = Response(), wire.position
    while not response.complete:
        event = await _next(reader, wire, patience, response.status)
        if event is None:
            return response
        if isinstance(event, h11.InformationalResponse) and event.status_code != 101:
            response.interim.append(event.status_code)
        elif isinstance(event, h11.Response | h11.InformationalResponse):
            response.status, response.reason = event.status_code, event.reason.decode()
            response.version = event.http_version.decode()
            response.fields = _text(event.headers.raw_items())
            response.complete = event.status_code == 101
        else:
            _body(response, event)
    response.head = _head(wire, start, len(response.interim))
    _give_back(reader, wire)
    return response


async def read_request(wire: Wire, patience: float = PATIENCE) -> Request | None:
    """The next request on ``wire``, body included; None where the other end left before one (``complete`` is False
    where it left in the middle of the body)."""
    reader = h11.Connection(h11.SERVER, LIMIT)
    request, start = Request(), wire.position
    while not request.complete:
        event = await _next(reader, wire, patience, request.method)
        if event is None:
            return request if request.method else None
        if isinstance(event, h11.Request):
            request.method, request.target = event.method.decode(), event.target.decode()
            request.version, request.fields = event.http_version.decode(), _text(event.headers.raw_items())
        else:
            _body(request, event)
    request.head = _head(wire, start)
    _give_back(reader, wire)
    return request


async def _next(reader: h11.Connection, wire: Wire, patience: float, began: object) -> h11.Event | None:
    """The next event; None where the message ends before it is whole."""
    while True:
        try:
            event = reader.next_event()
        except h11.RemoteProtocolError:
            if wire.end == "open":
                raise
            _check_cut(wire, began)
            return None
        if event is h11.NEED_DATA:
            if not wire.unread and not await wire.fill(patience) and wire.end == "reset":
                _check_cut(wire, began)
                return None
            reader.receive_data(wire.take(len(wire.received)))
        elif isinstance(event, h11.ConnectionClosed):
            _check_cut(wire, began)
            return None
        else:
            assert not isinstance(event, type)
            return event


def _check_cut(wire: Wire, began: object) -> None:
    """An answer that never began is no answer; a request that never began is the end of a connection."""
    if not began and isinstance(began, int):
        raise EOFError(f"{wire.end} before an answer: {bytes(wire.received)[-500:]!r}")


def _body(message: Message, event: h11.Event) -> None:
    if isinstance(event, h11.Data):
        message.body += bytes(event.data)
    elif isinstance(event, h11.EndOfMessage):
        message.trailers = _text(event.headers.raw_items())
        message.complete = True


def _text(items: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode("latin-1")) for name, value in items]


def _head(wire: Wire, start: int, interim: int = 0) -> bytes:
    """The first head after ``start`` once the interim ones have been passed over."""
    return bytes(wire.received[start:]).split(b"\r\n\r\n", interim + 1)[interim] + b"\r\n\r\n"


def _give_back(reader: h11.Connection, wire: Wire) -> None:
    wire.give_back(len(reader.trailing_data[0]))
