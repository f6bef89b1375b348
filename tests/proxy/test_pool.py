"""Idle connections to servers."""

import asyncio
import dataclasses
import socket
from math import inf

import pytest

from affinity_gw.proxy.deadlines import Deadlines
from affinity_gw.proxy.pool import FRESH, MAX_IDLE, Pool
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import Server
from affinity_gw.routing.tls import ServerTls
from tests.proxy.stage import FakePoll, Wire

SERVER = Server("app", "s1", 1, Address("127.0.0.1", 9001))
OTHER = Server("app", "s2", 2, Address("127.0.0.1", 9002))


@pytest.fixture
def deadlines(clock):
    return Deadlines(now=clock.now)


@pytest.fixture
def pool(deadlines):
    return Pool(deadlines)


@pytest.fixture
def connect(clock, pool):
    """A new connection, in use for the first time."""

    def connect(server=SERVER):
        upstream, wire = Upstream(pool, server), Wire(clock, ("127.0.0.1", 9001))
        wire.connect(upstream)
        upstream._poll = FakePoll(wire)
        upstream.uses = 1
        return upstream, wire

    return connect


def acquire(pool, server=SERVER, *, replayable=True):
    return pool.acquire_nowait(server, replayable=replayable)


def test_an_empty_pool_has_nothing(pool):
    assert acquire(pool) is None
    assert repr(pool) == "<Pool 0 opened, 0 reused, idle {}>"


def test_what_is_released_is_found_again_once(pool, connect):
    upstream, _ = connect()
    pool.release(upstream, 5.0)
    assert repr(pool) == "<Pool 0 opened, 0 reused, idle {app/s1: 1}>"
    assert acquire(pool) is upstream
    assert upstream.uses == 2
    assert acquire(pool) is None
    assert repr(pool) == "<Pool 0 opened, 1 reused, idle {}>"


def test_it_is_found_for_its_own_server_alone(pool, connect):
    pool.release(connect(OTHER)[0], 5.0)
    assert acquire(pool, SERVER) is None
    assert acquire(pool, OTHER) is not None


def test_it_is_not_found_once_the_server_has_moved(clock, pool, connect):
    upstream, wire = connect()
    pool.release(upstream, 5.0)
    moved = dataclasses.replace(SERVER, address=Address("127.0.0.1", 9099))
    assert acquire(pool, moved) is None
    clock.settle()
    assert wire.lost


def test_the_latest_is_found_first(pool, connect):
    first, second = connect()[0], connect()[0]
    pool.release(first, 5.0)
    pool.release(second, 5.0)
    assert acquire(pool) is second
    assert acquire(pool) is first


def test_a_connection_on_which_something_has_arrived_is_never_found(clock, pool, connect):
    """Not even before the event loop has told of it."""
    upstream, wire = connect()
    pool.release(upstream, 5.0)
    wire.incoming.append(b"HTTP/1.1 200 OK\r\n")
    assert acquire(pool) is None
    clock.settle()
    assert wire.aborted
    assert repr(pool).endswith("idle {}>")


@pytest.mark.parametrize("event", [b"x", None, ConnectionResetError()], ids=["a byte", "its end", "a reset"])
def test_whatever_comes_on_an_idle_connection_ends_it(clock, pool, connect, event):
    upstream, wire = connect()
    pool.release(upstream, 5.0)
    wire.arrive(event)
    clock.settle()
    assert repr(pool).endswith("idle {}>")
    assert wire.lost


def test_idle_connections_are_closed_after_their_time(clock, deadlines, pool, connect):
    upstream, wire = connect()
    pool.release(upstream, 5.0)
    deadlines.advance(clock.now + 4.9)
    assert not wire.closing
    deadlines.advance(clock.now + 5.3)
    clock.settle()
    assert wire.lost
    assert repr(pool).endswith("idle {}>")
    assert repr(deadlines) == "<Deadlines 0 filed>"


def test_a_connection_in_use_has_no_such_time(clock, deadlines, pool, connect):
    upstream, wire = connect()
    pool.release(upstream, 5.0)
    acquire(pool)
    assert upstream.deadline == inf
    deadlines.advance(clock.now + 50)
    assert not wire.closing


def test_no_time_means_no_pool(clock, pool, connect):
    upstream, wire = connect()
    pool.release(upstream, 0.0)
    clock.settle()
    assert wire.lost


