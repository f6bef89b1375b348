"""The guard ends what a killed gateway leaves behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import structlog

from affinity_gw.process import guard
from affinity_gw.process.guarding import Guard

LINUX = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")

SLEEPER = [sys.executable, "-I", "-S", "-c", "import sys; print('ready', flush=True); sys.stdin.read()"]
STUBBORN = [
    *SLEEPER[:-1],
    "import signal, sys; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); sys.stdin.read()",
]


@contextlib.contextmanager
def process(command=SLEEPER, environment=None, *, session=True):
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        start_new_session=session,
    ) as running:
        assert running.stdout.readline() == b"ready\n"
        try:
            yield running
        finally:
            running.kill()


@contextlib.contextmanager
def guarding(mark="no process has this mark"):
    with subprocess.Popen([sys.executable, "-I", "-S", guard.__file__, mark], stdin=subprocess.PIPE) as running:
        yield running
        running.stdin.close()
        assert running.wait(10) == 0


def test_when_the_pipe_closes_all_groups_end():
    with process() as first, process() as second, guarding() as watcher:
        watcher.stdin.write(f"+{first.pid}\n+{second.pid}\n".encode())
        watcher.stdin.close()
        assert (first.wait(5), second.wait(5)) == (-signal.SIGTERM, -signal.SIGTERM)


def test_what_does_not_listen_to_sigterm_is_killed():
    with process(STUBBORN) as stubborn, guarding() as watcher:
        watcher.stdin.write(f"+{stubborn.pid}\n".encode())
        watcher.stdin.close()
        assert stubborn.wait(5) == -signal.SIGKILL


def test_a_group_that_has_ended_is_left_alone():
    with process() as other:
        with guarding() as watcher:
            watcher.stdin.write(f"+{other.pid}\n-{other.pid}\n".encode())
        assert other.poll() is None


def test_an_orderly_goodbye_ends_nobody():
    with process() as other:
        with guarding() as watcher:
            watcher.stdin.write(f"+{other.pid}\nbye\n".encode())
        assert other.poll() is None


@LINUX
def test_what_was_never_registered_is_known_by_its_mark():
    with process(environment={guard.VARIABLE: "abc"}) as marked, process(environment={guard.VARIABLE: "abcd"}) as other:
        with guarding("abc"):
            pass
        assert marked.wait(5) == -signal.SIGTERM
        assert other.poll() is None


@LINUX
def test_the_gateways_signals_are_not_for_it():
    watcher = Guard()
    ignored = 0
    until = time.monotonic() + 5
    while ignored & 0x4003 != 0x4003 and time.monotonic() < until:  # it needs a moment to start
        status = Path(f"/proc/{watcher.pid}/status").read_text()
        ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
    assert ignored & 0x4003 == 0x4003  # SIGHUP 1, SIGINT 2, SIGTERM 15
    assert os.getsid(watcher.pid) == watcher.pid
    watcher.dismiss()


def test_dismissed_it_is_gone():
    watcher = Guard()
    pid = watcher.pid
    watcher.dismiss()
    assert watcher.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    watcher.watch(1)
    watcher.dismiss()


def test_a_guard_that_was_killed_is_reported_and_missed_by_nobody():
    watcher = Guard()
    os.kill(watcher.pid, signal.SIGKILL)
    os.waitid(os.P_PID, watcher.pid, os.WEXITED | os.WNOWAIT)
    with structlog.testing.capture_logs() as said:
        watcher.watch(12345)
        watcher.forget(12345)
    assert [event["event"] for event in said] == ["the guard is gone: instances will outlive a gateway that is killed"]
    watcher.dismiss()


def test_where_there_can_be_no_guard_the_log_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/python")
    with structlog.testing.capture_logs() as said:
        watcher = Guard()
        watcher.watch(1)
        watcher.dismiss()
    assert said[0]["event"].startswith("no guard: ")


@LINUX
def test_it_is_light():
    watcher = Guard()
    try:
        until = time.monotonic() + 5
        while "SigIgn:\t0000000000000000" in (status := Path(f"/proc/{watcher.pid}/status").read_text()):
            assert time.monotonic() < until
        assert int(status.partition("VmRSS:")[2].split()[0]) < 16_000
    finally:
        watcher.dismiss()
