"""maxconn of servers, frontends and the process: who waits where, and for how long."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, answering, get, ok
from tests.sockets.wire import eventually

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])


class Gate:
    """A server whose answers wait until they are let through; counts how many requests it holds."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.held = 0
        self.most = 0

    async def __call__(self, connection: Connection) -> None:
        while await connection.request() is not None:
            self.held += 1
            self.most = max(self.most, self.held)
            await self.open.wait()
            self.held -= 1
            await connection.send(ok())


async def settle() -> None:
    await asyncio.sleep(0.1)


async def one_server(site: Site, gate: Gate, maxconn: int, **options):
    server = await site.server(gate)
    config = config_for(server, **options)
    config["backend"]["app"]["server"] = {"s1": {"address": server.address, "maxconn": maxconn}}
    await site.gateway(config)
    return server


@pytest.mark.parametrize("mode", ["keep-alive", "server-close"])
async def test_a_server_holds_no_more_requests_than_its_maxconn(site: Site, mode: str):
    gate = Gate()
    server = await one_server(site, gate, 2, connection=mode)
    clients = [await site.client() for _ in range(6)]
    for client in clients:
        await client.send(get())
    await settle()
    assert gate.held == 2
    gate.open.set()
    assert [(await client.response()).status for client in clients] == [200] * 6
    assert gate.most == 2
    assert len(server.requests) == 6


async def test_who_came_first_is_served_first(site: Site):
    order: list[str] = []
    release = asyncio.Event()

    async def script(connection: Connection) -> None:
        request = await connection.request()
        if request is not None:
            order.append(request.target)
            await release.wait()
            await connection.send(ok())

    await one_server(site, script, 1)
    clients = [await site.client() for _ in range(5)]
    for number, client in enumerate(clients):
        await client.send(get(f"/{number}"))
        await asyncio.sleep(0.02)
    release.set()
    for client in clients:
        assert (await client.response()).status == 200
    assert order == [f"/{number}" for number in range(5)]


async def test_waiting_too_long_is_a_503(site: Site):
    gate = Gate()
    server = await one_server(site, gate, 1, timeout={"queue": "300ms"})
    first, second = await site.client(), await site.client()
    await first.send(get("/first"))
    await settle()
    begin = asyncio.get_running_loop().time()
    assert (await second.ask(get("/second"))).status == 503
    assert 0.2 < asyncio.get_running_loop().time() - begin < 1.5
    gate.open.set()
    assert (await first.response()).status == 200
    assert (await second.ask(get("/third"))).status == 200
    assert [request.target for request in server.requests] == ["/first", "/third"]


async def test_a_client_that_leaves_the_queue_is_not_served(site: Site):
    gate = Gate()
    server = await one_server(site, gate, 1)
    first, second, third = [await site.client() for _ in range(3)]
    await first.send(get("/first"))
    await settle()
    await second.send(get("/second"))
    await settle()
    second.close()
    await settle()
    gate.open.set()
    assert (await first.response()).status == 200
    assert (await third.ask(get("/third"))).status == 200
    assert [request.target for request in server.requests] == ["/first", "/third"]


async def test_a_free_server_takes_what_a_full_one_cannot(site: Site):
    gates = [Gate(), Gate()]
    servers = [await site.server(gate) for gate in gates]
    config = config_for(*servers)
    for name, server in zip(("s1", "s2"), servers, strict=True):
        config["backend"]["app"]["server"][name] = {"address": server.address, "maxconn": 1}
    await site.gateway(config)
    clients = [await site.client() for _ in range(3)]
    for client in clients:
        await client.send(get())
    await settle()
    assert [gate.held for gate in gates] == [1, 1]
    gates[1].open.set()
    await settle()
    assert [gate.held for gate in gates] == [1, 0]
    assert len(servers[1].requests) == 2
    gates[0].open.set()
    assert [(await client.response()).status for client in clients] == [200] * 3


@pytest.mark.parametrize("where", ["frontend", "process"])
async def test_connections_beyond_maxconn_wait_in_the_backlog(site: Site, where: str):
    server = await site.server(answering(ok()))
    if where == "frontend":
        config = config_for(server, frontend={"maxconn": 2})
    else:
        config = config_for(server, general={"maxconn": 2})
    await site.gateway(config)
    clients = [await site.client() for _ in range(4)]
    for client in clients:
        await client.send(get())
    assert [(await client.response()).status for client in clients[:2]] == [200, 200]
    assert await clients[2].silent(0.2)
    clients[0].close()
    assert (await clients[2].response()).status == 200
    assert await clients[3].silent(0.1)
    clients[1].reset()
    assert (await clients[3].response()).status == 200
    assert (await clients[2].ask(get())).status == 200


