"""After the 101: bytes both ways, unchanged, until one side ends."""

from __future__ import annotations

import asyncio
import hashlib
import random

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, get
from tests.sockets.wire import both_ways, eventually

UPGRADE = get("/", "Connection: upgrade", "Upgrade: raw")
GRANT = b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n"


async def granting(connection: Connection) -> None:
    await connection.head()
    await connection.send(GRANT)


async def tunnel(site: Site, script=granting, **options) -> tuple[RawClient, Connection]:
    """Both ends of a tunnel, the 101 read."""
    server = await site.serve(script, **options)
    client = await site.client()
    assert (await client.ask(UPGRADE)).status == 101
    return client, await server.connection()


async def echo(connection: Connection) -> None:
    await granting(connection)
    while await connection.fill():
        await connection.send(connection.take(1 << 20))
    connection.finish()


async def test_whatever_looks_like_http_inside_is_not_looked_at(site: Site):
    client, _ = await tunnel(site, echo)
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\0\n\r", b"HTTP/1.1 400 Bad\r\n\r\n", bytes(range(256))):
        await client.send(data)
        assert await client.exactly(len(data)) == data


async def test_one_byte_at_a_time_both_ways(site: Site):
    client, _ = await tunnel(site, echo)
    await client.send_bytewise(b"byte by byte")
    assert await client.exactly(12) == b"byte by byte"


async def test_a_large_volume_passes_both_ways_at_once_intact(site: Site):
    data = random.Random(1).randbytes(8_000_000)

    digests: list[bytes] = []
    done = asyncio.Event()

    async def script(connection: Connection) -> None:
        await granting(connection)
        digests.append(await both_ways(connection, data))
        done.set()

    client, _ = await tunnel(site, script)
    digests.append(await both_ways(client, data))
    await asyncio.wait_for(done.wait(), 5)
    assert digests == [hashlib.sha256(data).digest()] * 2


async def test_the_end_of_the_client_is_passed_on_and_the_answer_still_comes(site: Site):
    async def script(connection: Connection) -> None:
        await granting(connection)
        data = await connection.rest()
        await connection.send(b"got " + data)
        connection.close()

    client, _ = await tunnel(site, script)
    await client.send(b"all")
    client.finish()
    assert await client.rest() == b"got all"
    assert client.end == "closed"


async def test_the_end_of_the_server_is_passed_on_and_the_client_may_go_on(site: Site):
    async def script(connection: Connection) -> None:
        await granting(connection)
        await connection.send(b"bye")
        connection.finish()

    client, connection = await tunnel(site, script)
    assert await client.rest() == b"bye"
    assert client.end == "closed"
    await client.send(b"one more thing")
    client.close()
    await asyncio.wait_for(connection.over.wait(), 2)
    assert connection.received.endswith(b"one more thing")


@pytest.mark.parametrize("side", ["client", "server"])
async def test_a_reset_ends_both_sides(site: Site, side: str):
    client, connection = await tunnel(site, lambda connection: reset_later(connection, side))
    if side == "client":
        client.reset()
        await asyncio.wait_for(connection.over.wait(), 2)
    else:
        await client.rest()
        assert client.end in {"closed", "reset"}


async def test_a_client_that_reset_unnoticed_is_left_when_the_server_ends(site: Site):
    """Back-pressure has paused the reading of the client, so nobody has told of its reset."""
    go_on = asyncio.Event()

    async def script(connection: Connection) -> None:
        await granting(connection)
        await go_on.wait()
        connection.finish()

    client, connection = await tunnel(site, script)
    await client.flood(b"x" * 65536, 1000, patience=0.2)
    client.reset()
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.wait_for(connection.over.wait(), 2)


async def test_a_silent_tunnel_ends_also_where_bytes_are_stuck_in_it(site: Site):
    """A client that does not read holds bytes back; closing must not wait for it for ever."""

    async def script(connection: Connection) -> None:
        await granting(connection)
        await connection.flood(b"x" * 65536, 1000, patience=5)

    client, connection = await tunnel(site, script, timeout={"tunnel": "300ms"})
    await asyncio.wait_for(connection.over.wait(), 3)
    await eventually(lambda: not site.connections)
    assert client.end == "open"


async def reset_later(connection: Connection, side: str) -> None:
    await granting(connection)
    if side == "server":
        await asyncio.sleep(0.05)
        connection.reset()


async def test_a_tunnel_outlives_every_other_time(site: Site):
    short = {"http_request": "100ms", "http_keep_alive": "100ms", "client": "100ms"}
    times = {"server": "100ms", "connect": "100ms", "queue": "100ms", "tunnel": "5s"}
    client, _ = await tunnel(site, echo, frontend={"timeout": short}, timeout=times)
    await asyncio.sleep(0.8)
    await client.send(b"alive")
    assert await client.exactly(5) == b"alive"


async def test_traffic_one_way_keeps_a_tunnel_open(site: Site):
    async def script(connection: Connection) -> None:
        await granting(connection)
        for _ in range(10):
            await connection.send(b"tick")
            await asyncio.sleep(0.1)

    client, _ = await tunnel(site, script, timeout={"tunnel": "400ms"})
    assert await client.exactly(40) == b"tick" * 10


async def test_a_tunnel_counts_as_a_request_of_its_server(site: Site):
    """maxconn counts it until it ends."""
    server = await site.server(echo)
    config = config_for(server, timeout={"queue": "300ms"})
    config["backend"]["app"]["server"] = {"s1": {"address": server.address, "maxconn": 1}}
    await site.gateway(config)
    first, second = await site.client(), await site.client()
    assert (await first.ask(UPGRADE)).status == 101
    assert (await second.ask(UPGRADE)).status == 503
    first.close()
    await asyncio.wait_for(server.connections[0].over.wait(), 2)
    assert (await second.ask(UPGRADE)).status == 101
