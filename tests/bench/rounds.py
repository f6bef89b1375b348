"""The interleaving: every round measures every peer at every workload, the order of the peers turning."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import accounting, load, processes, tunnels
from tests.bench.correctness import check
from tests.bench.peers import Peer, configured
from tests.bench.processes import backends, running, wait_for
from tests.bench.workloads import Workload

WARM_UP = 1.0
"""Seconds of load before the first figure: pools are filled, code is in the caches."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """``value`` is in the workload's unit. The rest is None where the workload has no requests: microseconds of a
    request's ``value`` in the kernel, requests a second, how busy the proxy was (1.0: a core), how busy others kept its
    core, the median latency."""

    workload: str
    peer: str
    round: int
    value: float
    system: float | None = None
    per_second: float | None = None
    busy: float | None = None
    others: float | None = None
    p50_us: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A peer that listens: its ``port``, and the process ``pid`` at the head of its processes."""

    peer: Peer
    workload: Workload
    port: int
    pid: int


Progress = Callable[[str], None]


@contextmanager
def standing(peer: Peer, workload: Workload) -> Iterator[Standing]:
    """``peer`` with backends of its own, started and found to answer rightly."""
    proxy_core, load_core = processes.cores()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        log = directory / "log"
        first, second = stack.enter_context(backends(("wt1", "wt2"), load_core, log))
        port = processes.free_port()
        values = {"port": port, "backend1": first, "backend2": second, "connection": workload.connection}
        command = configured(peer, {name: str(value) for name, value in values.items()}, directory)
        process = stack.enter_context(running(command, proxy_core, log))
        wait_for(port, process, log)
        check(peer, workload, port)
        yield Standing(peer, workload, port, process.pid)


def measure_requests(site: Standing, seconds: float, number: int) -> Measurement:
    proxy_core, load_core = processes.cores()
    core_before = 0.0 if proxy_core is None else accounting.core_busy(proxy_core)
    before = accounting.cpu_time(site.pid)
    seen = load.run(site.port, site.workload.count, seconds, load_core, fresh=site.workload.fresh)
    used = accounting.cpu_time(site.pid) - before
    core_used = used.total if proxy_core is None else accounting.core_busy(proxy_core) - core_before
    return Measurement(
        site.workload.name,
        site.peer.name,
        number,
        value=used.total / seen.requests * 1e6,
        system=used.system / seen.requests * 1e6,
        per_second=seen.per_second,
        busy=used.total / seen.seconds,
        others=max(0.0, core_used - used.total) / seen.seconds,
        p50_us=seen.p50_us,
    )


async def measure_tunnels(site: Standing, number: int) -> Measurement:
    """Growth of a fresh process: what the tunnels of an earlier round left behind would be used again."""
    before = accounting.memory_kb(site.pid)
    async with tunnels.held(site.port, site.workload.count):
        grown = accounting.memory_kb(site.pid) - before
    return Measurement(site.workload.name, site.peer.name, number, value=grown / site.workload.count)


def interleaved(
    workloads: Sequence[Workload], peers: Sequence[Peer], rounds: int, seconds: float, progress: Progress
) -> Iterator[Measurement]:
    with ExitStack() as stack:
        sites: dict[tuple[str, str], Standing] = {}
        for workload, peer in pairs(workloads, peers):
            if workload.kind == "requests":
                progress(f"starting {peer.title} for {workload.title}")
                site = sites[workload.name, peer.name] = stack.enter_context(standing(peer, workload))
                load.run(site.port, workload.count, WARM_UP, processes.cores()[1], fresh=workload.fresh)
        for number in range(rounds):
            turn = number % len(peers)
            for workload, peer in pairs(workloads, [*peers[turn:], *peers[:turn]]):
                progress(f"round {number + 1} of {rounds}: {workload.title}: {peer.title}")
                known = sites.get((workload.name, peer.name))
                yield measure_requests(known, seconds, number) if known else fresh_tunnels(peer, workload, number)


def fresh_tunnels(peer: Peer, workload: Workload, number: int) -> Measurement:
    with standing(peer, workload) as site:
        return asyncio.run(measure_tunnels(site, number))


def pairs(workloads: Sequence[Workload], peers: Sequence[Peer]) -> Iterator[tuple[Workload, Peer]]:
    return ((workload, peer) for workload in workloads for peer in peers if workload.kind in peer.kinds)
