"""What both kinds of connection do alike."""

import asyncio

import pytest

from affinity_gw.proxy.connection import Connection, Nowhere
from tests.proxy.stage import Wire


@pytest.fixture
def wire(clock):
    return Wire(clock, ("127.0.0.1", 9001))


@pytest.fixture
def connection(wire):
    connection = Connection()
    connection.transport = wire
    return connection


def test_nowhere_takes_everything_and_closes_once(clock):
    lost = []

    class Protocol(asyncio.Protocol):
        def connection_lost(self, error):
            lost.append(error)

    nowhere = Nowhere(clock, Protocol())
    nowhere.write(b"to nobody")
    assert (nowhere.is_closing(), nowhere.get_write_buffer_size(), lost) == (True, 0, [])
    nowhere.close()
    nowhere.abort()
    clock.settle()
    assert lost == [None]


def test_what_was_held_back_goes_out_once(connection, wire):
    connection.unsent = b"held back"
    connection.flush()
    connection.flush()
    assert wire.sent == b"held back"


def test_a_connection_that_is_closing_sends_nothing_and_keeps_nothing(connection, wire):
    connection.unsent = b"too late"
    wire.close()
    connection.flush()
    assert (wire.sent, connection.unsent) == (b"", b"")


def test_reading_stops_and_goes_on(connection, wire):
    connection.pause_reading()
    assert (connection.is_reading, wire.reading) == (False, False)
    connection.resume_reading()
    assert (connection.is_reading, wire.reading) == (True, True)


@pytest.mark.parametrize("asked", ["pause_reading", "resume_reading"])
def test_a_transport_is_asked_only_for_what_is_new_to_it(connection, wire, asked):
    if asked == "pause_reading":
        connection.pause_reading()
    setattr(wire, asked, None)  # whoever called it would raise
    getattr(connection, asked)()


@pytest.mark.parametrize("reads", [True, False])
def test_a_connection_that_is_closing_is_left_alone(connection, wire, reads):
    if not reads:
        connection.pause_reading()
    wire.close()
    (connection.pause_reading if reads else connection.resume_reading)()
    assert (connection.is_reading, wire.reading) == (reads, reads)