def test_no_more_than_so_many_are_kept(clock, pool, connect):
    connections = [connect() for _ in range(MAX_IDLE + 2)]
    for upstream, _ in connections:
        pool.release(upstream, 5.0)
    clock.settle()
    assert repr(pool).endswith(f"idle {{app/s1: {MAX_IDLE}}}>")
    assert [wire.lost for _, wire in connections[-3:]] == [False, True, True]


def test_what_has_been_idle_for_long_is_not_for_requests_that_may_not_be_sent_twice(clock, deadlines, pool, connect):
    upstream, _ = connect()
    pool.release(upstream, 5.0)
    deadlines.advance(clock.now + FRESH)
    assert acquire(pool, replayable=False) is upstream
    pool.release(upstream, 5.0)
    deadlines.advance(clock.now + 2 * FRESH + 0.1)
    assert acquire(pool, replayable=False) is None
    assert acquire(pool, replayable=True) is upstream


def test_a_closed_connection_is_not_kept(clock, pool, connect):
    upstream, wire = connect()
    wire.close()
    pool.release(upstream, 5.0)
    clock.settle()
    assert repr(pool).endswith("idle {}>")


def test_a_connection_that_was_not_read_is_read_again(pool, connect):
    upstream, wire = connect()
    upstream.pause_reading()
    pool.release(upstream, 5.0)
    assert wire.is_reading()


def test_closing_the_pool_closes_what_is_idle(clock, deadlines, pool, connect):
    wires = []
    for server in (SERVER, SERVER, OTHER):
        upstream, wire = connect(server)
        pool.release(upstream, 5.0)
        wires.append(wire)
    pool.close()
    clock.settle()
    assert all(wire.lost for wire in wires)
    assert repr(pool).endswith("idle {}>")
    assert repr(deadlines) == "<Deadlines 0 filed>"


class TestOpening:
    """The one thing here that takes a network."""

    async def test_over_tcp(self, pool):
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            upstream = await pool.open(dataclasses.replace(SERVER, address=Address("127.0.0.1", port)))
            assert (upstream.uses, pool.opened) == (1, 1)
            assert upstream.transport.get_extra_info("peername") == ("127.0.0.1", port)
            upstream.abort()
            await asyncio.sleep(0)

    async def test_over_a_unix_socket(self, pool, tmp_path):
        path = str(tmp_path / "app.sock")
        async with await asyncio.start_unix_server(lambda reader, writer: writer.close(), path):
            upstream = await pool.open(dataclasses.replace(SERVER, address=Address(path=path)))
            assert upstream.transport.get_extra_info("peername") == path
            upstream.abort()
            await asyncio.sleep(0)

    async def test_a_refusal_is_an_os_error(self, pool, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as gone:
            address = Address("127.0.0.1", gone.getsockname()[1])
        with pytest.raises(ConnectionRefusedError):
            await pool.open(dataclasses.replace(SERVER, address=address))
        with pytest.raises(FileNotFoundError):
            await pool.open(dataclasses.replace(SERVER, address=Address(path=str(tmp_path / "none"))))
        assert pool.opened == 0


def test_a_connection_that_answered_before_it_was_asked_does_not_come_back(pool, connect):
    """The request is still to go out: its real answer would be the next one's."""
    upstream, wire = connect()
    upstream.unsent = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    pool.release(upstream, 5.0)
    upstream.flush()
    assert acquire(pool) is None
    assert (wire.aborted, bytes(wire.sent)) == (True, b"")


def test_the_latest_that_is_allowed_is_found(pool, connect):
    upstreams = [connect()[0] for _ in range(3)]
    upstreams[1].uses = 2
    for upstream in upstreams:
        pool.release(upstream, 5.0)
    allowed = lambda upstream: upstream.uses == 2  # noqa: E731  # one line of one test
    assert pool.acquire_nowait(SERVER, replayable=True, allowed=allowed) is upstreams[1]
    assert pool.acquire_nowait(SERVER, replayable=True, allowed=lambda _: False) is None


@pytest.mark.parametrize(("tls", "kept"), [(None, True), (ServerTls(), False)], ids=["plain", "TLS"])
def test_what_was_paused_comes_back_only_where_the_socket_tells_all(pool, connect, tls, kept):
    server = dataclasses.replace(SERVER, tls=tls)
    upstream, _ = connect(server)
    upstream.pause_reading()
    pool.release(upstream, 5.0)
    assert (acquire(pool, server) is upstream) is kept
