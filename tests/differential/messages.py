"""HTTP messages as they came, with a reader that refuses nothing: what is compared must not be repaired first.

A body is compared without its chunks (a proxy may cut them anew), with its trailers, and with how it was delimited.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.sockets.wire import Wire

BODILESS = {"204", "304"}


@dataclass(frozen=True, slots=True)
class Message:
    """``start``: the first line. ``delimited``: by nothing, length, chunks, close, or a 101's tunnel.

    ``interim``: the 1xx answers before it. ``cut``: it ended before its end.
    """

    start: str
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delimited: str = "nothing"
    trailers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    interim: tuple[Message, ...] = ()

    @property
    def status(self) -> int:
        """0 for a request."""
        word = self.start.split(" ")[1] if self.start.startswith("HTTP/") else "0"
        return int(word) if word.isdigit() else 0

    @property
    def target(self) -> str:
        return [*self.start.split(" "), "", ""][1]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def without(self, *names: str) -> Message:
        """The same without the fields of these names."""
        kept = tuple((name, value) for name, value in self.fields if name.lower() not in names)
        return replace(self, fields=kept)

    def lines(self) -> list[str]:
        """For people, and for the comparison: what is equal here is equal."""
        lines = [line for interim in self.interim for line in interim.lines()] + [self.start]
        lines += [f"{name}: {value}" for name, value in self.fields]
        lines += [f"(body delimited by {self.delimited}{', and cut' if self.cut else ''})"]
        lines += [repr(self.body)[2:-1]] if self.body else []
        return lines + [f"(trailer) {name}: {value}" for name, value in self.trailers]


@dataclass
class _Body:
    data: bytes = b""
    trailers: tuple[tuple[str, str], ...] = field(default=())
    cut: bool = False


async def read_head(wire: Wire) -> Message:
    """The next head. Raises EOFError where the other end leaves first."""
    first, *rest = (await wire.until(b"\r\n\r\n")).decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    return Message(first, _fields(rest))


async def read_body(wire: Wire, head: Message, *, of_response: bool, method: str = "") -> Message:
    """``head`` with the body that it announces."""
    delimited = _delimited(head, of_response=of_response, method=method)
    body = _Body()
    try:
        await _READERS[delimited](wire, head, body)
    except EOFError:
        body.cut = True
        body.data += wire.take(len(wire.received))
    return replace(head, body=body.data, delimited=delimited, trailers=body.trailers, cut=body.cut)


async def read_response(wire: Wire, method: str = "GET") -> Message:
    """The next response, the interim ones before it kept with it."""
    interim: list[Message] = []
    while 100 <= (head := await read_head(wire)).status <= 199 and head.status != 101:
        interim.append(head)
    return replace(await read_body(wire, head, of_response=True, method=method), interim=tuple(interim))


def _fields(lines: list[str]) -> tuple[tuple[str, str], ...]:
    parts = [line.partition(":") for line in lines]
    return tuple((name, value.strip(" \t")) for name, _, value in parts)


def _delimited(head: Message, *, of_response: bool, method: str) -> str:
    if head.status == 101:
        return "tunnel"
    if of_response and (method == "HEAD" or str(head.status) in BODILESS):
        return "nothing"
    if head.all("transfer-encoding"):
        return "chunks"
    if head.all("content-length"):
        return "length"
    return "close" if of_response else "nothing"


async def _none(wire: Wire, head: Message, body: _Body) -> None:
    pass


async def _length(wire: Wire, head: Message, body: _Body) -> None:
    length = head.all("content-length")[0].strip()
    body.data = await wire.exactly(int(length) if length.isdigit() else 0)


async def _chunks(wire: Wire, head: Message, body: _Body) -> None:
    while size := int((await wire.until(b"\r\n")).partition(b";")[0].strip(), 16):
        body.data += (await wire.exactly(size + 2))[:-2]
    lines = []
    while line := (await wire.until(b"\r\n"))[:-2]:
        lines.append(line.decode("latin-1"))
    body.trailers = _fields(lines)


async def _close(wire: Wire, head: Message, body: _Body) -> None:
    body.data = await wire.rest()
    body.cut = wire.end == "reset"


_READERS = {"nothing": _none, "tunnel": _none, "length": _length, "chunks": _chunks, "close": _close}
