"""A stage: the gateway's connections, real but for the sockets under them, and a clock that the test sets.

A test reads like a playbook::

    client = stage.client()
    client >> b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    server = stage.accept()
    assert server.receives() == b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    server << b"HTTP/1.1 204 No Content\r\n\r\n"
    assert client.receives() == ...

Every line plays to its end before the next one begins: the stage runs its event loop until nothing is left to do. Time
passes only in ``stage.wait``. What is sent can be cut into single bytes (``cut``), so that every scene is played twice.
At the end of each scene the stage looks for what was left behind: places on servers, connections, tasks, deadlines.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from affinity_gw.proxy.deadlines import TICK, Deadlines
from affinity_gw.proxy.downstream import Downstream
from affinity_gw.proxy.listener import Occupancy
from affinity_gw.proxy.record import ExchangeRecord
from affinity_gw.proxy.shared import Shared
from affinity_gw.proxy.tcp import TcpDownstream
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.live import ServerLoad
from affinity_gw.routing.sections import Backend, Forwarding, Frontend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot

HIGH_WATER, LOW_WATER = 65536, 16384
"""asyncio's own limits of a write buffer."""

GET = b"GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 2\r\n\r\nok"
"""Both pass through the stage's gateway as they are."""


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time is ``now``."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__()

    def time(self) -> float:
        return self.now

    def settle(self) -> None:
        """Run until nothing is left to do before time passes."""
        while True:
            self.call_soon(self.stop)
            self.run_forever()
            if not self._ready:  # type: ignore[attr-defined]  # what the loop will do next is nowhere public
                return


class FakeSocket:
    """What the gateway asks a transport's socket."""

    family = socket.AF_INET

    def __init__(self) -> None:
        self.options: list[tuple[int, int, Any]] = []

    def setsockopt(self, level: int, option: int, value: Any) -> None:
        self.options.append((level, option, value))

    def fileno(self) -> int:
        return -1


