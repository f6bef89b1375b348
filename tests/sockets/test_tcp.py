"""Mode tcp over real sockets: what only they can show of ends, resets and the order of events."""

from __future__ import annotations

import asyncio
import hashlib
import random
import socket

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, ScriptedServer
from tests.sockets.wire import both_ways, eventually

TCP = {"mode": "tcp"}


async def serve(site: Site, *scripts, frontend: dict | None = None, **backend) -> ScriptedServer:
    return await site.serve(*scripts, frontend=TCP | (frontend or {}), **TCP, **backend)


async def silent(_connection: Connection) -> None:
    """Says nothing, reads everything, and stays."""


async def echo(connection: Connection) -> None:
    while await connection.fill():
        await connection.send(connection.take(1 << 20))
    connection.finish()


async def termination(site: Site) -> tuple[str | None, str]:
    await eventually(lambda: len(site.records) == 1)
    return site.records[0].server, site.records[0].termination


async def test_whatever_it_is_it_passes(site: Site):
    await serve(site, echo)
    client = await site.client()
    for data in (b"\0", b"GET / HTTP/1.1\r\n\r\n", bytes(range(256))):
        await client.send(data)
        assert await client.exactly(len(data)) == data


async def test_a_server_that_speaks_first_and_leaves_is_heard(site: Site):
    """Both before the gateway has been told that there is a connection, as often as not."""

    async def script(connection: Connection) -> None:
        await connection.send(b"220 ready")
        connection.close()

    await serve(site, script)
    for count in range(20):
        client = await site.client()
        assert await client.rest() == b"220 ready"
        client.close()
        await eventually(lambda: len(site.records) > count)  # noqa: B023  # it is awaited within the turn
    assert {record.termination for record in site.records} == {"--"}


async def test_a_large_volume_passes_both_ways_at_once_intact(site: Site):
    data = random.Random(2).randbytes(4_000_000)

    digests: list[bytes] = []
    done = asyncio.Event()

    async def script(connection: Connection) -> None:
        digests.append(await both_ways(connection, data))
        done.set()

    await serve(site, script)
    digests.append(await both_ways(await site.client(), data))
    await asyncio.wait_for(done.wait(), 5)
    assert digests == [hashlib.sha256(data).digest()] * 2


async def test_a_client_that_does_not_read_stops_the_server(site: Site):
    taken = asyncio.get_running_loop().create_future()

    async def script(connection: Connection) -> None:
        taken.set_result(await connection.flood(b"x" * 65536, 2000))

    await serve(site, script)
    client = await site.client(receive_buffer=4096)
    count = await asyncio.wait_for(taken, 10)
    assert count < 2000 * 65536
    assert len(await client.exactly(count, 10)) == count


async def test_a_half_close_of_the_client_is_passed_on_and_the_answer_still_comes(site: Site):
    async def script(connection: Connection) -> None:
        data = await connection.rest()
        await connection.send(b"got %d" % len(data))
        connection.finish()

    await serve(site, script)
    client = await site.client()
    await client.send(b"abc")
    client.finish()
    assert await client.rest() == b"got 3"
    assert await termination(site) == ("s1", "--")
    assert (site.records[0].bytes_in, site.records[0].bytes_out) == (3, 5)


async def test_a_half_close_of_the_server_too(site: Site):
    async def script(connection: Connection) -> None:
        await connection.send(b"all I have")
        connection.finish()

    server = await serve(site, script)
    client = await site.client()
    assert await client.rest() == b"all I have"
    await client.send(b"thanks")
    client.finish()
    connection = await server.connection()
    await asyncio.wait_for(connection.over.wait(), 5)
    assert connection.received == b"thanks"
    assert await termination(site) == ("s1", "--")


async def test_a_server_that_is_not_there_closes_the_client_without_a_word(site: Site):
    server = await serve(site, silent, retries=0)
    await server.stop()
    client = await site.client()
    assert await client.rest() == b""
    assert client.end == "closed"
    assert await termination(site) == ("s1", "SC")


