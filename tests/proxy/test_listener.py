"""Accepting, and not accepting, on real sockets of the loopback."""

import asyncio
import errno
import socket

import pytest
from structlog.testing import capture_logs

from affinity_gw.proxy import listener as module
from affinity_gw.proxy import replies
from affinity_gw.proxy.listener import BATCH, Listener, Occupancy
from affinity_gw.proxy.shared import Shared
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.rules import Deny, Rule
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.snapshot import Snapshot

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
DENIED = replies.page(403, close=False)


class House:
    """Frontends that deny everything, so that no server is needed."""

    def __init__(self):
        self.clients = []
        self.listeners = []
        self.records = []

    def open(self, *listening, maxconn=0, general=None):
        frontends = [
            Frontend(f"f{number}", (), rules=(Rule(None, Deny()),), maxconn=maxconn) for number in range(len(listening))
        ]
        general = Global(**(general or {}))
        config = Config("", general, tuple(frontends), ())
        names = [frontend.name for frontend in frontends]
        self.shared = Shared(general, Snapshot.of(config), dict.fromkeys(names, self.records.append))
        self.occupancy = Occupancy()
        self.frontends = frontends
        for frontend, one in zip(frontends, listening, strict=True):
            self.listeners.append(Listener(self.shared, frontend, one, self.occupancy))
        return self.listeners[0]

    async def client(self, listening):
        """Connected as far as the kernel is concerned."""
        family, address = listening.family, listening.getsockname()
        client = socket.socket(family)
        client.setblocking(False)
        self.clients.append(client)
        await asyncio.get_running_loop().sock_connect(client, address)
        return client

    async def close(self):
        for listener in self.listeners:
            listener.close()
        for client in self.clients:
            client.close()
        await self.shared.finish(0.0)
        await turn()


async def turn():
    """Let the loop do what it has been told: transports close their sockets a turn later."""
    for _ in range(3):
        await asyncio.sleep(0)


