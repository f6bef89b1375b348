"""What a script does with its connections: open them, send, read, leave.

Steps are data; ``play`` performs one at one side's ``Stage`` and writes down what came of it.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.differential.encrypted import EncryptedClient
from tests.differential.messages import read_response
from tests.differential.seen import Seconds
from tests.sockets.peers import RawClient

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
class Encrypt(Step):
    """Connect with TLS, and see what was agreed on. ``trusted``, ``own``: an authority and ourselves, as PEM."""

    on: str = "1"
    to: str = ""
    name: str = ""
    trusted: str = ""
    own: str = ""
    protocols: tuple[str, ...] = ()
    most: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED

    async def play(self, stage: Stage) -> None:
        client = await EncryptedClient.open(stage.addresses[self.to or next(iter(stage.addresses))])
        stage.clients[self.on] = client
        client.encrypt(self._context(), self.name)
        stage.note("the handshake", await client.start())

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.trusted)
        context.maximum_version = self.most
        if self.own:
            with TemporaryDirectory() as directory:
                path = Path(directory) / "own.pem"
                path.write_text(self.own)
                context.load_cert_chain(path)
        if self.protocols:
            context.set_alpn_protocols(list(self.protocols))
        return context


@dataclass(frozen=True, slots=True)
class Send(Step):
    data: bytes
    on: str = "1"
    to: str = ""

    async def play(self, stage: Stage) -> None:
        client = await opened(stage, self.on, self.to)
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
        client = await opened(stage, self.on)
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
        client = await opened(stage, self.on)
        while self.data not in client.unread:
            if not await client.fill():
                raise EOFError(f"{client.end} before {self.data!r}: {client.unread!r}")


@dataclass(frozen=True, slots=True)
class Rest(Step):
    """Everything until the connection ends, and how it ends."""

    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = await opened(stage, self.on)
        stage.note("bytes", await client.rest())
        stage.note("end", client.end)


@dataclass(frozen=True, slots=True)
class Leave(Step):
    """``how``: close, reset, or finish (half-close)."""

    how: str = "close"
    on: str = "1"

    async def play(self, stage: Stage) -> None:
        client = await opened(stage, self.on)
        {"close": client.close, "reset": client.reset, "finish": client.finish}[self.how]()


async def opened(stage: Stage, on: str, to: str = "") -> RawClient:
    """The script's connection of this name, made at its first use."""
    if on not in stage.clients:
        await Open(on, to).play(stage)
    return stage.clients[on]
