"""wrk: started on the load's core, its summary read from the line that ``wtd.lua`` prints."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.peers import program
from tests.bench.processes import BenchError, pinned

SCRIPT = Path(__file__).parent / "wtd.lua"
MARK = "summary "


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw. ``failed``: connections refused or broken, timeouts, and answers that are not 2xx or 3xx."""

    requests: int
    seconds: float
    failed: int
    p50_us: int
    p99_us: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def parse(output: str) -> Load:
    for line in output.splitlines():
        if line.startswith(MARK):
            return Load(**json.loads(line.removeprefix(MARK)))
    raise BenchError(f"wrk gave no summary: {output[-1000:]}")


def run(port: int, connections: int, seconds: float, core: int | None, *, fresh: bool = False) -> Load:
    """One run of two threads, one for each server's sessions. Raises BenchError where any request failed."""
    options = ("-t2", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT))
    command = pinned(
        (program("wrk") or "wrk", *options, f"http://127.0.0.1:{port}", "--", *(["fresh"] if fresh else [])), core
    )
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    load = parse(done.stdout)
    if load.failed or not load.requests:
        raise BenchError(f"{load.failed} of {load.requests} requests failed")
    return load