async def ask(client):
    """The answer to one request."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(client, GET)
    return await answer(client)


async def answer(client):
    loop = asyncio.get_running_loop()
    got = b""
    async with asyncio.timeout(10):
        while len(got) < len(DENIED):
            piece = await loop.sock_recv(client, 65536)
            assert piece, got
            got += piece
    return got


@pytest.fixture
async def house():
    house = House()
    yield house
    await house.close()


@pytest.fixture
def listening():
    """The house closes it, as it closes every socket that it listens on."""
    return socket.create_server(("127.0.0.1", 0), backlog=256)


async def test_a_client_is_served(house, listening):
    house.open(listening).start()
    assert await ask(await house.client(listening)) == DENIED
    assert house.records[0].peer == "127.0.0.1"
    assert (house.occupancy.connections, house.shared.arriving) == (1, 0)


async def test_more_clients_than_one_turn_accepts_are_all_served(house, listening):
    clients = [await house.client(listening) for _ in range(BATCH + 20)]
    house.open(listening).start()
    for client in clients:
        assert await ask(client) == DENIED
    assert house.occupancy.connections == BATCH + 20


class TestMaxconn:
    async def test_beyond_the_frontends_limit_clients_wait_in_the_backlog(self, house, listening):
        house.open(listening, maxconn=1).start()
        first, second = await house.client(listening), await house.client(listening)
        second.send(GET)
        assert await ask(first) == DENIED
        assert await ask(first) == DENIED
        assert len(house.records) == 2, "the second client waits, and is told nothing"
        first.close()
        assert await answer(second) == DENIED
        assert house.occupancy.connections == 1

    async def test_the_limit_of_the_process_is_for_all_frontends(self, house, listening):
        other = socket.create_server(("127.0.0.1", 0))
        house.open(listening, other, general={"maxconn": 1})
        for each in house.listeners:
            each.start()
        first = await house.client(listening)
        assert await ask(first) == DENIED
        second = await house.client(other)
        second.send(GET)
        assert await ask(first) == DENIED
        assert len(house.records) == 2
        first.close()
        assert await answer(second) == DENIED

    async def test_a_client_that_comes_while_another_is_arriving_is_not_forgotten(self, house, listening):
        """An arriving connection is counted twice for a moment; whoever was refused in it has to be looked at again."""
        listener = house.open(listening, general={"maxconn": 2})
        admit = house.shared.admit

        def admit_in_a_hurry(connection):
            admit(connection)
            listener._accept()

        house.shared.admit = admit_in_a_hurry
        listener.start()
        first, second = await house.client(listening), await house.client(listening)
        assert await ask(first) == DENIED
        assert await ask(second) == DENIED

    async def test_who_was_lost_in_between_gives_the_place_back(self, house, listening, monkeypatch):
        lost = []

        def destination(client):
            if not lost:
                lost.append(client)
                raise OSError(errno.ENOTCONN, "gone")
            return "127.0.0.1", 80

        monkeypatch.setattr(module, "_original_destination", destination)
        house.open(listening, maxconn=1).start()
        await house.client(listening)
        assert await ask(await house.client(listening)) == DENIED
        assert lost
        assert house.occupancy.connections == 1


class Failing:
    """A listening socket whose ``accept`` fails a few times."""

    def __init__(self, real, *errors):
        self._real = real
        self._errors = list(errors)

    def accept(self):
        if self._errors:
            raise self._errors.pop(0)
        return self._real.accept()

    def __getattr__(self, name):
        return getattr(self._real, name)


class TestTrouble:
    @pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
    async def test_without_descriptors_clients_wait_and_are_served_later(self, house, listening, number):
        listener = house.open(listening)
        listener._socket = Failing(listening, OSError(number, "out of them"))
        with capture_logs() as logs:
            listener.start()
            client = await house.client(listening)
            client.send(GET)
            listener._accept()
            assert not listener._accepting, "not in a busy loop"
            listener._retry.cancel()
            listener._try_again()
            assert await answer(client) == DENIED
        assert [(entry["log_level"], entry["frontend"]) for entry in logs] == [("warning", "f0")]

    async def test_who_is_connected_already_is_served_meanwhile(self, house, listening):
        listener = house.open(listening)
        listener.start()
        first = await house.client(listening)
        assert await ask(first) == DENIED
        listener._socket = Failing(listening, OSError(errno.EMFILE, "out of them"))
        second = await house.client(listening)
        second.send(GET)
        assert await ask(first) == DENIED
        assert await answer(second) == DENIED

    @pytest.mark.parametrize("error", [ConnectionAbortedError(), InterruptedError(), BlockingIOError()])
    async def test_a_client_that_is_gone_already_is_nobodys_business(self, house, listening, error):
        listener = house.open(listening)
        listener._socket = Failing(listening, error)
        with capture_logs() as logs:
            listener.start()
            assert await ask(await house.client(listening)) == DENIED
        assert logs == []

    async def test_any_other_error_is_logged(self, house, listening):
        listener = house.open(listening)
        listener._socket = Failing(listening, PermissionError(errno.EPERM, "a firewall"))
        with capture_logs() as logs:
            listener.start()
            assert await ask(await house.client(listening)) == DENIED
        assert [entry["log_level"] for entry in logs] == ["error"]


class TestEnd:
    async def test_a_closed_listener_accepts_nobody(self, house, listening):
        listener = house.open(listening)
        listener.start()
        listener.close()
        listener.close()
        assert listening.fileno() == -1
        assert house.shared.on_room == []

    async def test_while_stopping_nobody_is_let_in(self, house, listening):
        house.open(listening, maxconn=1).start()
        first, second = await house.client(listening), await house.client(listening)
        assert await ask(first) == DENIED
        task = asyncio.create_task(house.shared.finish(5.0))
        assert await asyncio.get_running_loop().sock_recv(first, 1) == b""
        first.close()
        assert await task == 0
        assert house.occupancy.connections == 0
        with pytest.raises(BlockingIOError):
            second.recv(1)

    async def test_who_arrives_at_the_last_moment_is_not_left_behind(self, house, listening):
        listener = house.open(listening)
        client = await house.client(listening)
        listener._accept()
        assert house.shared.arriving == 1
        await house.shared.finish(5.0)
        assert house.shared.arriving == 0
        assert await asyncio.get_running_loop().sock_recv(client, 1) == b""

    async def test_closing_in_trouble_leaves_no_timer(self, house, listening):
        listener = house.open(listening)
        listener._cannot_accept(OSError(errno.EMFILE, "out of them"))
        retry = listener._retry
        listener.close()
        assert retry.cancelled()


class TestDestination:
    async def test_where_the_client_connected_to(self, house, listening):
        house.open(listening).start()
        await ask(await house.client(listening))
        (downstream,) = house.shared.connections
        assert downstream.local == listening.getsockname()

    async def test_over_ipv6(self, house):
        try:
            one = socket.create_server(("::1", 0), family=socket.AF_INET6)
        except OSError:
            pytest.skip("no IPv6 on this machine")
        house.open(one).start()
        await ask(await house.client(one))
        (downstream,) = house.shared.connections
        assert downstream.local == one.getsockname()[:2]
        assert house.records[0].peer == "::1"

    async def test_a_unix_socket_has_none(self, house, tmp_path):
        one = socket.socket(socket.AF_UNIX)
        one.bind(str(tmp_path / "gw.sock"))
        one.listen()
        house.open(one).start()
        await ask(await house.client(one))
        (downstream,) = house.shared.connections
        assert downstream.local == ("", 0)
        assert (house.records[0].peer, house.records[0].peer_port) == ("", 0)