class Wire(asyncio.Transport):
    """One connection as the gateway sees it; ``arrive`` and ``drain`` are what its other end does."""

    def __init__(self, loop: Clock, peername: tuple[str, int] | str) -> None:
        super().__init__()
        self.loop = loop
        self.peername = peername
        self.socket = FakeSocket()
        self.protocol: Any = None
        self.incoming: deque[bytes | Exception | None] = deque()
        self.unsent = bytearray()
        self.sent = bytearray()
        self.peer_reads = True
        self.reading = True
        self.writing_paused = False
        self.ended = self.closing = self.aborted = self.lost = self.deaf = False
        self.half_closes = True
        self.half_closing_fails = False

    def connect(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol
        protocol.connection_made(self)

    # ------------------------------------------------------------------------------------ what the peer does

    def arrive(self, event: bytes | Exception | None) -> None:
        """Bytes, the end of the stream (None), or the loss of the connection."""
        if not self.closing:
            self.incoming.append(event)
            self.deliver()

    def deliver(self) -> None:
        while self.incoming and self.reading and not self.closing and not self.deaf:
            event = self.incoming.popleft()
            if isinstance(event, bytes):
                self.protocol.data_received(event)
            elif event is None:
                self.deaf = True
                if not self.protocol.eof_received():
                    self.close()
            else:
                self.closing = True
                self._lose(event)

    def drain(self, count: int | None = None) -> None:
        """The peer reads so much of what waits for it; None: everything."""
        count = len(self.unsent) if count is None else count
        self.sent += self.unsent[:count]
        del self.unsent[:count]
        if self.writing_paused and len(self.unsent) <= LOW_WATER:
            self.writing_paused = False
            self.protocol.resume_writing()
        if self.closing and not self.unsent:
            self.loop.call_soon(self._lose, None)

    # --------------------------------------------------------------------------------- what the gateway does

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self.ended:
            raise RuntimeError("write after write_eof")
        if self.closing:
            return
        self.unsent += data
        if self.peer_reads:
            self.drain()
        elif len(self.unsent) > HIGH_WATER and not self.writing_paused:
            self.writing_paused = True
            self.protocol.pause_writing()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return self.half_closes

    def write_eof(self) -> None:
        if self.half_closing_fails:
            raise OSError(107, "Transport endpoint is not connected")
        self.ended = True

    def close(self) -> None:
        if not self.closing:
            self.closing = True
            self.incoming.clear()
            if not self.unsent:
                self.loop.call_soon(self._lose, None)

    def abort(self) -> None:
        self.aborted = self.closing = True
        self.unsent.clear()
        self.loop.call_soon(self._lose, None)

    def _lose(self, error: Exception | None) -> None:
        if not self.lost:
            self.lost = True
            self.protocol.connection_lost(error)

    def is_closing(self) -> bool:
        return self.closing

    def is_reading(self) -> bool:
        return self.reading and not self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True
        self.loop.call_soon(self.deliver)

    def get_write_buffer_size(self) -> int:
        return len(self.unsent)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self.protocol
        return protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": self.peername, "socket": self.socket}.get(name, default)


class Peer:
    """Who sits at the other end of a wire, played by the test."""

    def __init__(self, stage: Stage, wire: Wire) -> None:
        self.stage = stage
        self.wire = wire
        self._seen = 0

    def sends(self, data: bytes) -> Self:
        for piece in self.stage.pieces(data):
            self.wire.arrive(piece)
            self.stage.settle()
        return self

    def sends_whole(self, data: bytes) -> Self:
        """In one piece, whatever the stage cuts others into."""
        self.wire.arrive(data)
        self.stage.settle()
        return self

    def ends(self) -> None:
        """The end of its stream: a half-close, or a close. Which of them nobody can see before writing to it."""
        self.wire.arrive(None)
        self.stage.settle()

    def resets(self) -> None:
        self.wire.arrive(ConnectionResetError(104, "Connection reset by peer"))
        self.stage.settle()

    def stops_reading(self) -> None:
        self.wire.peer_reads = False

    def reads(self, count: int | None = None) -> None:
        """So many bytes of what waits for it; None: everything, from now on too."""
        self.wire.peer_reads = count is None
        self.wire.drain(count)
        self.stage.settle()

    @property
    def got(self) -> bytes:
        """All that has reached this peer."""
        return bytes(self.wire.sent)

    def receives(self) -> bytes:
        """What has reached this peer since it was asked last."""
        new = bytes(self.wire.sent[self._seen :])
        self._seen = len(self.wire.sent)
        return new

    @property
    def connection(self) -> str:
        """How the connection looks from this end."""
        if not self.wire.lost:
            return "half-closed" if self.wire.ended else "closing" if self.wire.closing else "open"
        lingers = any(option == socket.SO_LINGER for _, option, _ in self.wire.socket.options)
        return "reset" if lingers and self.wire.aborted else "closed"

    @property
    def is_listened_to(self) -> bool:
        """Whether the gateway reads what this peer sends."""
        return self.wire.is_reading()


class Client(Peer):
    """``client >> b"GET …"``"""

    def __init__(self, stage: Stage, wire: Wire, downstream: Downstream) -> None:
        super().__init__(stage, wire)
        self.downstream = downstream

    def __rshift__(self, data: bytes) -> Self:
        return self.sends(data)


class ServerEnd(Peer):
    """``server << b"HTTP/1.1 200 OK …"``; ``name`` is the server's."""

    def __init__(self, stage: Stage, wire: Wire, name: str) -> None:
        super().__init__(stage, wire)
        self.name = name
        self.upstream: Upstream | None = None

    def __lshift__(self, data: bytes) -> Self:
        return self.sends(data)


class FakePoll:
    """What the kernel would say of a socket: whether something has arrived that the loop has not told yet."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def poll(self, _timeout: int) -> list[object]:
        return list(self._wire.incoming)


class Attempt:
    """A connection that the gateway is opening."""

    def __init__(self, server: Server, future: asyncio.Future[Wire]) -> None:
        self.server = server
        self.future = future


class Stage:
    """Shared, a frontend ``web`` and a backend ``app`` with servers s1, s2 …; nothing is added to heads."""

    def __init__(
        self,
        *servers: dict[str, Any],
        cut: int = 0,
        connection: str | None = None,
        frontend: dict[str, Any] | None = None,
        backend: dict[str, Any] | None = None,
        general: dict[str, Any] | None = None,
        down: Sequence[str] = (),
        log: bool = True,
    ) -> None:
        self.cut = cut
        self.loop = Clock()
        self.complaints: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(context))
        self.tasks: list[asyncio.Task[Any]] = []
        self.loop.set_task_factory(self._task)
        self.records: list[ExchangeRecord] = []
        self.attempts: list[Attempt] = []
        self.clients: list[Client] = []
        self.occupancy = Occupancy()
        mode: dict[str, Any] = {} if connection is None else {"connection": connection}
        self.config = _config(servers or ({},), mode | (frontend or {}), mode | (backend or {}), general or {})
        self.frontend, self.backend = self.config.frontends[0], self.config.backends[0]
        snapshot = Snapshot.of(self.config, frozenset(f"app/{name}" for name in down))
        self.deadlines = Deadlines(now=self.loop.now)
        self.shared = self.loop.run_until_complete(self._share(snapshot, self.records.append if log else None))
        self.pool = self.shared.pool
        self.pool.open = self._open  # type: ignore[method-assign]  # the one thing that needs a network

    async def _share(self, snapshot: Snapshot, log: Callable[[ExchangeRecord], None] | None) -> Shared:
        logs = {self.frontend.name: log} if log is not None else {}
        return Shared(self.config.general, snapshot, logs, self.deadlines)

    def _task(self, loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **options)
        self.tasks.append(task)
        return task

    # ------------------------------------------------------------------------------------------------ time

    def settle(self) -> None:
        self.loop.settle()

    def wait(self, seconds: float) -> None:
        """Let time pass, tick by tick."""
        end = self.loop.now + seconds
        while self.loop.now < end:
            self.loop.now = min(self.loop.now + TICK, end)
            self.deadlines.advance(self.loop.now)
            self.settle()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """``data`` as it is sent here. What is very long is cut into two thousand pieces, not into bytes."""
        size = max(self.cut, len(data) // 2000) if self.cut else len(data)
        return (data[start : start + size] for start in range(0, len(data), size or 1))

    # ---------------------------------------------------------------------------------------------- people

    def client(self, address: str = "192.0.2.7", port: int = 50000) -> Client:
        """A client connects."""
        speaks = TcpDownstream if self.frontend.mode == "tcp" else Downstream
        downstream = speaks(self.shared, self.frontend, self.occupancy)
        downstream.local = ("198.51.100.1", 80)
        self.occupancy.connections += 1
        wire = Wire(self.loop, (address, port))
        wire.connect(downstream)
        self.settle()
        self.clients.append(Client(self, wire, downstream))
        return self.clients[-1]

    async def _open(self, server: Server, kind: type[Upstream] = Upstream, name: str = "") -> Upstream:
        attempt = Attempt(server, self.loop.create_future())
        self.attempts.append(attempt)
        try:
            wire = await attempt.future
        finally:
            self.attempts.remove(attempt)
        upstream = kind(self.pool, server, name)
        wire.connect(upstream)
        wire.deliver()  # what came with it
        upstream._poll = FakePoll(wire)  # type: ignore[assignment]
        upstream.uses = 1
        self.pool.opened += 1
        return upstream

    @property
    def connecting_to(self) -> list[str]:
        """The servers to which connections are being opened."""
        return [attempt.server.name for attempt in self.attempts]

    def accept(self, name: str = "") -> ServerEnd:
        """The server takes the connection that is being opened to it; the oldest one of several."""
        attempt = self._attempt(name)
        wire = Wire(self.loop, (attempt.server.address.host, attempt.server.address.port))
        attempt.future.set_result(wire)
        self.settle()
        end = ServerEnd(self, wire, attempt.server.name)
        end.upstream = wire.protocol if isinstance(wire.protocol, Upstream) else None
        return end

    def accept_with(self, data: bytes, end: Exception | None) -> ServerEnd:
        """As ``accept``, by a server that speaks and ends its stream, or resets, before anybody is told of it."""
        attempt = self._attempt("")
        wire = Wire(self.loop, (attempt.server.address.host, attempt.server.address.port))
        wire.incoming.extend([data, end] if data else [end])
        attempt.future.set_result(wire)
        self.settle()
        return ServerEnd(self, wire, attempt.server.name)

    def refuse(self, name: str = "") -> None:
        """The server refuses it."""
        self._attempt(name).future.set_exception(ConnectionRefusedError(111, "Connection refused"))
        self.settle()

    def _attempt(self, name: str) -> Attempt:
        assert self.attempts, "no connection is being opened"
        return next(each for each in self.attempts if not name or each.server.name == name)

    def server(self, name: str) -> Server:
        return next(server for server in self.backend.servers if server.name == name)

    def load(self, name: str) -> ServerLoad:
        return self.shared.live.load(self.server(name))

    def set_down(self, *names: str) -> None:
        """From now on these servers are down, and all others up."""
        self.shared.publish(self.shared.snapshot.with_down(frozenset(f"app/{name}" for name in names)))
        self.settle()

    @property
    def record(self) -> ExchangeRecord:
        """The record of the one exchange that has ended."""
        assert len(self.records) == 1, [(each.target, each.status, each.termination) for each in self.records]
        return self.records[0]

    @property
    def endings(self) -> list[tuple[int, str]]:
        """Status and termination of each exchange that has ended."""
        return [(record.status, record.termination[:2]) for record in self.records]

    def get(self, client: Client, answer: bytes = OK, request: bytes = GET) -> ServerEnd:
        """One whole exchange on a new connection to the server."""
        client >> request
        server = self.accept()
        server << answer
        return server

    # --------------------------------------------------------------------------------------------- the end

    def close(self) -> None:
        """The curtain: everybody leaves, and nothing may be left behind."""
        try:
            self._look_for_places()
            for client in self.clients:
                client.ends()
            self.shared.loop.run_until_complete(self.shared.finish(0.0))
            self.settle()
            self._look_for_leftovers()
        finally:
            for task in self.tasks:
                task.cancel()
            self.settle()
            self.loop.close()

    def _look_for_places(self) -> None:
        busy = [c for c in self.clients if c.downstream.exchange is not None and not c.downstream.exchange.over]
        tunnels = [c for c in self.clients if not isinstance(c.wire.protocol, Downstream) and not c.wire.lost]
        if not busy and not tunnels:
            self._assert_no_place_is_taken("though no exchange is under way")

    def _assert_no_place_is_taken(self, when: str) -> None:
        loads = {server.name: self.load(server.name) for server in self.backend.servers}
        taken = {name: (load.active, load.queued) for name, load in loads.items() if load.active or load.queued}
        assert not taken, f"{taken} (active, queued) {when}"

    def _look_for_leftovers(self) -> None:
        self._assert_no_place_is_taken("though everybody has left")
        assert not self.shared.live.queues.waiting("app")
        assert not self.complaints, self.complaints
        failed = [task.exception() for task in self.tasks if task.done() and not task.cancelled() and task.exception()]
        assert not failed, failed
        assert all(task.done() for task in self.tasks), self.tasks
        assert not self.shared.connections, self.shared.connections
        assert self.occupancy.connections == 0
        assert repr(self.pool).endswith("idle {}>"), self.pool
        assert repr(self.deadlines) == "<Deadlines 0 filed>"


def _config(
    servers: Sequence[dict[str, Any]], frontend: dict[str, Any], backend: dict[str, Any], general: dict[str, Any]
) -> Config:
    nothing_added = Forwarding("off", False, False, False, False)
    made = tuple(_server(number, options) for number, options in enumerate(servers, start=1))
    web: dict[str, Any] = {"name": "web", "binds": (), "backend": "app", "forwarding": nothing_added}
    app: dict[str, Any] = {"name": "app", "servers": made}
    return Config("", Global(**general), (Frontend(**web | frontend),), (Backend(**app | backend),))


def _server(number: int, options: dict[str, Any]) -> Server:
    plain: dict[str, Any] = {"backend": "app", "name": f"s{number}", "number": number}
    return Server(**plain | {"address": Address("127.0.0.1", 9000 + number)} | options)
