"""One end of a TCP connection, held by a test: every byte that came over it, and how the other end left.

Raw sockets, not streams: a test here must be able to send one byte, to stop reading, to close one direction only and to
reset, and must see the same of the other end. Nothing reads in the background: what a test does not ask for stays in
the kernel, as with a slow client. No wait is longer than ``PATIENCE``, so a hang is a failure with a name.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Literal

PATIENCE = 5.0
"""Seconds after which nothing will come any more."""


async def eventually(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for what has no event of its own: a state of the gateway, or a count. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.01)


End = Literal["open", "closed", "reset", "left"]
"""How the other end stands: still there, closed in an orderly way (FIN), or gone (RST); or we have left ourselves."""


class Wire:
    """A connected socket. ``received`` is everything that has been read, ``end`` how the other end stands."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.received = bytearray()
        self.end: End = "open"
        self.tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._taken = 0

    @property
    def position(self) -> int:
        """How many of the bytes that were read have been taken."""
        return self._taken

    @property
    def unread(self) -> bytes:
        """What has been read from the socket and not been taken by anybody."""
        return bytes(self.received[self._taken :])

    def take(self, count: int) -> bytes:
        data = bytes(self.received[self._taken : self._taken + count])
        self._taken += len(data)
        return data

    def give_back(self, count: int) -> None:
        """The last ``count`` bytes that were taken belong to what comes next."""
        self._taken -= count

    async def fill(self, patience: float = PATIENCE) -> bool:
        """Read once from the socket; False where the other end has closed or reset. Raises TimeoutError."""
        if self.end != "open":
            return False
        try:
            async with asyncio.timeout(patience):
                data = await (self._read() if self.tls is None else self._decrypt())
        except (ConnectionResetError, BrokenPipeError):
            self.end = "reset"
            return False
        except TimeoutError:
            raise TimeoutError(f"nothing more after {bytes(self.received)[-200:]!r}") from None
        self.received += data
        if not data:
            self.end = "closed"
        return bool(data)

    async def until(self, marker: bytes, patience: float = PATIENCE) -> bytes:
        """The bytes up to and with ``marker``. Raises EOFError where the other end leaves first."""
        while (place := self.received.find(marker, self._taken)) < 0:
            if not await self.fill(patience):
                raise EOFError(f"{self.end} before {marker!r}: {self.unread[-500:]!r}")
        return self.take(place + len(marker) - self._taken)

    async def exactly(self, count: int, patience: float = PATIENCE) -> bytes:
        """The next ``count`` bytes. Raises EOFError where the other end leaves first."""
        while len(self.received) - self._taken < count:
            if not await self.fill(patience):
                raise EOFError(f"{self.end} after {len(self.received) - self._taken} of {count} bytes")
        return self.take(count)

    async def rest(self, patience: float = PATIENCE) -> bytes:
        """Everything until the other end closes or resets (``end`` says which)."""
        while await self.fill(patience):
            pass
        return self.take(len(self.received))

    async def silent(self, seconds: float) -> bool:
        """True where for so long nothing comes and the other end stays."""
        try:
            await self.fill(seconds)
        except TimeoutError:
            return True
        return False

    async def send(self, data: bytes) -> bool:
        """Send all of it; False where the other end is gone before that."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._write(data)
        except (ConnectionResetError, BrokenPipeError):
            return False
        return True

    async def send_bytewise(self, data: bytes) -> bool:
        """Send one byte a turn of the loop, so that the other end reads them one by one."""
        for byte in data:
            if not await self.send(bytes((byte,))):
                return False
            await asyncio.sleep(0)
        return True

    async def flood(self, piece: bytes, count: int, patience: float = 0.25) -> int:
        """Send ``piece`` up to ``count`` times, until the other end takes nothing for ``patience`` seconds.

        Returns the number of bytes that were taken.
        """
        taken = 0
        for _ in range(count):
            try:
                async with asyncio.timeout(patience):
                    await self._write(piece)
            except (TimeoutError, ConnectionResetError, BrokenPipeError):
                break
            taken += len(piece)
        return taken

    async def encrypt(self, context: ssl.SSLContext, *, name: str | None = None, server: bool = False) -> None:
        """Speak TLS from now on. Raises ssl.SSLError, ConnectionError or EOFError where the handshake fails."""
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=server, server_hostname=name)
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    await self._flush()
                    data = await self._read()
                    if not data:
                        raise EOFError("closed in the middle of the handshake") from None
                    self._incoming.write(data)
            self.tls = tls
            await self._flush()

    async def close_notify(self) -> None:
        """Say that this is the end, and wait for nothing."""
        assert self.tls is not None
        with contextlib.suppress(ssl.SSLError):
            self.tls.unwrap()
        await self._flush()

    async def _read(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self.sock, 65536)

    async def _write(self, data: bytes) -> None:
        if self.tls is None:
            await asyncio.get_running_loop().sock_sendall(self.sock, data)
            return
        self.tls.write(data)
        await self._flush()

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await asyncio.get_running_loop().sock_sendall(self.sock, self._outgoing.read())

    async def _decrypt(self) -> bytes:
        """What comes next; nothing at a close_notify. An end without one is a reset."""
        assert self.tls is not None
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                data = await self._read()
                if not data:
                    raise ConnectionResetError("no close_notify") from None
                self._incoming.write(data)
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLError as error:  # after our own close_notify
                raise ConnectionResetError(str(error)) from error

    def finish(self) -> None:
        """Close our direction only: the other end reads the end of the stream (FIN), if it is still there."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Leave with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self.sock.close()
        if self.end == "open":
            self.end = "left"


async def both_ways(wire: Wire, data: bytes) -> bytes:
    """Send ``data`` and receive as much at the same time; the digest of what came."""

    async def sending() -> None:
        for start in range(0, len(data), 65536):
            assert await wire.send(data[start : start + 65536])

    _, received = await asyncio.gather(sending(), wire.exactly(len(data)))
    return hashlib.sha256(received).digest()
