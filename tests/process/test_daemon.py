"""Going to the background, as whoever starts the gateway sees it."""

import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest


def started(path, text):
    (path / "cfg.toml").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "affinity_gw", str(path / "cfg.toml")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


CONFIG = """
[global]
daemon = true
pidfile = "pid"
{more}
[frontend.web]
bind = "{bind}"
monitor_uri = "/up"
backend = "app"
[backend.app]
check = false
server.s1 = "127.0.0.1:9"
"""


def bound(said):
    return next(line.split()[2] for line in said.splitlines() if line.split()[:2] == ["frontend", "web"])


def ended(pid):
    """It is no child of ours: its end is seen by a descriptor of the process."""
    descriptor = os.pidfd_open(pid)
    os.kill(pid, signal.SIGTERM)
    assert select.select([descriptor], [], [], 15)[0], "the daemon does not stop"
    os.close(descriptor)


@pytest.mark.skipif(sys.platform != "linux", reason="the end of a process that is no child is seen by pidfd_open")
def test_it_serves_when_the_command_is_over_and_stops_when_told(tmp_path):
    run = started(tmp_path, CONFIG.format(bind="127.0.0.1:0", more=""))
    assert run.returncode == 0, run.stderr
    pid = int((tmp_path / "pid").read_text())
    try:
        with urllib.request.urlopen(f"{bound(run.stderr)}up", timeout=10) as answer:
            assert answer.status == 200
        assert os.getsid(pid) == pid
        assert {str(Path(f"/proc/{pid}/fd/{stream}").readlink()) for stream in (0, 1, 2)} == {os.devnull}
    finally:
        ended(pid)


def test_what_goes_wrong_at_its_start_is_the_commands_own_failure(tmp_path):
    run = started(tmp_path, CONFIG.format(bind="192.0.2.1:1", more=""))
    assert run.returncode == 1
    assert "frontend web cannot listen on 192.0.2.1:1" in run.stderr
    assert not (tmp_path / "pid").exists()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may become somebody else")
def test_root_becomes_the_user_in_the_chroot_that_was_asked_for(tmp_path):
    jail = tmp_path / "jail"
    jail.mkdir()
    more = f'user = "65534"\ngroup = "65534"\nchroot = "{jail}"'
    run = started(tmp_path, CONFIG.format(bind="127.0.0.1:0", more=more))
    assert run.returncode == 0, run.stderr
    pid = int((tmp_path / "pid").read_text())
    try:
        with urllib.request.urlopen(f"{bound(run.stderr)}up", timeout=10) as answer:
            assert answer.status == 200
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert (status["Uid"].split(), status["Gid"].split()) == (["65534"] * 4, ["65534"] * 4)
        assert status["Groups"].split() == []
        assert Path(f"/proc/{pid}/root").samefile(jail)
    finally:
        ended(pid)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may change its root")
def test_a_log_socket_outside_the_chroot_is_reached_from_within(tmp_path):
    jail = tmp_path / "jail"
    jail.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as collector:
        collector.settimeout(10)
        collector.bind(str(tmp_path / "log"))
        target = f"{tmp_path / 'log'} format short local0"
        more = f'user = "65534"\nchroot = "{jail}"\nlog.syslog = "{target}"'
        run = started(tmp_path, CONFIG.format(bind="127.0.0.1:0", more=more))
        assert run.returncode == 0, run.stderr
        ended(int((tmp_path / "pid").read_text()))
        assert collector.recv(1000).startswith(b"<5>Frontend web started on 127.0.0.1:")
        assert collector.recv(1000) == b"<5>stopped\n"
