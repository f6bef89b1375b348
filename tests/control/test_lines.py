"""Lines leave the process, or are counted; whoever writes them never waits."""

import errno
import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from affinity_gw.control.lines import LineWriter

FULL = Path("/dev/full")


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError as error:
            assert error.errno == errno.EBADF  # noqa: PT017  # the test closed it itself


class Told(list):
    """An ``on_loss`` that can be waited for."""

    def __init__(self):
        self.news = threading.Condition()

    def __call__(self, count, reason):
        with self.news:
            self.append((count, reason))
            self.news.notify_all()

    def wait_for(self, length):
        with self.news:
            assert self.news.wait_for(lambda: len(self) >= length, 5), self


def test_lines_come_out_in_order_and_whole(pipe):
    reader, fd = pipe
    writer = LineWriter(fd)
    for line in ["first", b"second", "ä", "\udcff"]:
        writer.write(line)
    assert writer.flush()
    assert os.read(reader, 1000) == b"first\nsecond\n\xc3\xa4\n\\udcff\n"
    assert repr(writer) == f"<LineWriter {fd}: 0 bytes waiting, 0 lines lost>"


def test_lines_come_out_without_a_flush(pipe):
    reader, fd = pipe
    LineWriter(fd, delay=0.001).write("soon")
    assert os.read(reader, 100) == b"soon\n"


def test_lines_that_come_together_go_out_together(tmp_path, monkeypatch):
    writes = []
    monkeypatch.setattr(os, "write", lambda _fd, data: writes.append(bytes(data)) or len(data))
    writer = LineWriter(99, delay=60)
    for number in range(3):
        writer.write(str(number))
    assert writer.flush()
    assert writes == [b"0\n1\n2\n"]


def test_many_bytes_do_not_wait_for_more(pipe):
    reader, fd = pipe
    writer = LineWriter(fd, delay=60)
    writer.write("a")
    writer.write("b" * 65536)
    assert os.read(reader, 2) == b"a\n"


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_a_full_disk_costs_lines_and_nothing_else():
    told = Told()
    fd = os.open(FULL, os.O_WRONLY)
    writer = LineWriter(fd, told)
    for _ in range(3):
        writer.write("x")
    assert writer.flush()
    assert told[0] == (0, "No space left on device")
    assert writer.losses.total == 3
    os.close(fd)


def test_a_closed_pipe_costs_lines_and_nothing_else(pipe):
    reader, fd = pipe
    os.close(reader)
    told = Told()
    writer = LineWriter(fd, told)
    writer.write("x")
    assert writer.flush()
    writer.write("y")
    assert writer.flush()
    assert told == [(0, "Broken pipe")]
    writer.close()
    assert told == [(0, "Broken pipe"), (2, "Broken pipe")]


def test_a_reader_that_stops_costs_lines_beyond_the_limit_and_is_told_how_many(pipe):
    reader, fd = pipe
    told = Told()
    writer = LineWriter(fd, told, limit=200_000)
    for _ in range(500):
        writer.write("x" * 999)
    lost = writer.losses.total
    assert 250 < lost < 400
    assert told == [(0, "nobody reads them")]
    assert not writer.flush(timeout=0.01)
    received = 0
    while received < (500 - lost) * 1000:
        received += len(os.read(reader, 65536))
    told.wait_for(2)
    assert told[1] == (lost, "nobody reads them")
    assert received == (500 - lost) * 1000


def test_a_descriptor_that_does_not_block_loses_nothing(pipe):
    reader, fd = pipe
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
    writer = LineWriter(fd, delay=0)
    for _ in range(300):
        writer.write("x" * 999)
    received = 0
    while received < 300_000:
        received += len(os.read(reader, 65536))
    assert writer.flush()
    assert writer.losses.total == 0


def test_a_line_that_was_cut_spoils_no_other(monkeypatch):
    out = []

    def write(_fd, data):
        if len(out) == 1:
            out.append(b"")
            raise OSError(errno.ENOSPC, "No space left on device")
        part = bytes(data[:7]) if not out else bytes(data)
        out.append(part)
        return len(part)

    monkeypatch.setattr(os, "write", write)
    writer = LineWriter(99, delay=60)
    for line in ["first", "second", "third"]:
        writer.write(line)
    assert writer.flush()
    writer.write("fourth")
    assert writer.flush()
    assert b"".join(out) == b"first\ns\nfourth\n"
    assert writer.losses.total == 2


def test_a_line_after_close_still_comes_out(pipe):
    reader, fd = pipe
    writer = LineWriter(fd, delay=0)
    writer.close()
    writer.write("late")
    assert os.read(reader, 100) == b"late\n"


def test_reopen_follows_a_rotation(tmp_path):
    path = tmp_path / "access.log"
    writer = LineWriter(str(path))
    writer.write("old")
    assert writer.flush()
    path.rename(tmp_path / "access.log.1")
    writer.reopen()
    writer.write("new")
    assert writer.flush()
    assert (tmp_path / "access.log.1").read_text() == "old\n"
    assert path.read_text() == "new\n"


def test_reopen_leaves_stdout_alone(pipe):
    reader, fd = pipe
    writer = LineWriter(fd)
    writer.reopen()
    writer.write("x")
    assert writer.flush()
    assert os.read(reader, 10) == b"x\n"


def run(code, **streams):
    return subprocess.run([sys.executable, "-c", code], check=False, timeout=30, **streams)


def test_lines_written_before_the_interpreter_leaves_come_out():
    code = "from affinity_gw.control.lines import LineWriter; LineWriter(1, delay=60).write('last words')"
    done = run(code, capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"last words\n", b"")


def test_a_reader_that_has_stopped_does_not_keep_the_interpreter_alive():
    reader, fd = os.pipe()
    code = (
        "from affinity_gw.control.lines import LineWriter; w = LineWriter(1)\n"
        "for _ in range(200): w.write('x' * 1000)\n"
        "w.close(timeout=0.05)"
    )
    assert run(code, stdout=fd, stderr=subprocess.PIPE).returncode == 0
    os.close(reader)
    os.close(fd)
