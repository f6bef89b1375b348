"""Instances: started, watched, started again, and never left behind."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import structlog

from affinity_gw.errors import GatewayError
from affinity_gw.process import instance, output
from affinity_gw.process.instance import Delays
from affinity_gw.process.instances import Instances
from affinity_gw.process.ports import free_port
from affinity_gw.routing.servers import InstancesSpec

APP = """
import os, signal, socket, sys
port, how = int(sys.argv[1]), sys.argv[2:]
print(f"{os.environ.get('WHO', 'nobody')} starts in {os.getcwd()}")
if "dies" in how:
    sys.exit("no licence")
if "stubborn" in how:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "forks" in how:
    listening = socket.create_server(("127.0.0.1", port))
    if os.fork():
        signal.pause()
if "silent" in how:
    signal.pause()
if "forks" not in how:
    listening = socket.create_server(("127.0.0.1", port))
while True:
    listening.accept()
"""


@pytest.fixture
def app(tmp_path):
    path = tmp_path / "app.py"
    path.write_text(APP)

    def spec(*how, count=1, command=None, **options):
        with contextlib.ExitStack() as held:
            ports = tuple(free_port(held) for _ in range(count))
        names = tuple(f"wt{number}" for number in range(1, count + 1))
        command = command or ("{python}", "-S", str(path), "{port}", *how)
        return InstancesSpec("be", command, names, ports, directory=str(tmp_path), **options)

    return spec


class Running:
    """Instances whose states can be awaited."""

    def __init__(self, *specs):
        self.states = asyncio.Queue()
        self.instances = Instances(specs, lambda *state: self.states.put_nowait(state))

    async def __aenter__(self):
        async with asyncio.timeout(20):
            await self.instances.start()
        return self

    async def __aexit__(self, *_):
        await self.instances.stop()

    async def next_state(self):
        async with asyncio.timeout(20):
            return await self.states.get()


def alive(pid):
    """Neither gone nor a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return not Path("/proc").is_dir()


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


async def test_each_is_started_and_listens_when_start_returns(app):
    spec = app(count=2)
    async with Running(spec) as running:
        assert all(map(listens, spec.ports))
        states = sorted([running.states.get_nowait(), running.states.get_nowait()])
        assert states == [
            ("be/wt1", True, f"it listens on 127.0.0.1:{spec.ports[0]}"),
            ("be/wt2", True, f"it listens on 127.0.0.1:{spec.ports[1]}"),
        ]
        pids = running.instances.pids
        assert set(pids) == {"be/wt1", "be/wt2"}
        assert repr(running.instances) == (
            f"<Instances be/wt1 pid {pids['be/wt1']}, listening, be/wt2 pid {pids['be/wt2']}, listening>"
        )
        assert all(os.getpgid(pid) == pid == os.getsid(pid) for pid in pids.values())
    assert not any(map(alive, pids.values()))
    assert not any(map(listens, spec.ports))
    assert running.states.empty()


async def test_none_is_nothing_at_all():
    async with Running() as running:
        assert running.instances._guard is None


async def test_what_they_print_is_logged_under_their_names(app, tmp_path):
    with structlog.testing.capture_logs() as said:
        async with Running(app(environment=(("WHO", "{name}"),))):
            pass
    lines = [(event["log_level"], event["event"]) for event in said if event.get("instance") == "be/wt1"]
    assert ("info", f"wt1 starts in {tmp_path.resolve()}") in lines


async def test_what_they_print_goes_to_files_of_their_own_where_that_is_wanted(app, tmp_path):
    spec = app(count=2, environment=(("WHO", "{name}"),), log=str(tmp_path / "logs" / "{name}.log"))
    with structlog.testing.capture_logs() as said:
        for _ in range(2):
            async with Running(spec):
                pass
    assert not [event for event in said if event["event"].startswith("wt")]
    for writer in output.files():
        writer.flush()
    for name in ("wt1", "wt2"):
        line = f"{name} starts in {tmp_path.resolve()}"
        assert (tmp_path / "logs" / f"{name}.log").read_text().splitlines().count(line) == 2


async def test_a_log_that_cannot_be_opened_is_said_in_a_sentence(app, tmp_path):
    (tmp_path / "logs").write_text("")
    spec = app(log=str(tmp_path / "logs" / "{name}.log"))
    instances = Instances([spec], lambda *_: None)
    with pytest.raises(GatewayError, match=r"wt1\.log of be/wt1 cannot be opened: .*; name in instances\.log a file"):
        await instances.start()
    await instances.stop()


async def test_one_that_dies_starts_again(app, monkeypatch):
    monkeypatch.setattr(instance, "FIRST_DELAY", 0.01)
    async with Running(app()) as running:
        await running.next_state()
        first = running.instances.pids["be/wt1"]
        os.kill(first, signal.SIGKILL)
        assert await running.next_state() == ("be/wt1", False, "was killed by SIGKILL")
        server_id, up, _ = await running.next_state()
        assert (server_id, up) == ("be/wt1", True)
        assert running.instances.pids["be/wt1"] != first
        assert running.instances.statistics()[0].starts == 2


