"""What the kernel says that processes used: CPU time and memory of a process and all its descendants (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class CpuTime:
    """Seconds in the program and in the kernel on its behalf. Loopback traffic is the sender's system time."""

    user: float = 0.0
    system: float = 0.0

    @property
    def total(self) -> float:
        return self.user + self.system

    def __add__(self, other: CpuTime) -> CpuTime:
        return CpuTime(self.user + other.user, self.system + other.system)

    def __sub__(self, other: CpuTime) -> CpuTime:
        return CpuTime(self.user - other.user, self.system - other.system)


def parse_stat(text: str, ticks: int) -> tuple[int, CpuTime]:
    """The parent's id and the CPU time from ``/proc/PID/stat`` (proc(5)); a program's name may hold anything."""
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), CpuTime(int(fields[11]) / ticks, int(fields[12]) / ticks)


def parse_pss(text: str) -> int:
    """KB of proportional set size from ``/proc/PID/smaps_rollup``."""
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise ValueError("smaps_rollup without a Pss line")


def parse_core(text: str, core: int, ticks: int) -> float:
    """Seconds for which a core has been busy, from ``/proc/stat``: all but idle, waiting for disks, and guests'."""
    for line in text.splitlines():
        name, *values = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, values[:8])
            return (user + nice + system + irq + softirq + steal) / ticks
    raise ValueError(f"/proc/stat without a line for core {core}")


def descendants(root: int, parents: Iterable[tuple[int, int]]) -> set[int]:
    """``root`` and everything below it, from pairs of process and parent."""
    children: dict[int, list[int]] = {}
    for pid, parent in parents:
        children.setdefault(parent, []).append(pid)
    found, new = {root}, [root]
    while new:
        new = [child for pid in new for child in children.get(pid, ())]
        found.update(new)
    return found


def processes(root: int) -> dict[int, CpuTime]:
    """CPU time so far of ``root`` and its descendants, by process."""
    ticks = os.sysconf("SC_CLK_TCK")
    seen: dict[int, tuple[int, CpuTime]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        try:
            seen[int(path.parent.name)] = parse_stat(path.read_text(errors="replace"), ticks)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    tree = descendants(root, ((pid, parent) for pid, (parent, _) in seen.items()))
    return {pid: seen[pid][1] for pid in tree if pid in seen}


def cpu_time(root: int) -> CpuTime:
    return sum(processes(root).values(), CpuTime())


def core_busy(core: int) -> float:
    return parse_core((PROC / "stat").read_text(), core, os.sysconf("SC_CLK_TCK"))


def memory_kb(root: int) -> int:
    return sum(parse_pss((PROC / str(pid) / "smaps_rollup").read_text()) for pid in processes(root))
