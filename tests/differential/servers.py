"""The recording servers: they answer as a scenario says, and keep all that they saw.

Each of the two proxies has its own set, so that nothing has to be told apart: same names, same answers, other ports. A
server that is down refuses: its port stays bound, and nobody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.differential.messages import Message, read_body, read_head
from tests.sockets.wire import Wire


class Do(enum.Enum):
    """What a server can do besides sending bytes."""

    BODY = "read the request's body"
    CLOSE = "close the connection"
    FINISH = "close our direction"
    RESET = "reset the connection"
    HOLD = "answer nothing any more"
    ECHO = "send back whatever comes, to the end"
    END = "wait until the other end has left, then close"


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on when the script has said this word (``Signal``)."""

    word: str


Action = bytes | Do | Wait
Answer = bytes | tuple[Action, ...]
"""Bytes alone are sent once the request's body has been read."""


@dataclass
class Connection:
    """What one connection brought: whole requests, then whatever is none."""

    wire: Wire
    requests: list[Message] = field(default_factory=list)

    @property
    def received(self) -> bytes:
        return bytes(self.wire.received)

    @property
    def rest(self) -> bytes:
        """What came and belongs to no request."""
        return self.wire.unread


class _Over(Exception):  # noqa: N818  # nothing is wrong
    """The answer ended the connection, or it is a tunnel."""


@dataclass(eq=False)
class Server:
    """``answers``: by path, or "*" for every other one. ``raw``: no HTTP, every connection gets ``answers["*"]``.

    ``words``: events that answers wait for.
    """

    name: str
    answers: Mapping[str, Answer]
    words: dict[str, asyncio.Event]
    raw: bool = False
    connections: list[Connection] = field(default_factory=list)
    port: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _socket: socket.socket | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _accepting: asyncio.Task[None] | None = None

    def bind(self) -> None:
        """Take a port, and refuse."""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", self.port))
        self.port = self._socket.getsockname()[1]

    def listen(self) -> None:
        assert self._socket is not None
        self._socket.listen()
        self._accepting = asyncio.create_task(self._accept(self._socket))

    async def refuse(self) -> None:
        """From now on; connections that are open stay."""
        await self._stop_accepting()
        self.bind()

    async def close(self) -> None:
        await self._stop_accepting()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in self.connections:
            connection.wire.close()

    def failures(self) -> list[BaseException]:
        """What went wrong in serving, which no scenario wants."""
        over = [task for task in self._tasks if task.done() and not task.cancelled()]
        return [error for task in over if (error := task.exception()) is not None]

    async def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])
            self._accepting = None
        if self._socket is not None:
            self._socket.close()

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            sock, _ = await asyncio.get_running_loop().sock_accept(listener)
            connection = Connection(Wire(sock))
            self.connections.append(connection)
            self._tasks.append(asyncio.create_task(self._serve(connection)))

    async def _serve(self, connection: Connection) -> None:
        with contextlib.suppress(_Over, EOFError):
            if self.raw:
                await self._perform(connection, None, self.answers.get("*", (Do.ECHO,)))
            while not self.raw:
                await self._answer(connection)
        await self._read_on(connection)

    async def _answer(self, connection: Connection) -> None:
        head = await _patiently_head(connection.wire)
        connection.requests.append(head)
        answer = self.answers.get(head.target.partition("?")[0], self.answers.get("*", self._default()))
        await self._perform(connection, head, answer)

    def _default(self) -> bytes:
        return ok(self.name)

    async def _perform(self, connection: Connection, head: Message | None, answer: Answer) -> None:
        for action in (Do.BODY, answer) if isinstance(answer, bytes) else answer:
            if isinstance(action, bytes):
                await connection.wire.send(action.replace(b"{name}", self.name.encode()))
            elif isinstance(action, Wait):
                await self.words.setdefault(action.word, asyncio.Event()).wait()
            elif action is Do.BODY and head is not None:
                connection.requests[-1] = await read_body(connection.wire, head, of_response=False)
            else:
                await self._end(connection, action)

    async def _end(self, connection: Connection, action: Do) -> None:
        wire = connection.wire
        if action is Do.ECHO:
            while await wire.fill(60):
                await wire.send(wire.take(len(wire.unread)))
            wire.finish()
        elif action is Do.FINISH:
            wire.finish()
        elif action is Do.END:
            await self._read_on(connection)
            wire.close()
        elif action is Do.CLOSE:
            wire.close()
        elif action is Do.RESET:
            wire.reset()
        raise _Over

    @staticmethod
    async def _read_on(connection: Connection) -> None:
        while await connection.wire.fill(60):
            pass


async def _patiently_head(wire: Wire) -> Message:
    """An idle connection may stay idle as long as the scenario takes."""
    if not wire.unread and not await wire.fill(60):
        raise EOFError
    return await read_head(wire)


def ok(body: str = "ok", *fields: str) -> bytes:
    """A plain answer with a Content-Length; ``{name}`` in an answer is the server's name."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", "X-Server: {name}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body.encode()
