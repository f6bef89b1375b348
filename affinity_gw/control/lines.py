"""Lines on their way out of the process: cheap to hand over, written by a thread, lost rather than waited for.

A log that blocks is an outage: stdout is a pipe whose reader has stopped, stderr a file on a full disk. So ``write``
appends to a list and returns. A daemon thread wakes at the first line, lets more gather for ``DELAY``, and writes them
with one system call. Bytes that wait are bounded by ``LIMIT``; lines beyond it, and lines that the kernel refuses, are
counted, and ``on_loss`` is told when a loss begins and, with the number, when it is over. The thread needs no event
loop, so lines that are written before one runs, by another thread, or while the interpreter leaves come out as well.
"""

from __future__ import annotations

import atexit
import os
import select
import threading
from collections.abc import Callable

DELAY = 0.05
"""Seconds during which lines gather: 20 writes a second, however many lines."""
BIG = 1 << 16
"""Bytes at which the thread stops waiting for more: the size of a pipe on Linux."""
LIMIT = 4 << 20
"""Bytes that may wait: about 10,000 access log lines."""

OnLoss = Callable[[int, str], None]
"""Told how many lines were lost, and why; 0 when a loss begins, its size being unknown yet. Any thread may call it."""


class Losses:
    """What could not be written since it was last told. ``told`` goes with a loss that has begun and is not over."""

    __slots__ = ("_lock", "count", "on_loss", "reason", "told", "total")

    def __init__(self, on_loss: OnLoss | None) -> None:
        self.on_loss = on_loss
        self.count = self.total = 0
        self.reason = ""
        self.told = False
        self._lock = threading.Lock()

    def add(self, lines: int, reason: str) -> None:
        with self._lock:
            self.count += lines
            self.total += lines
            self.reason = reason
            begins, self.told = not self.told, True
        # Told without the lock: who is told may write to the same writer, and lose that line too.
        if begins and self.on_loss is not None:
            self.on_loss(0, reason)

    def over(self) -> None:
        with self._lock:
            count, self.count, self.told = self.count, 0, False
        if count and self.on_loss is not None:
            self.on_loss(count, self.reason)


class LineWriter:
    """Writes lines to ``target``: a descriptor, or the path of a file that ``reopen`` opens again."""

    def __init__(
        self, target: int | str, on_loss: OnLoss | None = None, *, delay: float = DELAY, limit: int = LIMIT
    ) -> None:
        self.losses = Losses(on_loss)
        self._path = target if isinstance(target, str) else ""
        self._fd = target if isinstance(target, int) else _open(target)
        self._delay, self._limit = delay, limit
        self._lines: list[bytes] = []
        self._waiting = 0  # bytes handed over and not written yet, those in the thread's hands included
        self._hurry = False
        self._torn = False
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._written = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        atexit.register(self.close)
        # Now, not with the first line: that may come between uvloop's preparation for a fork and the fork (a process
        # that cannot be spawned is logged there), when CPython lets no new thread begin and the start would never end.
        self._start()

    def __repr__(self) -> str:
        return f"<LineWriter {self._path or self._fd}: {self._waiting} bytes waiting, {self.losses.total} lines lost>"

    def write(self, line: str | bytes) -> None:
        """One line, without its end. Never waits and never raises."""
        data = line.encode("utf-8", "backslashreplace") if isinstance(line, str) else line
        if self._waiting + len(data) >= self._limit:
            self.losses.add(1, "nobody reads them")
            return
        with self._lock:
            self._waiting += len(data) + 1
            self._lines.append(data)
            if len(self._lines) == 1 or self._waiting >= BIG:
                self._arrived.notify()
        if self._thread is None:
            self._start()

    def flush(self, timeout: float = 1.0) -> bool:
        """Wait until everything written so far is out, or the time is over; True when it is out."""
        with self._lock:
            self._hurry = True
            self._arrived.notify()
            done = self._written.wait_for(lambda: not self._waiting, timeout)
            self._hurry = False
        return done

    def close(self, timeout: float = 1.0) -> None:
        """Flush, within the time. There is no closed state: a line that is written later still comes out."""
        self.losses.over()
        self.flush(timeout)
        atexit.unregister(self.close)

    def reopen(self) -> None:
        """Open the file anew, after a log rotation has renamed it. stdout and stderr have nothing to open."""
        if not self._path:
            return
        self.flush()
        fresh = _open(self._path)
        # The number stays, so a write that is under way in the thread goes to the one file or the other.
        os.dup2(fresh, self._fd, inheritable=False)
        os.close(fresh)

    def _start(self) -> None:
        thread = threading.Thread(target=self._run, name="log lines", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the interpreter is leaving and starts no more threads
            self._write_batch()
        else:
            self._thread = thread

    def _run(self) -> None:
        while True:
            with self._lock:
                self._arrived.wait_for(lambda: self._lines)
                self._arrived.wait_for(lambda: self._hurry or self._waiting >= BIG, self._delay)
            self._write_batch()

    def _write_batch(self) -> None:
        with self._lock:
            batch, self._lines = self._lines, []
        # A line that was cut in the middle is ended first, so that it spoils no other.
        data = b"\n" * self._torn + b"\n".join([*batch, b""])
        failure, rest = self._send(data)
        self._torn = failure != "" and data[: len(data) - rest][-1:] not in {b"", b"\n"}
        if failure:
            self.losses.add(data[len(data) - rest :].count(b"\n"), failure)
        else:
            self.losses.over()
        with self._lock:
            self._waiting -= sum(map(len, batch)) + len(batch)
            self._written.notify_all()

    def _send(self, data: bytes) -> tuple[str, int]:
        """Everything, or why not and how many bytes are left. A descriptor that does not block is waited for here."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._fd, view) :]
            except BlockingIOError:
                select.select((), (self._fd,), (), 1.0)
            except OSError as error:
                return error.strerror or str(error), len(view)
        return "", 0


def _open(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
