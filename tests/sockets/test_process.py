"""The gateway as people start it: a process with a file, an environment, an end, and a log that somebody else reads."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, RawClient, ScriptedServer, answering, get, ok
from tests.sockets.wire import eventually

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])


class Run:
    """One ``python -m affinity_gw cfg.toml``; ``address`` is where its frontend listens."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.address = ""
        self.process: asyncio.subprocess.Process | None = None
        self.said = ""

    async def start(self, server: ScriptedServer, general: str = "", *, files: int = 0, **options: Any) -> None:
        (self.directory / "cfg.toml").write_text(
            f'[global]\n{general}\n[frontend.web]\nbind = "127.0.0.1:0"\nbackend = "app"\n'
            f'[backend.app]\ncheck = false\nretries = 0\nserver.s1 = "{server.address}"\n'
        )

        def few_files() -> None:
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "affinity_gw",
            str(self.directory / "cfg.toml"),
            stderr=asyncio.subprocess.PIPE,
            preexec_fn=few_files,
            **({"stdout": asyncio.subprocess.PIPE} | options),
        )
        while not self.address:
            line = await self.line()
            if found := re.search(r"frontend +web +http://([0-9.:]+)/", line):
                self.address = found[1]

    async def line(self) -> str:
        assert self.process is not None
        assert self.process.stderr is not None
        line = (await asyncio.wait_for(self.process.stderr.readline(), 10)).decode()
        assert line, f"it ended: {self.said}"
        self.said += line
        return line

    async def stop(self, sent: int = signal.SIGTERM) -> tuple[int, list[str]]:
        """Its exit status, and the lines of its access log."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(sent)
        out, err = await asyncio.wait_for(self.process.communicate(), 10)
        self.said += err.decode()
        assert "Traceback" not in self.said
        return self.process.returncode or 0, (out or b"").decode().splitlines()


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Run]:
    run = Run(tmp_path)
    yield run
    if run.process is not None:
        if run.process.returncode is None:
            run.process.kill()
        await run.process.communicate()


async def test_one_line_a_request_whatever_it_contains(site: Site, run: Run):
    server = await site.server(answering(ok()))
    await run.start(server)
    client = await RawClient.open(run.address)
    forged = 'x" 200 0\\r\\n{"event": "forged"}\t\x80\xff'
    for request in (
        get("/plain"),
        get('/a"b\\c?{"x":"y"}', f"User-Agent: {forged}", f"Cookie: {forged}", f"Referer: {forged}"),
        get("/" + "long" * 500),
    ):
        assert (await client.ask(request)).status == 200
    client.close()
    bad = await RawClient.open(run.address)
    await bad.send(b"GET /\x1b[31m\n HTTP/1.1\r\n\r\n")
    await bad.rest()
    bad.close()
    status, lines = await run.stop()
    assert status == 0
    events = [json.loads(line) for line in lines]
    assert [event["status"] for event in events] == [200, 200, 200, 400]
    assert [event["method"] for event in events] == ["GET", "GET", "GET", None]
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", "".join(lines))
    assert all(len(str(value)) <= 300 for event in events for value in event.values())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to write to")
async def test_a_full_disk_harms_no_request(site: Site, run: Run):
    server = await site.server(answering(ok()))
    full = os.open("/dev/full", os.O_WRONLY)
    await run.start(server, stdout=full)
    os.close(full)
    client = await RawClient.open(run.address)
    for _ in range(300):
        assert (await client.ask(get())).status == 200
    client.close()
    assert (await run.stop())[0] == 0


async def test_a_reader_of_the_log_that_leaves_harms_no_request(site: Site, run: Run):
    server = await site.server(answering(ok()))
    read, write = os.pipe()
    await run.start(server, stdout=write)
    os.close(write)
    os.close(read)
    client = await RawClient.open(run.address)
    for _ in range(300):
        assert (await client.ask(get())).status == 200
    client.close()
    assert (await run.stop())[0] == 0


async def test_a_reader_of_the_log_that_stops_harms_no_request(site: Site, run: Run):
    """A pipe that nobody empties fills up after a few hundred lines."""
    server = await site.server(answering(ok()))
    read, write = os.pipe()
    await run.start(server, stdout=write)
    os.close(write)
    client = await RawClient.open(run.address)
    for number in range(400):
        assert (await client.ask(get(f"/{number}/" + "x" * 200))).status == 200
    client.close()
    assert run.process is not None
    run.process.terminate()
    assert await asyncio.wait_for(run.process.wait(), 10) == 0
    os.close(read)


async def test_without_descriptors_those_who_are_connected_are_served(site: Site, run: Run):
    server = await site.server(answering(ok()))
    await run.start(server, files=96)
    first = await RawClient.open(run.address)
    assert (await first.ask(get())).status == 200
    crowd = [await RawClient.open(run.address) for _ in range(120)]
    for client in crowd:
        await client.send(get())
    for _ in range(3):
        assert (await first.ask(get())).status == 200
    for client in crowd:
        client.close()
    late = await RawClient.open(run.address)
    async with asyncio.timeout(3):
        while (await late.ask(get())).status != 200:  # noqa: ASYNC110  # each look is a request
            await asyncio.sleep(0.05)
    assert (await first.ask(get())).status == 200
    first.close()
    late.close()
    assert (await run.stop())[0] == 0


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
async def test_a_stop_finishes_what_is_under_way(site: Site, run: Run, sent: int):
    go_on = asyncio.Event()

    async def script(connection: Connection) -> None:
        await connection.request()
        await go_on.wait()
        await connection.send(ok(b"finished"))

    server = await site.server(script)
    await run.start(server)
    busy, idle = await RawClient.open(run.address), await RawClient.open(run.address)
    await busy.send(get())
    await eventually(lambda: bool(server.requests))
    stopping = asyncio.create_task(run.stop(sent))
    assert await idle.rest() == b""
    with pytest.raises(ConnectionRefusedError):
        await RawClient.open(run.address)
    go_on.set()
    assert (await busy.response()).body == b"finished"
    assert await busy.rest() == b""
    assert (await stopping)[0] == 0
    busy.close()
    idle.close()


async def test_a_stop_does_not_wait_longer_than_hard_stop_after(site: Site, run: Run):
    server = await site.server(lambda connection: connection.request())
    await run.start(server, 'hard_stop_after = "300ms"')
    client = await RawClient.open(run.address)
    await client.send(get())
    await eventually(lambda: bool(server.connections))
    begin = asyncio.get_running_loop().time()
    assert (await run.stop())[0] == 0
    assert 0.2 < asyncio.get_running_loop().time() - begin < 3
    client.close()


async def test_a_second_signal_ends_it_now(site: Site, run: Run):
    server = await site.server(lambda connection: connection.request())
    await run.start(server)
    client = await RawClient.open(run.address)
    await client.send(get())
    await eventually(lambda: bool(server.connections))
    assert run.process is not None
    run.process.terminate()
    await asyncio.sleep(0.2)
    assert run.process.returncode is None
    await asyncio.wait_for(run.stop(), 3)
    client.close()


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGUSR2], ids=["SIGHUP", "SIGUSR2"])
async def test_a_reload_that_does_not_exist_yet_changes_nothing(site: Site, run: Run, sent: int):
    server = await site.server(answering(ok()))
    await run.start(server)
    client = await RawClient.open(run.address)
    assert (await client.ask(get())).status == 200
    assert run.process is not None
    run.process.send_signal(sent)
    while "reload" not in await run.line():
        pass
    assert (await client.ask(get())).status == 200
    client.close()
    assert (await run.stop())[0] == 0


async def test_a_port_in_use_is_one_sentence_and_status_1(site: Site, run: Run):
    taken = await site.server(answering(ok()))
    cfg = run.directory / "taken.toml"
    cfg.write_text(
        f'[frontend.web]\nbind = "{taken.address}"\nbackend = "app"\n[backend.app]\nserver.s1 = "127.0.0.1:9"\n'
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "affinity_gw", str(cfg), stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    _, err = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 1
    assert taken.address in err.decode()
    assert len(err.decode().strip().splitlines()) == 1


async def test_log_targets_hear_of_the_start_of_traffic_and_of_the_stop(site: Site, run: Run):
    server = await site.server(answering(ok()))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as by_udp,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as by_unix,
    ):
        by_udp.bind(("127.0.0.1", 0))
        by_unix.bind(str(run.directory / "log"))
        for collector in (by_udp, by_unix):
            collector.setblocking(False)
        port = by_udp.getsockname()[1]
        targets = [f"127.0.0.1:{port} local0", f"{run.directory / 'log'} format short daemon notice"]
        await run.start(server, f'log.syslog = {json.dumps(targets)}\nlog.format = "httplog"\nlog.tag = "gw"')
        client = await RawClient.open(run.address)
        assert (await client.ask(get("/a?b"))).status == 200
        client.close()
        _, lines = await run.stop()
        started, traffic, stopped = [await _datagram(by_udp) for _ in range(3)]
        assert re.fullmatch(rf"<133>.* gw\[\d+\]: Frontend web started on {run.address}\.\n", started)
        assert traffic.startswith("<134>")
        assert [traffic.partition("]: ")[2].rstrip()] == lines
        assert re.fullmatch(r"<133>.* gw\[\d+\]: stopped\n", stopped)
        assert [await _datagram(by_unix) for _ in range(2)] == [
            f"<5>Frontend web started on {run.address}.\n",
            "<5>stopped\n",
        ]


async def _datagram(collector: socket.socket) -> str:
    return (await asyncio.wait_for(asyncio.get_running_loop().sock_recv(collector, 65536), 10)).decode()
