"""One connection to a server: whom it tells, and what it does when there is nobody to tell."""

import os
import socket

import pytest

from affinity_gw.proxy.deadlines import Deadlines
from affinity_gw.proxy.pool import Pool
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import Server
from tests.proxy.stage import Wire

SERVER = Server("app", "s1", 1, Address("127.0.0.1", 9001))


class Listening:
    """An exchange that writes down what it is told."""

    def __init__(self):
        self.told = []

    def answer_data(self, data):
        self.told.append(data)

    def server_closed(self, error):
        self.told.append(error)

    def server_is_slow(self):
        self.told.append("slow")

    def server_caught_up(self):
        self.told.append("caught up")


@pytest.fixture
def wire(clock):
    return Wire(clock, ("127.0.0.1", 9001))


@pytest.fixture
def upstream(clock, wire):
    upstream = Upstream(Pool(Deadlines(now=clock.now)), SERVER)
    wire.connect(upstream)
    return upstream


@pytest.fixture
def exchange(upstream):
    upstream.exchange = Listening()
    return upstream.exchange


def test_its_exchange_hears_everything(wire, exchange, clock):
    wire.arrive(b"one")
    wire.peer_reads = False
    wire.write(b"x" * 100000)
    wire.drain()
    wire.arrive(None)
    clock.settle()
    assert exchange.told[:4] == [b"one", "slow", "caught up", None]
    assert wire.lost


def test_a_reset_is_told_as_it_is(wire, exchange):
    error = ConnectionResetError()
    wire.arrive(error)
    assert exchange.told == [error]


def test_with_nobody_to_tell_bytes_end_it(wire, upstream, clock):
    wire.arrive(b"unasked")
    clock.settle()
    assert wire.aborted
    assert upstream.closed


def test_an_answer_that_lies_unread_behind_a_reset_is_read(wire, exchange):
    """A server may answer and close before it has read everything: a write then fails while the answer waits."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 413 Payload Too Large\r\n\r\n")
        wire.socket.fileno = ours.fileno
        error = BrokenPipeError()
        wire.arrive(error)
    assert exchange.told == [b"HTTP/1.1 413 Payload Too Large\r\n\r\n", error]


def test_an_exchange_that_was_satisfied_by_it_is_not_told_of_the_end(wire, upstream, exchange):
    ours, theirs = socket.socketpair()

    def answer_data(data):
        exchange.told.append(data)
        upstream.exchange = None

    exchange.answer_data = answer_data
    with ours, theirs:
        theirs.sendall(b"all")
        wire.socket.fileno = ours.fileno
        wire.arrive(BrokenPipeError())
    assert exchange.told == [b"all"]


@pytest.mark.parametrize("event", ["a byte", "its end"])
def test_what_has_arrived_and_was_not_yet_told_is_seen(wire, upstream, event):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.socket.fileno = ours.fileno
        assert upstream.is_quiet()
        if event == "a byte":
            theirs.send(b"x")
        else:
            theirs.close()
        assert not upstream.is_quiet()


def test_what_is_closing_is_not_quiet(wire, upstream):
    reader, writer = os.pipe()
    wire.socket.fileno = lambda: reader
    assert upstream.is_quiet()
    wire.close()
    assert not upstream.is_quiet()
    os.close(reader)
    os.close(writer)


def test_reading_is_paused_and_resumed_once(wire, upstream):
    upstream.pause_reading()
    upstream.pause_reading()
    assert not wire.is_reading()
    upstream.resume_reading()
    assert wire.is_reading()
    wire.close()
    upstream.pause_reading()
    assert upstream.is_reading


def test_it_expires_only_while_idle(wire, upstream, exchange, clock):
    upstream.expire()
    assert not wire.closing
    upstream.exchange = None
    upstream.expire()
    clock.settle()
    assert wire.lost


def test_its_state_can_be_seen(wire, upstream, clock):
    assert repr(upstream) == "<Upstream app/s1 idle, 0 uses>"
    upstream.exchange = Listening()
    assert repr(upstream) == "<Upstream app/s1 busy, 0 uses>"
    upstream.abort()
    clock.settle()
    assert repr(upstream) == "<Upstream app/s1 closed, 0 uses>"
