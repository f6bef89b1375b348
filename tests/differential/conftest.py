"""The real HAProxy stands beside the gateway: same file, same script, same servers, same outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.differential import compare
from tests.differential.proxies import HAPROXY
from tests.differential.scenario import Scenario

Same = Callable[[Scenario], Awaitable[None]]


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """The loop that the gateway runs on where it can."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def same(tmp_path: Path) -> Same:
    """Plays a scenario on both sides and fails with all that differed, side by side."""
    if HAPROXY is None:
        pytest.skip("HAProxy is not installed: apt-get install haproxy")

    async def play(scenario: Scenario) -> None:
        complaints: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        found = await compare.play(scenario, tmp_path)
        found += [f"  a callback raised: {complaint}" for complaint in complaints]
        if found:
            head = f"{scenario.name}: HAProxy (left) and the gateway (right) differ"
            pytest.fail("\n".join([head, *found, "from", scenario.config]), pytrace=False)

    return play


def cases(scenarios: list[Scenario]) -> pytest.MarkDecorator:
    """A test for each; one that waits for a feature turns loud when it is there."""
    marks = [[pytest.mark.xfail(strict=True, reason=each.not_yet)] if each.not_yet else [] for each in scenarios]
    params = [pytest.param(each, id=each.name, marks=mark) for each, mark in zip(scenarios, marks, strict=True)]
    return pytest.mark.parametrize("scenario", params)