async def test_one_that_dies_at_once_does_not_keep_the_others_waiting(app):
    with structlog.testing.capture_logs() as said:
        async with Running(app("dies")) as running:
            assert await running.next_state() == ("be/wt1", False, "exited with status 1")
            assert running.instances.pids == {}
    events = [event["event"] for event in said]
    assert events.index("no licence") < events.index("instance be/wt1 exited with status 1; it starts again in 0.5s")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"command": ("no-such-command", "{port}")}, "there is no command no-such-command, neither in PATH nor from "),
        ({"command": ("/etc/passwd",)}, "/etc/passwd: Permission denied"),
    ],
    ids=["no command", "not executable"],
)
async def test_a_command_that_cannot_be_started_is_a_sentence(app, options, reason):
    async with Running(app(**options)) as running:
        server_id, up, said = await running.next_state()
    assert (server_id, up) == ("be/wt1", False)
    assert said.startswith(f"cannot start: {reason}")


async def test_a_directory_that_does_not_exist_is_a_sentence():
    spec = InstancesSpec("be", ("true",), ("wt1",), (1,), directory="/no/where")
    async with Running(spec) as running:
        assert await running.next_state() == ("be/wt1", False, "cannot start: its directory /no/where does not exist")


async def test_a_port_that_another_program_has_is_not_taken_for_ours(app):
    spec = app()
    with socket.create_server(("127.0.0.1", spec.ports[0])):
        async with Running(spec) as running:
            reason = f"cannot start: another program listens on 127.0.0.1:{spec.ports[0]}"
            assert await running.next_state() == ("be/wt1", False, reason)


async def test_one_that_does_not_listen_in_time_stays_down_and_delays_nobody(app):
    with structlog.testing.capture_logs() as said:
        async with Running(app("silent", start_timeout=0.05)) as running:
            assert running.states.empty()
            assert alive(running.instances.pids["be/wt1"])
    assert any("does not listen on 127.0.0.1:" in event["event"] for event in said)


async def test_one_that_ignores_sigterm_is_killed_after_its_grace(app):
    running = Running(app("stubborn"))
    await running.instances.start()
    pid = running.instances.pids["be/wt1"]
    await running.instances.stop(grace=0.05)
    assert not alive(pid)


async def test_what_a_dead_one_leaves_behind_is_ended_with_it(app, monkeypatch):
    monkeypatch.setattr(instance, "FIRST_DELAY", 0.01)
    spec = app("forks")
    async with Running(spec) as running:
        await running.next_state()
        os.kill(running.instances.pids["be/wt1"], signal.SIGKILL)
        assert await running.next_state() == ("be/wt1", False, "was killed by SIGKILL")
        # Its child held the port; that the next one can listen says that it is gone.
        assert (await running.next_state())[:2] == ("be/wt1", True)
    assert not listens(spec.ports[0])


async def test_stop_in_the_middle_of_a_start_leaves_nothing(app):
    running = Running(app("silent", count=3))
    starting = asyncio.create_task(running.instances.start())
    while len(running.instances.pids) < 3:  # noqa: ASYNC110  # a state without an event: nobody else waits for it
        await asyncio.sleep(0)
    pids = list(running.instances.pids.values())
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await running.instances.stop()
    assert not any(map(alive, pids))


async def test_stop_before_anything_is_born_leaves_nothing(app):
    running = Running(app("silent", count=3))
    starting = asyncio.create_task(running.instances.start())
    await asyncio.sleep(0)
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await running.instances.stop()
    assert running.instances.pids == {}


def test_delays_grow_and_begin_anew_for_one_that_has_lived_long():
    delays = Delays()
    assert [delays.after(0.1) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert [delays.after(lived) for lived in (3600, 0.1, 0.1)] == [0.5, 1, 2]


GATEWAY = """
import asyncio, json, sys
from affinity_gw.process.instances import Instances
from affinity_gw.routing.servers import InstancesSpec

async def main():
    instances = Instances([InstancesSpec(**json.loads(sys.argv[1]))], lambda *_: None)
    await instances.start()
    print(json.dumps({"guard": instances._guard.pid, **instances.pids}), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("how", [(), ("stubborn",), ("forks",)], ids=["willing", "stubborn", "with a child"])
def test_a_gateway_that_is_killed_leaves_none_behind(app, how):
    spec = app(*how, count=2)
    words = json.dumps({name: getattr(spec, name) for name in ("backend", "command", "names", "ports", "directory")})
    with subprocess.Popen(
        [sys.executable, "-c", GATEWAY, words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as gateway:
        pids = json.loads(next(line for line in gateway.stdout if line.startswith(b"{")))
        assert len(pids) == 3
        assert all(map(alive, pids.values()))
        gateway.kill()
    until = time.monotonic() + 10
    while (any(map(alive, pids.values())) or any(map(listens, spec.ports))) and time.monotonic() < until:
        time.sleep(0.02)  # there is no event for the end of somebody else's process
    assert [name for name, pid in pids.items() if alive(pid)] == []
    assert not any(map(listens, spec.ports))
