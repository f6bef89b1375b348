"""Processes that stand on one core, log to a file, and end with the benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 15.0
"""Seconds until a process must listen."""


class BenchError(Exception):
    """The benchmark cannot go on, or a figure cannot be believed; the message says why."""


def cores() -> tuple[int | None, int | None]:
    """The proxy's core and the load's; None for both where there is only one, and nothing is pinned."""
    available = sorted(os.sched_getaffinity(0))
    return (available[-1], available[0]) if len(available) > 1 else (None, None)


def pinned(command: Sequence[str], core: int | None) -> list[str]:
    return list(command) if core is None else ["taskset", "--cpu-list", str(core), *command]


@contextmanager
def running(
    command: Sequence[str], core: int | None, log: Path, *, talk: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """What it prints goes to ``log``; with ``talk``, its stdout can be read."""
    with log.open("ab") as output:
        stdout = subprocess.PIPE if talk else output
        process = subprocess.Popen(
            pinned(command, core), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stdout, stderr=output
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until something accepts on ``port``."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    told = log.read_text(errors="replace")[-1000:]
    raise BenchError(f"{' '.join(map(str, process.args))}: does not listen on port {port}: {told}")  # type: ignore[arg-type]  # a list of str


@contextmanager
def backends(names: Sequence[str], core: int | None, log: Path) -> Iterator[list[int]]:
    """Backends of those names; yields their ports."""
    command = [sys.executable, "-m", "tests.bench.backends", *names]
    with running(command, core, log, talk=True) as process:
        if process.stdout is None or not (ports := process.stdout.readline().split()):
            raise BenchError(f"the backends did not start: {log.read_text(errors='replace')[-1000:]}")
        yield [int(port) for port in ports]
