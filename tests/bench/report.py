"""From measurements to figures: medians, ratios within a round, the goals; as a table and as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tests.bench.peers import REFERENCE, Peer, fill, program
from tests.bench.rounds import Measurement
from tests.bench.workloads import UNITS, Workload

JUDGED = "gateway"
"""The goals are this peer's."""


@dataclass(frozen=True, slots=True)
class Spread:
    least: float
    middle: float
    greatest: float


@dataclass(frozen=True, slots=True)
class Row:
    """One peer at one workload. ``ratio`` is None for the reference, and where it was not measured."""

    workload: Workload
    peer: str
    value: Spread
    ratio: Spread | None
    system: float | None
    per_second: float | None
    busy: float | None
    others: float | None
    reached: bool | None
    """Whether the goal was: None where the peer has none, or nothing can be said."""


def spread(values: Sequence[float]) -> Spread:
    return Spread(min(values), statistics.median(values), max(values))


def ratios(mine: Sequence[Measurement], theirs: Sequence[Measurement]) -> Spread | None:
    """Mine over theirs, each round by itself; both of one workload."""
    reference = {each.round: each.value for each in theirs}
    found = [each.value / reference[each.round] for each in mine if reference.get(each.round)]
    return spread(found) if found else None


def rows(workloads: Sequence[Workload], measurements: Sequence[Measurement]) -> list[Row]:
    table: list[Row] = []
    for workload in workloads:
        of_peer: dict[str, list[Measurement]] = {}
        for each in measurements:
            if each.workload == workload.name:
                of_peer.setdefault(each.peer, []).append(each)
        table += [_row(workload, peer, mine, of_peer.get(REFERENCE, [])) for peer, mine in of_peer.items()]
    return table


def _row(workload: Workload, peer: str, mine: Sequence[Measurement], reference: Sequence[Measurement]) -> Row:
    value = spread([each.value for each in mine])
    ratio = ratios(mine, reference) if peer != REFERENCE else None
    judged = (ratio if workload.relative else value) if peer == JUDGED else None
    return Row(
        workload,
        peer,
        value,
        ratio,
        _median([each.system for each in mine]),
        _median([each.per_second for each in mine]),
        _median([each.busy for each in mine]),
        _median([each.others for each in mine]),
        None if judged is None or workload.goal is None else judged.middle <= workload.goal,
    )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


SPREAD = ("median", "min", "max")
HEADINGS = ("workload", "peer", *SPREAD, "unit", "kernel", "req/s", "busy", "others", "ratio:", *SPREAD, "goal")
LEFT = 2
"""Columns of words, at the left; numbers stand at the right."""


def _cells(row: Row) -> tuple[str, ...]:
    unit = UNITS[row.workload.kind]
    ratio = (row.ratio.middle, row.ratio.least, row.ratio.greatest) if row.ratio else (None, None, None)
    return (
        row.workload.name,
        row.peer,
        *(f"{value:.1f}" for value in (row.value.middle, row.value.least, row.value.greatest)),
        unit,
        _number(row.system, ".1f"),
        _number(row.per_second, ",.0f"),
        _number(row.busy, ".0%"),
        _number(row.others, ".0%"),
        "",
        *(_number(value, ".2f") for value in ratio),
        _goal(row),
    )


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _goal(row: Row) -> str:
    if row.reached is None:
        return ""
    return f"{'≤' if row.reached else 'MISSED'} {row.workload.goal:g}{'x' if row.workload.relative else ''}"


def table(found: Sequence[Row]) -> str:
    lines = [HEADINGS, *map(_cells, found)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index < LEFT else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def versions(peers: Sequence[Peer]) -> dict[str, str]:
    """What was measured, and on what."""
    host = f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores"
    return {"host": host, "python": platform.python_version(), **{peer.name: _version(peer) for peer in peers}}


def _version(peer: Peer) -> str:
    command = fill(peer.version, {}) if peer.version else []
    if not command or program(command[0]) is None:
        return "unknown"
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    return next(iter((done.stdout + done.stderr).splitlines()), "unknown")


def document(measurements: Sequence[Measurement], found: Sequence[Row], facts: dict[str, str]) -> str:
    """Everything as JSON: facts, every measurement, and the rows of the table."""
    content = {
        "facts": facts,
        "measurements": [asdict(each) for each in measurements],
        "rows": [asdict(row) for row in found],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
