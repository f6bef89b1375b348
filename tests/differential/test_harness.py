"""The comparison itself: HAProxy is equal to itself, and what differs is found and can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential import compare
from tests.differential.differences import levels
from tests.differential.messages import Message
from tests.differential.proxies import HAPROXY, HAProxy
from tests.differential.requests import chunked, get
from tests.differential.scenario import ONE_SERVER, Scenario
from tests.differential.seen import Seconds, Seen, side_by_side
from tests.differential.steps import Ask, Leave

needs_haproxy = pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed: apt-get install haproxy")
TALK = (Ask(get("/1")), Ask(chunked(target="/2")), Ask(get("/", "Connection: close"), on="2"), Leave("reset"))


@needs_haproxy
async def test_haproxy_is_equal_to_itself(tmp_path: Path):
    (tmp_path / "HAProxy").mkdir()
    sides = (HAProxy(), HAProxy("HAProxy-again"))
    assert await compare.play(Scenario("itself", ONE_SERVER, TALK), tmp_path / "HAProxy", [], sides) == []


@needs_haproxy
async def test_a_configuration_that_haproxy_refuses_fails_with_what_it_says(tmp_path: Path):
    broken = Scenario("broken", ONE_SERVER.replace("default_backend app", "default_backend none"), (Ask(get()),))
    with pytest.raises(AssertionError, match="unable to find required default_backend"):
        await compare.play(broken, tmp_path, [], (HAProxy(), HAProxy("HAProxy-again")))


def answer(*fields: tuple[str, str], status: int = 200, body: bytes = b"") -> Message:
    return Message(f"HTTP/1.1 {status} OK", fields, body, "length")


ONE = answer(("a", "1"), ("b", "2"), ("x-server", "a"))
DIFFERENT = {
    "status": answer(*ONE.fields, status=201),
    "field": answer(("a", "1"), ("b", "3"), ("x-server", "a")),
    "field-missing": answer(("a", "1"), ("x-server", "a")),
    "order": answer(("b", "2"), ("a", "1"), ("x-server", "a")),
    "body": answer(*ONE.fields, body=b"x"),
    "server": answer(("a", "1"), ("b", "2"), ("x-server", "b")),
    "nothing": "none: closed after b''",
}


@pytest.mark.parametrize("other", DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_is_found(other: Message | str):
    found = compare.differing([Seen("step 1", ONE)], [Seen("step 1", other)], levels())
    assert len(found) == 1
    assert "step 1" in found[0]


def test_equal_things_are_equal():
    assert compare.differing([Seen("step 1", ONE)], [Seen("step 1", answer(*ONE.fields))], levels()) == []


@pytest.mark.parametrize(("one", "two", "equal"), [(1.0, 1.3, True), (1.0, 0.1, False), (0.0, 1.0, False)])
def test_times_are_compared_roughly(one: float, two: float, equal: bool):
    assert (Seconds(one) == Seconds(two)) is equal


def test_unequal_lines_are_marked_side_by_side():
    text = side_by_side("step 1", ONE, DIFFERENT["field"])
    marked = [line.split() for line in text.splitlines() if line.strip().startswith("!")]
    assert marked == [["!", "b:", "2", "|", "b:", "3"]]
