"""The gateway as an object: put together, taken apart, and nothing left behind."""

import asyncio
import contextlib
import os
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import http_parser

from affinity_gw import BindError, ConfigError, Gateway, GatewayError
from affinity_gw.errors import TlsError
from affinity_gw.process import worker
from tests.tls.making import pem

APP = """
import os, signal, socket, sys
port, how = int(sys.argv[1]), sys.argv[2:]
print("started", flush=True)
if "stubborn" in how:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "silent" in how:
    signal.pause()
listening = socket.create_server(("127.0.0.1", port))
while True:
    listening.accept()
"""


class Server:
    """Answers each connection's request once ``release`` is set."""

    def __init__(self, name):
        self.name = name
        self.release = asyncio.Event()
        self.release.set()
        self.asked = asyncio.Event()
        self.streams = set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.address = "{}:{}".format(*self.server.sockets[0].getsockname())
        return self

    async def __aexit__(self, *error):
        self.server.close()
        self.release.set()
        for writer in self.streams:
            writer.close()
        for writer in self.streams:
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await self.server.wait_closed()

    async def answer(self, reader, writer):
        self.streams.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            await reader.readuntil(b"\r\n\r\n")
            self.asked.set()
            await self.release.wait()
            body = self.name.encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()


def config(address, **frontend):
    return {
        "global": {"hard_stop_after": "5s"},
        "frontend": {"web": {"bind": "127.0.0.1:0", "backend": "app"} | frontend},
        "backend": {"app": {"check": False, "server": {"s1": address}}},
    }


def instances(tmp_path, *how, **options):
    app = tmp_path / "app.py"
    app.write_text(APP)
    command = " ".join(["{python} -S", str(app), "{port}", *how])
    return {
        "frontend": {"web": {"bind": "127.0.0.1:0", "backend": "app"}},
        "backend": {"app": {"instances": {"command": command, "name": "i{n}", "port": 0} | options}},
    }


