"""TLS over a raw connection: what ``Wire`` can do, inside a session."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

from tests.sockets.peers import RawClient
from tests.sockets.wire import PATIENCE


class EncryptedClient(RawClient):
    """``start`` makes the handshake. What arrives is kept in ``received`` as it reads decrypted."""

    def encrypt(self, context: ssl.SSLContext, name: str) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.session = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name or None)

    async def start(self) -> str:
        """The handshake; what was agreed on, or why it failed."""
        while True:
            try:
                self.session.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                if not await self._take_in(PATIENCE):
                    return f"no handshake: {self.end}"
            except ssl.SSLError as error:
                return f"no handshake: {error.reason}"
            else:
                await self._flush()
                return self._agreed()

    def _agreed(self) -> str:
        subject = dict(pair for each in (self.session.getpeercert() or {}).get("subject", ()) for pair in each)
        return f"{self.session.version()}, {self.session.selected_alpn_protocol()}, {subject.get('commonName')}"

    async def fill(self, patience: float = PATIENCE) -> bool:
        while True:
            try:
                data = self.session.read(65536)
            except ssl.SSLWantReadError:
                if not await self._take_in(patience):
                    return False
            except ssl.SSLError as error:
                self.received += f"({error.reason})".encode()
                self.end = "closed"
                return False
            else:
                self.received += data
                self.end = self.end if data else "closed"
                return bool(data)

    async def send(self, data: bytes) -> bool:
        with contextlib.suppress(ssl.SSLError):
            self.session.write(data)
        return await self._flush()

    async def _take_in(self, patience: float) -> bool:
        try:
            async with asyncio.timeout(patience):
                data = await asyncio.get_running_loop().sock_recv(self.sock, 65536)
        except ConnectionResetError:
            self.end = "reset"
            return False
        if not data:
            self.end = "closed"
        self._incoming.write(data)
        return bool(data)

    async def _flush(self) -> bool:
        return await super().send(self._outgoing.read()) if self._outgoing.pending else True
