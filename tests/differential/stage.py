"""One side of a scenario: a proxy, its servers, its clients, and all that was seen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.differential.logs import LogReader
from tests.differential.messages import Message
from tests.differential.proxies import Proxy
from tests.differential.scenario import PLACE, Scenario
from tests.differential.seen import Seen, Value
from tests.differential.servers import Connection, Server
from tests.differential.steps import Step
from tests.sockets.peers import RawClient


@dataclass(eq=False)
class Stage:
    """``addresses``: where each frontend listens. ``words``: what the script has said to the servers."""

    scenario: Scenario
    proxy: Proxy
    directory: Path
    clients: dict[str, RawClient] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    words: dict[str, asyncio.Event] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    log: LogReader = field(default_factory=LogReader)
    _at: str = ""

    async def __aenter__(self) -> Self:
        for name in self.scenario.servers:
            server = self.servers[name] = Server(name, self.scenario.answers, self.words, self.scenario.raw)
            server.bind()
            if name not in self.scenario.down:
                server.listen()
        await self.log.open()
        listeners = {name: _listener() for name in self.scenario.frontends}
        self.addresses = {name: "{}:{}".format(*each.getsockname()) for name, each in listeners.items()}
        try:
            await self.proxy.start(self._write(listeners), list(listeners.values()))
        except BaseException:
            await self.close()
            raise
        finally:
            for each in listeners.values():
                each.close()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Clients first: what is under way need not be waited for."""
        for client in self.clients.values():
            client.close()
        try:
            await self.proxy.stop()
        finally:
            for server in self.servers.values():
                await server.close()
            self.log.close()

    async def play(self) -> None:
        """The script; it stops at a step for which nothing came, and that is seen too."""
        for number, step in enumerate(self.scenario.steps, start=1):
            self._at = f"step {number}, {describe(step)}"
            try:
                await step.play(self)
            except (TimeoutError, OSError) as error:
                self.note("the script stops here", f"{type(error).__name__}: {error}")
                return
            except EOFError as error:
                self.note("the connection ended", str(error))

    def note(self, what: str, value: Value) -> None:
        self.seen.append(Seen(f"{self._at}: {what}", value))

    def everything(self) -> list[Seen]:
        """All that was seen until now, the fate of every connection included."""
        if self.scenario.answers_only:
            return self.seen
        ends = [Seen(f"connection {name}: its end", client.end) for name, client in self.clients.items()]
        return [*self.seen, *ends, *(seen for server in self.servers.values() for seen in self._of(server))]

    async def read_on(self) -> None:
        """Whatever still comes to the clients, and how their connections end; cancelled when that has been compared."""
        await asyncio.gather(*(_read_on(client) for client in self.clients.values()))

    def _of(self, server: Server) -> Iterator[Seen]:
        connections = [each for each in server.connections if each.received or not self.scenario.checked]
        ours = [each for each in connections if not self._is_check(each)]
        if probes := {each.received for each in connections if self._is_check(each)}:
            yield Seen(f"server {server.name}, checks", b" | ".join(sorted(probes)))
        for number, connection in enumerate(ours, start=1):
            where = f"server {server.name}, connection {number}"
            for index, request in enumerate(connection.requests, start=1):
                yield Seen(f"{where}, request {index}", request)
            if connection.rest or self.scenario.raw:
                yield Seen(f"{where}, bytes", connection.received if self.scenario.raw else connection.rest)
            yield Seen(f"{where}, its end", connection.wire.end)

    def _is_check(self, connection: Connection) -> bool:
        return bool(connection.requests) and connection.requests[0].target in self.scenario.checks

    def statuses(self) -> tuple[int, ...]:
        """Of all answers in order; 0 where there was none."""
        answers = [seen for seen in self.seen if seen.where.endswith(": the answer")]
        return tuple(each.value.status if isinstance(each.value, Message) else 0 for each in answers)

    def _write(self, listeners: dict[str, socket.socket]) -> Path:
        """The file, with its places filled in."""

        def fill(found: re.Match[str]) -> str:
            kind, name = found[1] or found[3], found[2]
            if kind == "bind":
                return f"fd@{listeners[name].fileno()}"
            if kind == "server":
                return f"127.0.0.1:{self.servers[name].port}"
            return self.log.address if kind == "log" else str(self._file(name))

        path = self.directory / "haproxy.cfg"
        path.write_text(PLACE.sub(fill, self.scenario.config))
        return path

    def _file(self, name: str) -> Path:
        path = self.directory / name
        path.write_bytes(self.scenario.files[name].encode())
        return path


def _listener() -> socket.socket:
    """Inheritable; every step of the backlog is the kernel's, so a client may come before the proxy."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    os.set_inheritable(listener.fileno(), True)  # its only argument
    return listener


async def _read_on(client: RawClient) -> None:
    with contextlib.suppress(OSError, TimeoutError):
        while client.end == "open" and await client.fill(60):
            pass


def describe(step: Step) -> str:
    """A step in a few words."""
    data = getattr(step, "data", None)
    what = data[:60].partition(b"\r\n")[0].decode("latin-1") if isinstance(data, bytes) else ""
    details = what or getattr(step, "how", "") or getattr(step, "server", "")
    return " ".join(word for word in (type(step).__name__, details) if word)
