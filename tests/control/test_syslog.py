"""Lines for syslog: how they are framed, and what becomes of those that nobody takes."""

import os
import re
import socket
from pathlib import Path

import pytest

from affinity_gw.control.syslog import Syslog
from affinity_gw.routing.address import Address
from affinity_gw.routing.logs import LEVELS, LogTarget


@pytest.fixture
def collector():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(5)
        yield collector


def sent(collector, level="info", message="all is well", **options):
    target = LogTarget(Address(*collector.getsockname()), **options)
    syslog = Syslog(target, "gw")
    syslog.send(LEVELS[level], message)
    syslog.close()
    return collector.recv(65536).decode()


FRAMES = {
    "rfc3164": rf"<134>[A-Z][a-z]{{2}} [ 1-3]\d \d\d:\d\d:\d\d gw\[{os.getpid()}\]: all is well\n",
    "rfc5424": (
        rf"<134>1 \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}}\+00:00 {re.escape(socket.gethostname())} gw {os.getpid()} "
        r"- - all is well\n"
    ),
    "raw": r"all is well\n",
    "short": r"<6>all is well\n",
}


@pytest.mark.parametrize("form", FRAMES)
def test_a_line_is_framed_as_haproxys(collector, form):
    assert re.fullmatch(FRAMES[form], sent(collector, form=form))


@pytest.mark.parametrize(
    ("level", "options", "priority"),
    [
        ("info", {"facility": 17}, "<142>"),
        ("alert", {"facility": 16}, "<129>"),
        ("alert", {"facility": 16, "at_most": LEVELS["err"]}, "<131>"),
        ("notice", {"facility": 0}, "<5>"),
    ],
)
def test_a_priority_is_facility_and_level(collector, level, options, priority):
    assert sent(collector, level, **options).startswith(priority)


def test_what_is_less_important_is_left_out(collector):
    syslog = Syslog(LogTarget(Address(*collector.getsockname()), level=LEVELS["notice"], form="raw"), "gw")
    for level in ("info", "notice"):
        syslog.send(LEVELS[level], level)
    syslog.close()
    assert collector.recv(100) == b"notice\n"


def test_a_long_line_is_cut(collector):
    assert len(sent(collector, message="x" * 5000, length=100)) == 101


def test_a_unix_socket_that_is_replaced_is_found_again(tmp_path):
    path = str(tmp_path / "log")
    losses = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as first:
        first.bind(path)
        syslog = Syslog(LogTarget(Address(path=path), form="raw"), "gw", lambda *loss: losses.append(loss))
        syslog.send(6, "one")
        assert first.recv(100) == b"one\n"
    Path(path).unlink()
    syslog.send(6, "lost")
    syslog.send(6, "lost too")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as second:
        second.bind(path)
        syslog.send(6, "two")
        assert second.recv(100) == b"two\n"
    syslog.close()
    reason = "no such file or directory"
    assert losses == [(0, reason), (2, reason)]


def test_a_descriptor_gets_lines():
    reading, writing = os.pipe()
    syslog = Syslog(LogTarget(Address(fd=writing), form="raw"), "gw")
    syslog.send(6, "one")
    syslog.close()
    assert os.read(reading, 100) == b"one\n"
    os.close(reading)
    os.close(writing)
