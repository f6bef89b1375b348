"""The two peers between which a test puts the gateway: a server that follows a script, and a client of raw bytes.

A script is a coroutine function of one connection. When it returns, the connection stays open and the server goes on
reading, so that ``connection.received`` and ``connection.end`` tell all that came and how it ended; a script that wants
another end calls ``close``, ``finish`` or ``reset``. A script that raises fails the test.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

from tests.sockets.messages import Request, Response, read_request, read_response
from tests.sockets.wire import PATIENCE, Wire


class Connection(Wire):
    """One connection that a server accepted; ``number`` counts from 0, ``requests`` are those that the script read."""

    def __init__(self, sock: socket.socket, number: int) -> None:
        super().__init__(sock)
        self.number = number
        self.requests: list[Request] = []
        self.over = asyncio.Event()
        """Set when the gateway has left this connection, or the script has closed it."""

    async def request(self, patience: float = PATIENCE) -> Request | None:
        """The next whole request; None where the gateway has left."""
        request = await read_request(self, patience)
        if request is not None:
            self.requests.append(request)
        return request

    async def head(self) -> bytes:
        """The exact bytes of the next head, nothing after it taken."""
        return await self.until(b"\r\n\r\n")


Script = Callable[[Connection], Awaitable[None]]


def answering(*answers: bytes) -> Script:
    """On each connection: read a request, send the next answer; the last answer over and over."""

    async def script(connection: Connection) -> None:
        index = 0
        while await connection.request() is not None:
            await connection.send(answers[min(index, len(answers) - 1)])
            index += 1

    return script


def ok(body: bytes = b"ok", *fields: str) -> bytes:
    """A plain 200 with a Content-Length."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(target: str = "/", *fields: str, host: str = "a") -> bytes:
    """A GET without a body."""
    return "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {host}", *fields]).encode() + b"\r\n\r\n"


def post(body: bytes, target: str = "/", *fields: str) -> bytes:
    """A POST with a Content-Length."""
    lines = [f"POST {target} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class ScriptedServer:
    """Listens on a free port of the loopback. ``connections``: all that were ever accepted, in order."""

    def __init__(self, script: Script, name: str = "", backlog: int = 128) -> None:
        self.script = script
        self.name = name
        self.backlog = backlog
        self.connections: list[Connection] = []
        self.port = 0
        self._accepted = asyncio.Condition()
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def received(self) -> bytes:
        """Everything that ever came, over all connections."""
        return b"".join(bytes(connection.received) for connection in self.connections)

    @property
    def requests(self) -> list[Request]:
        return [request for connection in self.connections for request in connection.requests]

    async def start(self) -> None:
        """Listen; after ``stop`` on the same port again."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self._listener.listen(self.backlog)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._accepting = asyncio.create_task(self._accept(self._listener))

    async def stop(self) -> None:
        """Refuse connections from now on; those that are open stay."""
        if self._accepting is not None and self._listener is not None:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])
            self._listener.close()
            self._accepting = self._listener = None

    async def connection(self, number: int = 0, patience: float = PATIENCE) -> Connection:
        """The connection with this number, once it has been accepted."""
        async with asyncio.timeout(patience), self._accepted:
            await self._accepted.wait_for(lambda: len(self.connections) > number)
        return self.connections[number]

    async def close(self) -> None:
        """Stop, leave all connections, and raise what a script raised."""
        await self.stop()
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in self.connections:
            connection.close()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            sock, _ = await asyncio.get_running_loop().sock_accept(listener)
            connection = Connection(sock, len(self.connections))
            self.connections.append(connection)
            self._tasks.append(asyncio.create_task(self._serve(connection)))
            async with self._accepted:
                self._accepted.notify_all()

    async def _serve(self, connection: Connection) -> None:
        try:
            await self.script(connection)
            await connection.rest(60)
        finally:
            connection.over.set()
            connection.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class RawClient(Wire):
    """A client that sends bytes and reads responses."""

    @classmethod
    async def open(cls, address: str, receive_buffer: int = 0, source: str = "") -> Self:
        """Connect to "host:port"; a small ``receive_buffer`` makes a slow reader felt early."""
        host, port = address.rsplit(":", 1)
        sock = socket.socket(socket.AF_INET6 if host.startswith("[") else socket.AF_INET)
        sock.setblocking(False)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            sock.bind((source, 0))
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.get_running_loop().sock_connect(sock, (host.strip("[]"), int(port)))
        except OSError:
            sock.close()
            raise
        return cls(sock)

    async def response(self, method: str = "GET", patience: float = PATIENCE) -> Response:
        """The next response; EOFError where there is none."""
        return await read_response(self, method, patience)

    async def ask(self, data: bytes, method: str = "") -> Response:
        """Send one request and read its response."""
        await self.send(data)
        return await self.response(method or data.partition(b" ")[0].decode())

    async def ask_all(self, requests: Sequence[bytes]) -> list[Response]:
        return [await self.ask(request) for request in requests]
