"""Play a scenario on both sides at once, and say where they differ."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from tests.differential.differences import level, levels
from tests.differential.proxies import HAProxy, Ours, Proxy
from tests.differential.scenario import Apart, Level, Scenario
from tests.differential.seen import Seen, Value, side_by_side
from tests.differential.stage import Stage

SHORTEST, LONGEST = 0.01, 1.5
"""Seconds that connections get to end after the script: at least, and at most while both sides still differ."""

NOTHING = "(nothing)"


async def play(
    scenario: Scenario,
    directory: Path,
    table: Sequence[Level] | None = None,
    sides: tuple[Proxy, Proxy] | None = None,
    patience: float = LONGEST,
) -> list[str]:
    """What differed, a paragraph each, for people. ``table``: the differences that do not count."""
    table = levels() if table is None else table
    async with AsyncExitStack() as stack:
        theirs, ours = [
            await stack.enter_async_context(_stage(scenario, proxy, directory))
            for proxy in sides or (HAProxy(), Ours())
        ]
        await asyncio.gather(theirs.play(), ours.play())
        found = await _outcome(scenario, theirs, ours, table, patience)
        for server in (*theirs.servers.values(), *ours.servers.values()):
            found += [f"  server {server.name} failed: {error!r}" for error in server.failures()]
    return found


def _stage(scenario: Scenario, proxy: Proxy, directory: Path) -> Stage:
    own = directory / proxy.name
    own.mkdir()
    return Stage(scenario, proxy, own)


async def _outcome(
    scenario: Scenario, theirs: Stage, ours: Stage, table: Sequence[Level], patience: float
) -> list[str]:
    apart = scenario.apart
    if apart is None:
        return await _settled(theirs, ours, table, patience)
    if apart.level is None:
        await asyncio.sleep(SHORTEST)
        return _statuses(apart, theirs, ours, table)
    if found := await _settled(theirs, ours, (*table, apart.level), patience):
        return found
    return [] if differing(theirs.everything(), ours.everything(), table) else [VANISHED.format(apart.row)]


VANISHED = "  nothing differs any more in {!r}: strike it"


def _statuses(apart: Apart, theirs: Stage, ours: Stage, table: Sequence[Level]) -> list[str]:
    """Answers that have nothing in common but that both were written down beforehand."""
    said, wanted = (theirs.statuses(), ours.statuses()), (apart.theirs, apart.here)
    if said != wanted:
        return [f"  {apart.row}: HAProxy and the gateway were to answer {wanted}, and answered {said}"]
    return [] if differing(theirs.everything(), ours.everything(), table) else [VANISHED.format(apart.row)]


async def _settled(theirs: Stage, ours: Stage, table: Sequence[Level], patience: float) -> list[str]:
    """What differs once both have come to rest: a busy machine is given time, a difference is not given any."""
    if theirs.scenario.answers_only:
        return differing(theirs.seen, ours.seen, table)
    loop = asyncio.get_running_loop()
    reading = [asyncio.create_task(each.read_on()) for each in (theirs, ours)]
    end = loop.time() + patience
    await asyncio.sleep(SHORTEST)
    while (found := differing(theirs.everything(), ours.everything(), table)) and loop.time() < end:  # noqa: ASYNC110
        await asyncio.sleep(SHORTEST)  # what other processes do has no event here
    for task in reading:
        task.cancel()
    await asyncio.wait(reading)
    return found


def differing(theirs: list[Seen], ours: list[Seen], table: Sequence[Level]) -> list[str]:
    """The places where they differ, in the order of the script."""
    left, right = {each.where: each.value for each in theirs}, {each.where: each.value for each in ours}
    return list(_differing(left, right, table))


def _differing(left: dict[str, Value], right: dict[str, Value], table: Sequence[Level]) -> Iterator[str]:
    for where in dict.fromkeys((*left, *right)):
        one, two = level(where, left.get(where, NOTHING), right.get(where, NOTHING), table)
        if one != two:
            yield side_by_side(where, one, two)