async def test_another_server_is_taken_where_one_refuses(site: Site):
    server = await serve(site, silent, echo)
    await server.stop()
    client = await site.client()
    await client.send(b"here?")
    assert await client.exactly(5) == b"here?"
    assert site.gateways[0].shared.live.load(site.gateways[0].config.backends[0].servers[1]).active == 1


async def test_a_reset_of_the_server_closes_the_client(site: Site):
    async def script(connection: Connection) -> None:
        await connection.exactly(3)
        connection.reset()

    await serve(site, script)
    client = await site.client()
    await client.send(b"abc")
    assert await client.rest() == b""
    assert await termination(site) == ("s1", "SD")


async def test_a_reset_of_the_client_is_one_for_the_server(site: Site):
    server = await serve(site, echo)
    client = await site.client()
    await client.send(b"abc")
    await client.exactly(3)
    client.reset()
    connection = await server.connection()
    await asyncio.wait_for(connection.over.wait(), 5)
    assert connection.end == "reset"
    assert await termination(site) == ("s1", "CD")


@pytest.mark.parametrize(
    ("frontend", "backend", "code"),
    [
        ({"timeout": {"client": "300ms"}}, {}, "cD"),
        ({}, {"timeout": {"server": "300ms"}}, "sD"),
        ({"timeout": {"client": "10s"}}, {"timeout": {"server": "10s", "tunnel": "300ms"}}, "cD"),
    ],
    ids=["of the client", "of the server", "of both"],
)
async def test_silence_ends_it(site: Site, frontend, backend, code):
    async def leaving(connection: Connection) -> None:
        await connection.rest()
        connection.close()

    await serve(site, leaving, frontend=frontend, **backend)
    client = await site.client()
    assert await client.rest(2) == b""
    client.close()
    assert await termination(site) == ("s1", code)


async def test_whoever_finds_no_place_waits_for_one(site: Site):
    server = await site.server(echo)
    config = config_for(server, frontend=TCP, **TCP)
    config["backend"]["app"]["server"]["s1"] = {"address": server.address, "maxconn": 1}
    await site.gateway(config)
    first, second = await site.client(), await site.client()
    await first.send(b"one")
    assert await first.exactly(3) == b"one"
    await second.send(b"two")
    assert await second.silent(0.1)
    first.finish()
    assert await second.exactly(3) == b"two"


async def test_a_rule_closes(site: Site):
    await serve(site, echo, frontend={"rule": [{"when": "{ src 127.0.0.0/8 }", "deny": True}]})
    client = await site.client()
    assert await client.rest() == b""
    assert await termination(site) == (None, "PR")


async def test_who_has_spoken_already_sees_an_end_and_no_reset(site: Site):
    await serve(site, echo, frontend={"rule": [{"deny": True}]})
    host, port = site.addresses["web"].rsplit(":", 1)
    with socket.create_connection((host, int(port))) as raw:  # the gateway shares this loop: it accepts afterwards
        raw.sendall(b"hello")
        client = RawClient(raw)
        assert await client.rest() == b""
        assert client.end == "closed"


async def test_an_http_check_keeps_connections_away(site: Site):
    async def checked(connection: Connection) -> None:
        if (await connection.head()).startswith(b"HEAD /check"):
            await connection.send(b"HTTP/1.0 503 Not now\r\n\r\n")

    await serve(site, checked, check={"http": "HEAD /check.txt", "inter": "100ms", "fall": 1})
    await eventually(lambda: site.gateways[0].snapshot.down == {"app/s1"})
    client = await site.client()
    assert await client.rest() == b""
    assert await termination(site) == (None, "SC")


async def test_at_the_end_connections_have_their_time(site: Site):
    server = await serve(site, echo)
    client = await site.client()
    await client.send(b"a")
    await client.exactly(1)
    stopping = asyncio.create_task(site.gateways[0].stop(5))
    await client.send(b"still")
    assert await client.exactly(5) == b"still"
    client.finish()
    assert await client.rest() == b""
    assert await asyncio.wait_for(stopping, 5) == 0
    assert (await server.connection()).received == b"astill"
