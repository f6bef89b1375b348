"""What most scenarios have: one frontend, one backend, one server, and lines of the scenario's own."""

from __future__ import annotations

from typing import Any

from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask, Step


def one_backend(name: str, *steps: Step | bytes, front: str = "", back: str = "", **more: Any) -> Scenario:
    config = f"""{DEFAULTS}
frontend web
    bind {{bind.web}}
    {front}
    default_backend app
backend app
    {back}
    server a {{server.a}}
"""
    script = tuple(Ask(step) if isinstance(step, bytes) else step for step in steps)
    return Scenario(name, config, script, **more)
