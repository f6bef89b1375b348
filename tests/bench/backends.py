"""The servers behind the proxies: ``python -m tests.bench.backends wt1 wt2`` listens once for each name.

As cheap as they can be, so that the load's core suffices: the answer to a GET is bytes made beforehand. Two paths do
more: ``/echo`` answers with the head that arrived, and says in ``X-Served`` how many requests the connection has
carried; and an Upgrade gets its 101 and then every byte back. Bodies of requests are not read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import socket
import sys

import uvloop

BODY = b"x" * 1024
WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = re.compile(rb"\r\nsec-websocket-key: *(\S+)", re.IGNORECASE)


def answer(name: str, body: bytes, more: str = "") -> bytes:
    fields = f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\nX-Server: {name}\r\n{more}"
    return f"HTTP/1.1 200 OK\r\n{fields}\r\n".encode() + body


def switch(head: bytes) -> bytes:
    """The 101 to a WebSocket handshake (RFC 6455 section 4.2.2)."""
    key = KEY.search(head)
    if key is None:
        raise ValueError("a handshake without Sec-WebSocket-Key")
    accept = base64.b64encode(hashlib.sha1(key[1] + WEBSOCKET_GUID, usedforsecurity=False).digest())
    lines = (b"HTTP/1.1 101 Switching Protocols", b"Upgrade: websocket", b"Connection: Upgrade")
    return b"\r\n".join((*lines, b"Sec-WebSocket-Accept: " + accept, b"", b""))


class Backend(asyncio.Protocol):
    __slots__ = ("closing", "fixed", "name", "rest", "served", "transport", "tunnel")

    def __init__(self, name: str, fixed: bytes, closing: bytes) -> None:
        self.name = name
        self.fixed = fixed
        self.closing = closing
        self.rest = b""
        self.served = 0
        self.tunnel = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a TCP server's transports are Transports

    def data_received(self, data: bytes) -> None:
        if self.tunnel:
            self.transport.write(data)
            return
        head = self.rest + data if self.rest else data
        if not head.endswith(b"\r\n\r\n"):
            self.rest = head
            return
        self.rest = b""
        self.served += 1
        close = b"onnection: close" in head
        if head.startswith(b"GET /?"):
            plain = self.closing if close else self.fixed
            self.transport.write(self._with_a_field_of_its_own(plain) if b"&fresh " in head else plain)
        else:
            self.transport.write(self._special(head))
        if close:
            self.transport.close()

    def _with_a_field_of_its_own(self, plain: bytes) -> bytes:
        return plain.replace(b"\r\n", b"\r\nX-Answer: %d-%d\r\n" % (id(self), self.served), 1)

    def _special(self, head: bytes) -> bytes:
        if head.startswith(b"GET /echo"):
            return answer(self.name, head, f"X-Served: {self.served}\r\n")
        self.tunnel = True
        return switch(head)


async def listen(name: str) -> int:
    """Serve on a free port, and say which."""
    fixed, closing = answer(name, BODY), answer(name, BODY, "Connection: close\r\n")
    listening = socket.create_server(("127.0.0.1", 0))
    await asyncio.get_running_loop().create_server(lambda: Backend(name, fixed, closing), sock=listening, backlog=4096)
    return int(listening.getsockname()[1])


async def serve(names: list[str]) -> None:
    """The ports, on one line of stdout; then requests, until somebody ends the process."""
    ports = [await listen(name) for name in names]
    print(*ports, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1:]))
