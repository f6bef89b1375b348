"""Every scene is played twice: with whole messages, and with one byte at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from affinity_gw.routing.rules import Deny, Redirect, Rule
from tests.proxy.stage import Client, Clock, Stage


@pytest.fixture
def clock() -> Iterator[Clock]:
    """An event loop whose time the test sets."""
    clock = Clock()
    yield clock
    clock.settle()
    clock.close()


@pytest.fixture(params=[0, 1], ids=["whole", "byte by byte"])
def open_stage(request: pytest.FixtureRequest) -> Iterator[Callable[..., Stage]]:
    """Stages with options of the test's choice; at the end each is searched for what was left behind."""
    stages: list[Stage] = []

    def open_stage(*servers: dict[str, Any], **options: Any) -> Stage:
        stages.append(Stage(*servers, cut=request.param, **options))
        return stages[-1]

    yield open_stage
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(open_stage: Callable[..., Stage]) -> Stage:
    """HAProxy's usual one: server-close, one server."""
    return open_stage()


@pytest.fixture
def client(stage: Stage) -> Client:
    return stage.client()


@pytest.fixture
def denying(open_stage: Callable[..., Stage]) -> Callable[..., Stage]:
    """A stage whose frontend denies everything with a status."""

    def denying(status: int, **frontend: Any) -> Stage:
        return open_stage(frontend={"rules": (Rule(None, Deny(status)),)} | frontend)

    return denying


@pytest.fixture
def redirecting(open_stage: Callable[..., Stage]) -> Callable[..., Stage]:
    """A stage whose frontend redirects everything."""

    def redirecting(location: str, code: int) -> Stage:
        return open_stage(frontend={"rules": (Rule(None, Redirect(location, code)),)})

    return redirecting
