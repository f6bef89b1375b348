"""What the access log is told of each exchange: HAProxy's termination codes, the status, the bytes, the spans."""

from __future__ import annotations

import asyncio

import pytest

from affinity_gw.proxy.record import ExchangeRecord
from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, answering, get, ok, post
from tests.sockets.wire import eventually

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

SHORT = {"timeout": {"server": "200ms", "connect": "200ms", "queue": "200ms"}, "retries": 0}
SHORT_FRONTEND = {
    "timeout": {"http_request": "200ms", "client": "200ms"},
    "rule": [{"when": "{ path /denied }", "deny": 403}, {"when": "{ path /moved }", "redirect": "/"}],
}


def sending(data: bytes, then: str = ""):
    """Read a head, send ``data``, and leave as ``then`` says."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(data)
        if then:
            await asyncio.sleep(0.02)
            getattr(connection, then)()

    return script


HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
HALF_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"

ENDS = {
    "well": (answering(ok()), get(), 200, "----"),
    "well-post": (answering(ok()), post(b"hello"), 200, "----"),
    "denied": (answering(ok()), get("/denied"), 403, "PR--"),
    "moved": (answering(ok()), get("/moved"), 302, "LR--"),
    "malformed": (answering(ok()), get("/", "X : y"), 400, "PR--"),
    "half-a-head": (answering(ok()), b"GET / HT", 408, "cR--"),
    "closed-without-answer": (sending(b"", "close"), get(), 502, "SH--"),
    "reset-without-answer": (sending(b"", "reset"), get(), 502, "SH--"),
    "garbage": (sending(b"garbage\r\n\r\n"), get(), 502, "PH--"),
    "unasked-101": (sending(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), get(), 502, "PH--"),
    "silence": (sending(b""), get(), 504, "sH--"),
    "cut-by-close": (sending(HALF, "close"), get(), 200, "SD--"),
    "cut-by-reset": (sending(HALF, "reset"), get(), 200, "SD--"),
    "chunks-cut": (sending(HALF_CHUNKED, "close"), get(), 200, "SD--"),
    "stopped": (sending(HALF), get(), 200, "sD--"),
}


@pytest.mark.parametrize(("script", "request_", "status", "termination"), ENDS.values(), ids=ENDS.keys())
async def test_how_an_exchange_ended(site: Site, script, request_: bytes, status: int, termination: str):
    await site.serve(script, frontend=SHORT_FRONTEND, **SHORT)
    client = await site.client()
    await client.send(request_)
    assert (await client.response()).status == status
    record = await the_record(site)
    assert (record.status, record.termination) == (status, termination)


async def the_record(site: Site) -> ExchangeRecord:
    await eventually(lambda: bool(site.records), 2)
    assert len(site.records) == 1
    return site.records[0]


LEAVES = {
    "while-the-server-thinks": (sending(b""), get(), "CH"),
    "in-mid-download": (sending(HALF), get(), "CD"),
    "in-mid-upload": (sending(b""), post(b"x" * 100)[:-50], "C"),
    "in-mid-head": (sending(b""), b"GET / HT", "CR"),
}


@pytest.mark.parametrize("leave", [RawClient.close, RawClient.reset], ids=["close", "reset"])
@pytest.mark.parametrize(("script", "request_", "termination"), LEAVES.values(), ids=LEAVES.keys())
async def test_a_client_that_left_is_named(site: Site, script, request_: bytes, termination: str, leave):
    await site.serve(script)
    client = await site.client()
    await client.send(request_)
    await asyncio.sleep(0.1)
    leave(client)
    assert (await the_record(site)).termination.startswith(termination)


async def test_a_refused_connection_and_a_full_queue(site: Site):
    server = await site.server(sending(b""))
    config = config_for(server, **SHORT)
    config["backend"]["app"]["server"] = {"s1": {"address": server.address, "maxconn": 1}}
    config["backend"]["app"]["timeout"] = {"server": "600ms", "queue": "200ms"}
    await site.gateway(config)
    first, second = await site.client(), await site.client()
    await first.send(get("/first"))
    await asyncio.sleep(0.05)
    assert (await second.ask(get("/queued"))).status == 503
    assert (await first.response()).status == 504
    await server.stop()
    assert (await second.ask(get("/refused"))).status == 503
    await eventually(lambda: len(site.records) == 3)
    by_target = {record.target: record for record in site.records}
    assert by_target["/queued"].termination == "sQ--"
    assert 0.15 < by_target["/queued"].queue_time < 0.6
    assert by_target["/first"].termination == "sH--"
    assert by_target["/refused"].termination == "SC--"


async def test_a_redispatch_is_counted(site: Site):
    dead = await site.server(answering(ok()))
    alive = await site.server(answering(ok()))
    await dead.stop()
    await site.gateway(config_for(dead, alive))
    client = await site.client()
    await client.ask(get())
    record = await the_record(site)
    assert (record.retries, record.redispatched, record.server) == (1, True, "s2")


async def test_what_was_asked_and_how_much_passed(site: Site):
    await site.serve(answering(ok(b"y" * 5000)))
    client = await site.client()
    data = post(b"x" * 3000, "/path?q", "X: y")
    response = await client.ask(data)
    record = await the_record(site)
    assert (record.method, record.target, record.version, record.host) == ("POST", "/path?q", "HTTP/1.1", "a")
    assert (record.frontend, record.backend, record.server) == ("web", "app", "s1")
    assert (record.client, record.peer) == ("127.0.0.1", "127.0.0.1")
    assert record.peer_port == client.sock.getsockname()[1]
    assert record.bytes_in == len(data)
    assert record.bytes_out == len(client.received)
    assert len(response.body) == 5000


async def test_the_spans_of_a_slow_exchange(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await asyncio.sleep(0.2)
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
        await asyncio.sleep(0.2)
        await connection.send(b"ok")

    await site.serve(script)
    client = await site.client()
    data = get()
    await client.send(data[:10])
    await asyncio.sleep(0.2)
    await client.send(data[10:])
    await client.response()
    record = await the_record(site)
    assert 0.15 < record.request_time < 0.35
    assert record.connect_time < 0.1
    assert 0.15 < record.response_time < 0.35
    assert 0.55 < record.total_time < 0.9


INSERT, REWRITE, PREFIX, READ = {"insert": True}, {"rewrite": True}, {"prefix": True}, {}
COOKIES = {
    "none": (INSERT, (), "--NI"),
    "valid": (INSERT, ("Cookie: SERVERID=s2",), "--VD"),
    "unknown": (INSERT, ("Cookie: SERVERID=x",), "--II"),
    "rewritten": (REWRITE, (), "--NR"),
    "rewritten-valid": (REWRITE, ("Cookie: SERVERID=s2",), "--VR"),
    "prefix": (PREFIX, ("Cookie: SERVERID=s1~abc",), "--VR"),
    "preserved": (INSERT | {"preserve": True}, (), "--NP"),
    "too-old": (INSERT | {"maxidle": "1h"}, ("Cookie: SERVERID=s1|AAAAB",), "--EI"),
    "alive-for-too-long": (INSERT | {"maxlife": "1h"}, ("Cookie: SERVERID=s1|AAAAB|AAAAB",), "--OI"),
    "updated": (INSERT | {"maxlife": "1h"}, ("Cookie: SERVERID=s1",), "--VU"),
    "only-read": (READ, ("Cookie: SERVERID=s1",), "----"),
}


@pytest.mark.parametrize(("options", "fields", "termination"), COOKIES.values(), ids=COOKIES.keys())
async def test_what_a_cookie_was_worth_and_what_became_of_the_servers(
    site: Site, options: dict[str, object], fields: tuple[str, ...], termination: str
):
    cookie = {"extractor": "cookie", "name": "SERVERID", **options}
    server = answering(ok(b"ok", "Set-Cookie: SERVERID=own"))
    await site.serve(server, server, affinity=[cookie])
    client = await site.client()
    await client.ask(get("/", *fields))
    assert (await the_record(site)).termination == termination


async def test_a_tunnel_is_one_exchange_with_all_its_bytes(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n")
        await connection.send(b"y" * 1000)
        connection.finish()

    await site.serve(script)
    client = await site.client()
    await client.send(get("/", "Connection: upgrade", "Upgrade: chat"))
    data = await client.rest()
    client.close()
    record = await the_record(site)
    assert (record.status, record.upgrade, record.bytes_out) == (101, "chat", len(data))


async def test_every_pipelined_request_has_its_record(site: Site):
    await site.serve(answering(ok()), connection="keep-alive")
    client = await site.client()
    await client.send(b"".join(get(f"/{number}") for number in range(10)))
    for _ in range(10):
        await client.response()
    await eventually(lambda: len(site.records) == 10)
    assert [record.target for record in site.records] == [f"/{number}" for number in range(10)]