async def test_one_full_frontend_does_not_hold_up_another(site: Site):
    server = await site.server(answering(ok()))
    config = config_for(server, frontend={"maxconn": 1})
    config["frontend"]["side"] = {"bind": "127.0.0.1:0", "backend": "app"}
    await site.gateway(config)
    first, waiting = await site.client(), await site.client()
    assert (await first.ask(get())).status == 200
    await waiting.send(get())
    assert await waiting.silent(0.1)
    side = await site.client("side")
    assert (await side.ask(get())).status == 200


async def test_a_connection_that_leaves_the_backlog_costs_nothing(site: Site):
    await site.gateway(config_for(await site.server(answering(ok())), frontend={"maxconn": 1}))
    first = await site.client()
    assert (await first.ask(get())).status == 200
    (await site.client()).reset()
    last = await site.client()
    await last.send(get())
    first.close()
    assert (await last.response()).status == 200


async def test_without_a_limit_a_thousand_requests_come_through(site: Site):
    server = await site.serve(answering(ok()), connection="keep-alive")
    clients = [await site.client() for _ in range(50)]

    async def visitor(client) -> list[int]:
        return [(await client.ask(get())).status for _ in range(20)]

    statuses = await asyncio.gather(*(visitor(client) for client in clients))
    assert statuses == [[200] * 20] * 50
    assert len(server.requests) == 1000


COOKIES = {"affinity": [{"extractor": "cookie", "name": "S", "insert": True, "indirect": True}]}


class Gated:
    """Servers s1, s2 and so on, each answer held until its target is let through; ``seen``: who got what, in order."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.seen: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def open(self, servers: dict[str, dict[str, object]], **options) -> None:
        running = [await self.site.server(partial(self._script, name)) for name in servers]
        config = config_for(*running, **options)
        for (name, table), server in zip(servers.items(), running, strict=True):
            config["backend"]["app"]["server"][name] = {"address": server.address, **table}
        await self.site.gateway(config)

    async def _script(self, name: str, connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            self.seen.append(f"{name}{request.target}")
            await self.gates.setdefault(request.target, asyncio.Event()).wait()
            await connection.send(ok())

    async def ask(self, target: str, word: str = "") -> None:
        client = await self.site.client()
        await client.send(get(target, *([f"Cookie: S={word}"] if word else [])))
        await settle()

    async def let(self, *targets: str) -> None:
        for target in targets:
            self.gates.setdefault(target, asyncio.Event()).set()
            await settle()


async def test_a_pinned_request_waits_for_its_own_server_and_others_for_any(site: Site):
    """The same requests, side by side with HAProxy 2.6: the same order and the same codes."""
    gated = Gated(site)
    words = {"s1": {"maxconn": 1}, "s2": {"maxconn": 1}, "s3": {"backup": True}, "s4": {"weight": 0, "maxconn": 1}}
    await gated.open(words, **COOKIES)
    await gated.ask("/1", "s1")
    await gated.ask("/2", "s1")
    await gated.ask("/3")
    await gated.ask("/4")
    await gated.ask("/5", "s2")
    await gated.ask("/6", "s4")
    await gated.ask("/7", "s4")
    await gated.ask("/8", "s3")
    assert gated.seen == ["s1/1", "s2/3", "s4/6", "s3/8"]
    await gated.let("/3", "/1", "/6", "/4", "/5", "/2", "/7", "/8")
    assert gated.seen[4:] == ["s2/4", "s1/2", "s4/7", "s2/5"]
    told = {record.target: (record.termination, record.server_queue, record.backend_queue) for record in site.records}
    assert (told["/2"], told["/4"], told["/5"]) == (("--VN", 1, 0), ("--NI", 0, 1), ("--VN", 1, 0))


async def test_a_queue_that_takes_too_long_is_told_with_the_server_that_was_meant(site: Site):
    gated = Gated(site)
    await gated.open({"s1": {"maxconn": 1}}, timeout={"queue": "300ms"}, **COOKIES)
    await gated.ask("/1", "s1")
    await gated.ask("/2", "s1")
    await gated.ask("/3")
    await eventually(lambda: len(site.records) == 2)
    told = {record.target: (record.status, record.termination, record.server) for record in site.records}
    assert told == {"/2": (503, "sQVN", "s1"), "/3": (503, "sQNN", None)}
    await gated.let("/1")
