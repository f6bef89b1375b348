"""What a script can do: open, send, read, leave, and wait for what has happened at the servers.

Steps are data; ``play`` performs one at one side's ``Stage`` and writes down what came of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.differential.logs import masked
from tests.differential.messages import read_response
from tests.differential.seen import Seconds
from tests.sockets.peers import RawClient
from tests.sockets.wire import PATIENCE

if TYPE_CHECKING:
    from tests.differential.stage import Stage


@dataclass(frozen=True, slots=True)
class Step:
    """``on``: which of the script's connections; it is opened at its first use, at the first frontend."""

    async def play(self, stage: Stage) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Open(Step):
    """Connect, without a byte."""

    on: str = "1"
    to: str = ""
    source: str = ""

    async def play(self, stage: Stage) -> None:
        address = stage.addresses[self.to or next(iter(stage.addresses))]
        stage.clients[self.on] = await RawClient.open(address, source=self.source)


@dataclass(frozen=True, slots=True)
class Send(Step):
    data: bytes
    on: str = "1"
    to: str = ""

    async def play(self, stage: Stage) -> None:
        client = await _client(stage, self.on, self.to)
        await client.send(self.data)


@dataclass(frozen=True, slots=True)
class Read(Step):
    """One response, or how the connection ended without one."""

    method: str = "GET"
    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = stage.clients[self.on]
        try:
            stage.note("the answer", await read_response(client, self.method))
        except EOFError:
            stage.note("the answer", f"none: {client.end} after {client.unread!r}")


@dataclass(frozen=True, slots=True)
class Ask(Step):
    """Send a request and read its response. ``timed``: how long that took is compared too, roughly."""

    data: bytes
    on: str = "1"
    to: str = ""
    timed: bool = False

    async def play(self, stage: Stage) -> None:
        began = time.monotonic()
        await Send(self.data, self.on, self.to).play(stage)
        method = self.data.lstrip().partition(b" ")[0].decode("latin-1")
        await Read(method, self.on).play(stage)
        if self.timed:
            stage.note("time taken", Seconds(time.monotonic() - began))


@dataclass(frozen=True, slots=True)
class Receive(Step):
    """So many bytes, whatever they are."""

    count: int
    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = await _client(stage, self.on)
        try:
            stage.note("bytes", await client.exactly(self.count))
        except EOFError:
            stage.note("bytes", f"{client.end} after {client.unread!r}")


@dataclass(frozen=True, slots=True)
class Got(Step):
    """Wait until these bytes have come; they stay there to be read."""

    data: bytes
    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = await _client(stage, self.on)
        while self.data not in client.unread:
            if not await client.fill():
                raise EOFError(f"{client.end} before {self.data!r}: {client.unread!r}")


@dataclass(frozen=True, slots=True)
class Rest(Step):
    """Everything until the connection ends, and how it ends."""

    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = await _client(stage, self.on)
        stage.note("bytes", await client.rest())
        stage.note("end", client.end)


@dataclass(frozen=True, slots=True)
class Leave(Step):
    """``how``: close, reset, or finish (half-close)."""

    how: str = "close"
    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = await _client(stage, self.on)
        {"close": client.close, "reset": client.reset, "finish": client.finish}[self.how]()


@dataclass(frozen=True, slots=True)
class Signal(Step):
    """Let answers go on that wait for this word."""

    word: str

    async def play(self, stage: Stage) -> None:
        stage.words.setdefault(self.word, asyncio.Event()).set()


@dataclass(frozen=True, slots=True)
class Saw(Step):
    """Wait until the servers together have seen these bytes so often."""

    data: bytes
    times: int = 1

    async def play(self, stage: Stage) -> None:
        def count() -> int:
            return sum(
                each.received.count(self.data) for server in stage.servers.values() for each in server.connections
            )

        await until(lambda: count() >= self.times)


@dataclass(frozen=True, slots=True)
class Left(Step):
    """Wait until the proxy has left all connections of this server."""

    server: str

    async def play(self, stage: Stage) -> None:
        wires = [each.wire for each in stage.servers[self.server].connections if each.received]
        await until(lambda: all(wire.end != "open" for wire in wires))


@dataclass(frozen=True, slots=True)
class Refuse(Step):
    """The server is stopped."""

    server: str

    async def play(self, stage: Stage) -> None:
        await stage.servers[self.server].refuse()


@dataclass(frozen=True, slots=True)
class Listen(Step):
    """The server is started."""

    server: str

    async def play(self, stage: Stage) -> None:
        stage.servers[self.server].listen()


@dataclass(frozen=True, slots=True)
class Down(Step):
    """Wait until checks have found this out about "backend/server"."""

    server: str
    down: bool = True

    async def play(self, stage: Stage) -> None:
        async with asyncio.timeout(PATIENCE):
            while (self.server in await stage.proxy.down()) != self.down:  # noqa: ASYNC110  # neither side tells
                await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Logged(Step):
    """The next lines of the log, without their times."""

    count: int = 1

    async def play(self, stage: Stage) -> None:
        stage.note("the log", "\n".join(masked(line) for line in await stage.log.wait(self.count)))


@dataclass(frozen=True, slots=True)
class Which(Step):
    """Only which server answers each of these requests: for hundreds of keys. ``sources``: a connection from each."""

    requests: tuple[bytes, ...]
    sources: tuple[str, ...] = ()
    to: str = ""

    async def play(self, stage: Stage) -> None:
        if not self.sources:
            stage.note("servers", " ".join([await self._ask(stage, request, "which") for request in self.requests]))
            return
        found = []
        for source in self.sources:
            await Open("which", self.to, source).play(stage)
            found.append(await self._ask(stage, self.requests[0], "which"))
            stage.clients.pop("which").close()
        stage.note("servers", " ".join(found))

    async def _ask(self, stage: Stage, request: bytes, on: str) -> str:
        client = await _client(stage, on, self.to)
        await client.send(request)
        response = await read_response(client, request.partition(b" ")[0].decode())
        return (response.all("x-server") or [str(response.status)])[0]


@dataclass(frozen=True, slots=True)
class Everybody(Step):
    """Only who answers at all, of many requests."""

    requests: tuple[bytes, ...]

    async def play(self, stage: Stage) -> None:
        await Which(self.requests).play(stage)
        found = str(stage.seen.pop().value)
        stage.note("servers", " ".join(sorted(set(found.split()))))


async def _client(stage: Stage, on: str, to: str = "") -> RawClient:
    if on not in stage.clients:
        await Open(on, to).play(stage)
    return stage.clients[on]


async def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for what a recording has no event of its own for. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.005)


def get(target: str = "/", *fields: str, host: str = "a", version: str = "1.1", method: str = "GET") -> bytes:
    """A request without a body."""
    lines = [f"{method} {target} HTTP/{version}", *([f"Host: {host}"] if host else []), *fields]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def post(body: bytes = b"hello", target: str = "/", *fields: str, host: str = "a") -> bytes:
    """A request with a Content-Length."""
    return get(target, f"Content-Length: {len(body)}", *fields, host=host, method="POST") + body


def chunked(body: bytes = b"5\r\nhello\r\n0\r\n\r\n", target: str = "/", *fields: str) -> bytes:
    """A request with a body in chunks."""
    return get(target, "Transfer-Encoding: chunked", *fields, method="POST") + body
