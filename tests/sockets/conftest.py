"""One ``site`` a test: servers that follow scripts, the gateway in front of them, and clients.

All three live in the loop of the test, so that "within a turn of the loop" can be said. What the loop's exception
handler hears of is a failure: a callback that raised has lost a request without a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import uvloop

from affinity_gw import Gateway
from affinity_gw.config.load import load_mapping
from affinity_gw.proxy.record import ExchangeRecord
from tests.sockets.peers import RawClient, Script, ScriptedServer


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Both loops that the gateway runs on; large tables choose one of them by a mark."""
    return {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


class Site:
    """What a test has built; ``address`` is where the frontend ``web`` listens."""

    def __init__(self) -> None:
        self.servers: list[ScriptedServer] = []
        self.clients: list[RawClient] = []
        self.running: AsyncExitStack = AsyncExitStack()
        self.addresses: dict[str, str] = {}
        self.records: list[ExchangeRecord] = []
        self.gateways: list[Gateway] = []

    @property
    def connections(self) -> int:
        """How many client connections the gateway still holds."""
        return sum(len(gateway.shared.connections) for gateway in self.gateways)

    async def server(self, script: Script, **options: Any) -> ScriptedServer:
        server = ScriptedServer(script, **options)
        await server.start()
        self.servers.append(server)
        return server

    async def gateway(self, config: dict[str, Any]) -> None:
        """Start the gateway with this configuration; every exchange leaves its record in ``records``."""
        gateway = await self.running.enter_async_context(Gateway(load_mapping(config), self.records.append))
        self.gateways.append(gateway)
        self.addresses = {name: addresses[0] for name, addresses in gateway.addresses.items()}

    async def serve(self, *scripts: Script, frontend: dict[str, Any] | None = None, **backend: Any) -> ScriptedServer:
        """A server a script, named s1, s2 and so on, the gateway in front of them; returns the first server."""
        servers = [await self.server(script) for script in scripts]
        await self.gateway(config_for(*servers, frontend=frontend, **backend))
        return servers[0]

    async def client(self, frontend: str = "web", **options: Any) -> RawClient:
        client = await RawClient.open(self.addresses[frontend], **options)
        self.clients.append(client)
        return client

    async def close(self) -> None:
        """Clients first: the gateway waits for exchanges that are under way."""
        for client in self.clients:
            client.close()
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.running.aclose)
            for server in self.servers:
                stack.push_async_callback(server.close)


def config_for(
    *servers: ScriptedServer | str,
    frontend: dict[str, Any] | None = None,
    general: dict[str, Any] | None = None,
    **backend: Any,
) -> dict[str, Any]:
    """A frontend ``web`` and a backend ``app`` with the servers s1, s2 and so on, unchecked unless it is said."""
    addresses = {
        f"s{number}": server if isinstance(server, str) else server.address
        for number, server in enumerate(servers, start=1)
    }
    return {
        "global": {"hard_stop_after": "200ms"} | (general or {}),
        "frontend": {"web": {"bind": "127.0.0.1:0", "backend": "app"} | (frontend or {})},
        "backend": {"app": {"check": False, "server": addresses} | backend},
    }


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    site = Site()
    try:
        yield site
    finally:
        await site.close()
    for complaint in complaints:
        raise AssertionError(complaint["message"]) from complaint.get("exception")