@contextlib.asynccontextmanager
async def asking(address, target="/"):
    """A request that has been sent; what is yielded reads its answer to the end."""
    host, port = address.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    writer.write(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    try:
        yield reader.read
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def ask(address):
    async with asyncio.timeout(5), asking(address) as answer:
        return (await answer()).partition(b"\r\n\r\n")[2].decode()


def alive(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def sockets():
    """How many this process has."""
    names = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.append(str(link.readlink()))
    return sum(name.startswith("socket:") for name in names)


@pytest.fixture
async def nothing_left():
    """No task and no socket, and nothing for the loop to complain of: all as it was."""
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    tasks_before, sockets_before = asyncio.all_tasks(), sockets()
    yield
    await asyncio.sleep(0)
    assert asyncio.all_tasks() - tasks_before == {asyncio.current_task()}
    assert sockets() <= sockets_before  # uvloop changes its own pair at each turn of the fixture
    assert complaints == []


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


class TestServing:
    async def test_addresses_are_real_ones_by_frontend(self):
        async with Server("one") as server:
            data = config(server.address, bind=["127.0.0.1:0", "127.0.0.1:0"])
            data["frontend"]["other"] = {"bind": "127.0.0.1:0", "backend": "app"}
            async with Gateway.from_config(data) as gateway:
                assert sorted(map(len, gateway.addresses.values())) == [1, 2]
                for address in [*gateway.addresses["web"], *gateway.addresses["other"]]:
                    assert await ask(address) == "one"

    async def test_ipv4_and_ipv6_on_one_port(self):
        async with Server("one") as server:
            with socket.create_server(("0.0.0.0", 0)) as free:
                port = free.getsockname()[1]
            async with Gateway.from_config(config(server.address, bind=[f"0.0.0.0:{port}", f"[::]:{port}"])) as gateway:
                assert gateway.addresses["web"] == [f"0.0.0.0:{port}", f"[::]:{port}"]
                assert [await ask(f"127.0.0.1:{port}"), await ask(f"[::1]:{port}")] == ["one", "one"]

    async def test_a_unix_socket(self, tmp_path):
        path = tmp_path / "gw.sock"
        async with Server("one") as server:
            async with Gateway.from_config(config(server.address, bind=f"unix@{path}")) as gateway:
                assert gateway.addresses["web"] == [f"unix@{path}"]
                reader, writer = await asyncio.open_unix_connection(path)
                writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                assert (await reader.read()).endswith(b"\r\n\r\none")
                writer.close()
                await writer.wait_closed()
            assert not path.exists()

    async def test_an_inherited_descriptor(self):
        async with Server("one") as server:
            with socket.create_server(("127.0.0.1", 0)) as ours:
                data = config(server.address, bind=f"fd@{os.dup(ours.fileno())}")
                async with Gateway.from_config(data) as gateway:
                    assert await ask("{}:{}".format(*ours.getsockname())) == "one"
                    assert gateway.addresses["web"] == ["{}:{}".format(*ours.getsockname())]

    async def test_two_gateways_in_one_loop_know_nothing_of_each_other(self):
        async with (
            Server("one") as one,
            Server("other") as other,
            Gateway.from_config(config(one.address)) as first,
            Gateway.from_config(config(other.address)) as second,
        ):
            assert await ask(first.addresses["web"][0]) == "one"
            assert await ask(second.addresses["web"][0]) == "other"
            await first.stop()
            assert await ask(second.addresses["web"][0]) == "other"

    async def test_a_server_by_its_name(self):
        async with Server("one") as server:
            port = server.address.rpartition(":")[2]
            async with Gateway.from_config(config(f"localhost:{port}")) as gateway:
                assert await ask(gateway.addresses["web"][0]) == "one"

    async def test_from_a_file(self, tmp_path):
        async with Server("one") as server:
            file = tmp_path / "cfg.toml"
            file.write_text(
                '[frontend.web]\nbind = "127.0.0.1:0"\nbackend = "app"\n'
                f'[backend.app]\ncheck = false\nserver.s1 = "{server.address}"\n'
            )
            async with Gateway.from_file(file) as gateway:
                assert await ask(gateway.addresses["web"][0]) == "one"
                assert gateway.snapshot.nbsrv("app") == 1

    async def test_what_is_wrong_with_a_configuration_is_all_said(self):
        with pytest.raises(ConfigError) as raised:
            Gateway.from_config({"frontend": {"web": {"bind": "127.0.0.1:0", "backend": "no", "maxcon": 1}}})
        assert len(raised.value.complaints) == 2

    async def test_on_the_pure_python_parser_it_is_not_even_made(self, monkeypatch):
        monkeypatch.setattr("affinity_gw.proxy.parser.HttpRequestParser", http_parser.HttpRequestParserPy)
        with pytest.raises(GatewayError, match="install aiohttp from a wheel"):
            Gateway.from_config(config("127.0.0.1:1"))

    async def test_before_the_start_there_is_nothing_to_look_at(self):
        gateway = Gateway.from_config(config("127.0.0.1:1"))
        with pytest.raises(RuntimeError, match="has not been started"):
            _ = gateway.snapshot
        with pytest.raises(RuntimeError, match="has not been started"):
            _ = gateway.checks
        assert await gateway.stop() == 0


@linux
@pytest.mark.usefixtures("nothing_left")
class TestStopping:
    async def test_an_exchange_under_way_is_finished_first(self):
        async with Server("one") as server:
            server.release.clear()
            gateway = Gateway.from_config(config(server.address))
            async with gateway, asking(gateway.addresses["web"][0]) as answer:
                await server.asked.wait()
                stopping = asyncio.create_task(gateway.stop())
                await asyncio.sleep(0)
                with pytest.raises(ConnectionError):
                    await ask(gateway.addresses["web"][0])
                assert not stopping.done()
                server.release.set()
                assert (await answer()).endswith(b"one")
                assert await stopping == 0

    async def test_what_takes_longer_is_cut_and_counted(self):
        async with Server("one") as server:
            server.release.clear()
            gateway = Gateway.from_config(config(server.address))
            async with gateway, asking(gateway.addresses["web"][0]) as answer:
                await server.asked.wait()
                assert await gateway.stop(limit=0.1) == 1
                with contextlib.suppress(ConnectionResetError):
                    assert await answer() == b""

    async def test_kill_ends_the_wait(self):
        async with Server("one") as server:
            server.release.clear()
            gateway = Gateway.from_config(config(server.address))
            async with gateway, asking(gateway.addresses["web"][0]):
                await server.asked.wait()
                stopping = asyncio.create_task(gateway.stop(limit=60))
                await asyncio.sleep(0)
                await gateway.kill()
                async with asyncio.timeout(2):
                    await stopping

    async def test_twice_is_as_good_as_once(self):
        async with Server("one") as server, Gateway.from_config(config(server.address)) as gateway:
            assert await gateway.stop() == 0
            assert await gateway.stop() == 0

    async def test_then_started_again(self):
        async with Server("one") as server:
            gateway = Gateway.from_config(config(server.address))
            for _ in range(2):
                async with gateway:
                    assert await ask(gateway.addresses["web"][0]) == "one"

    async def test_started_twice_is_an_error_that_changes_nothing(self):
        async with Server("one") as server, Gateway.from_config(config(server.address)) as gateway:
            with pytest.raises(RuntimeError, match="started already"):
                await gateway.start()
            assert await ask(gateway.addresses["web"][0]) == "one"

    async def test_instances_end_with_it(self, tmp_path):
        async with Gateway.from_config(instances(tmp_path, count=2)) as gateway:
            pids = list(gateway._instances.pids.values())
            assert len(pids) == 2
            assert all(map(alive, pids))
        assert not any(map(alive, pids))

    async def test_kill_does_not_wait_for_stubborn_instances(self, tmp_path):
        async with Gateway.from_config(instances(tmp_path, "stubborn")) as gateway:
            (pid,) = gateway._instances.pids.values()
            stopping = asyncio.create_task(gateway.stop())
            await asyncio.sleep(0.1)
            assert not stopping.done()
            started = time.monotonic()
            await gateway.kill()
            await stopping
            assert time.monotonic() - started < 2
            assert not alive(pid)


@linux
@pytest.mark.usefixtures("nothing_left")
class TestFailingToStart:
    async def test_a_port_in_use(self, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as other:
            data = instances(tmp_path)
            data["frontend"]["web"]["bind"] = ["127.0.0.1:0", f"127.0.0.1:{other.getsockname()[1]}"]
            gateway = Gateway.from_config(data)
            with pytest.raises(BindError, match="frontend web cannot listen on"):
                await gateway.start()
            assert gateway._instances is None

    async def test_once_the_port_is_free_it_starts(self):
        async with Server("one") as server:
            with socket.create_server(("127.0.0.1", 0)) as other:
                address = "{}:{}".format(*other.getsockname())
                gateway = Gateway.from_config(config(server.address, bind=address))
                with pytest.raises(BindError):
                    await gateway.start()
            async with gateway:
                assert await ask(address) == "one"

    async def test_a_name_without_an_address(self, tmp_path):
        path = tmp_path / "gw.sock"
        with pytest.raises(GatewayError, match=r"server app/s1: the host name no\.invalid has no address"):
            async with Gateway.from_config(config("no.invalid:1", bind=[f"unix@{path}", "127.0.0.1:0"])):
                pytest.fail("it started")
        assert not path.exists()

    async def test_half_way_with_instances_running(self, tmp_path, monkeypatch):
        pids = []

        class Broken(worker.Listener):
            def start(self):
                pids.extend(gateway._instances.pids.values())
                raise OSError("no more epoll instances")

        monkeypatch.setattr(worker, "Listener", Broken)
        gateway = Gateway.from_config(instances(tmp_path, count=2))
        with pytest.raises(OSError, match="epoll"):
            await gateway.start()
        assert len(pids) == 2
        assert not any(map(alive, pids))

    async def test_cancelled_while_instances_start(self, tmp_path):
        gateway = Gateway.from_config(instances(tmp_path, "silent"))
        starting = asyncio.create_task(gateway.start())
        async with asyncio.timeout(5):
            while gateway._instances is None or not gateway._instances.pids:  # noqa: ASYNC110  # there is no event
                await asyncio.sleep(0.01)
        (pid,) = gateway._instances.pids.values()
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert not alive(pid)


async def test_certificates_that_cannot_be_read_any_more_say_why(tmp_path):
    file = Path(pem(tmp_path / "a.pem", "a.example"))
    bind = {"address": "127.0.0.1:0", "tls": {"crt": str(file)}}
    config = {"frontend": {"web": {"bind": bind, "backend": "b"}}, "backend": {"b": {"server": {"s": "127.0.0.1:1"}}}}
    async with Gateway.from_config(config) as gateway:
        assert [each.names for each in gateway.reload_certificates()] == [("a.example",)]
        file.unlink()  # noqa: ASYNC240  # at once
        with pytest.raises(TlsError, match=r"directory$"):
            gateway.reload_certificates()
        gateway.config = replace(gateway.config, general=replace(gateway.config.general, user="nobody"))
        with pytest.raises(TlsError, match="the gateway has given up root: let its user read the files"):
            gateway.reload_certificates()
