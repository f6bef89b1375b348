"""Connections that cannot be made: how often, where and when they are tried again. Times are compared roughly."""

from __future__ import annotations

from typing import Any

from tests.differential.conftest import Same, cases
from tests.differential.requests import get, post
from tests.differential.scenario import DEFAULTS, Scenario
from tests.differential.steps import Ask, Step
from tests.differential.waits import Refuse


def retried(name: str, *steps: Step | bytes, options: str = "", back: str = "", **more: Any) -> Scenario:
    config = f"""{DEFAULTS}
    option http-server-close
    {options}
frontend web
    bind {{bind.web}}
    default_backend app
backend app
    {back or "balance roundrobin"}
    server a {{server.a}} cookie s1
    server b {{server.b}} cookie s2
    server c {{server.c}} cookie s3
"""
    script = tuple(Ask(step, timed=True) if isinstance(step, bytes) else step for step in steps)
    return Scenario(name, config, script, **more)


SCENARIOS = [
    retried("redispatch-at-once", get(), get(), get(), options="option redispatch", down=("a",)),
    retried("redispatch-to-the-last-one", get(), options="option redispatch\n    retries 3", down=("a", "b")),
    retried("post-too", post(), options="option redispatch", down=("a",)),
    retried("no-redispatch-same-server", get(), get(), options="retries 1", down=("a",)),
    retried("no-retries", get(), get(), options="retries 0", down=("a",)),
    retried(
        "short-connect-timeout-shortens-the-pause", get(), options="retries 2\n    timeout connect 200ms", down=("a",)
    ),
    retried(
        "cookie-to-a-dead-server",
        get("/", "Cookie: S=s1"),
        options="option redispatch\n    retries 2\n    timeout connect 300ms",
        back="cookie S insert indirect",
        down=("a",),
    ),
    retried(
        "hash-stays-until-the-last",
        get("/"),
        get("/1"),
        get("/2"),
        options="option redispatch\n    retries 2\n    timeout connect 200ms",
        back="balance uri",
        down=("a",),
    ),
    retried(
        "every-time",
        get("/", "Cookie: S=s1"),
        options="option redispatch 1\n    retries 2\n    timeout connect 200ms",
        back="cookie S insert indirect",
        down=("a",),
    ),
    retried("dies-later", get(), Refuse("b"), get(), get(), get(), options="option redispatch"),
    retried(
        "all-dead", get(), options="option redispatch\n    retries 2\n    timeout connect 200ms", down=("a", "b", "c")
    ),
]


@cases(SCENARIOS)
async def test_a_connection_that_cannot_be_made(same: Same, scenario: Scenario):
    await same(scenario)
