"""The example's page in four browser contexts, through the gateway: every session stays, and dies alone."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import tomllib
from pathlib import Path

import pytest

from affinity_gw import Gateway
from affinity_gw.config.load import load_mapping

FOLDER = Path(__file__).parents[2] / "examples" / "wt"

if not importlib.util.find_spec("selenium"):
    pytest.skip("selenium is not installed", allow_module_level=True)

from tests.browser.windows import Window, browser, missing  # noqa: E402 (it needs selenium)

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
async def url(request):
    """The example as it is, at a free port; a test may add to its frontend by a parameter."""
    data = tomllib.loads((FOLDER / "cfg.toml").read_text())
    data["frontend"]["wt"] |= {"bind": "127.0.0.1:0", **getattr(request, "param", {})}
    async with Gateway(load_mapping(data, directory=FOLDER)) as gateway:
        yield f"http://{gateway.addresses['wt'][0]}/"


def is_open(window: Window) -> bool:
    return window.state() == "open"


def count(window: Window, clicks: int) -> None:
    """Click, and see the counter arrive where the clicks lead."""
    expected = str(int(window.text("counter")) + clicks)
    for _ in range(clicks):
        window.click("count")
    window.until(lambda page: page.text("counter") == expected, f"the counter to become {expected}")


def facts(window: Window) -> tuple[str, str, str, float]:
    """What must not change while a session lives."""
    return (window.text("session"), window.text("process"), window.text("counter"), window.loaded_at())


def sessions_stay(windows: list[Window]) -> None:
    for window in windows:
        window.until(is_open, "a WebSocket")
    before = [facts(window)[:2] for window in windows]
    for clicks, window in enumerate(windows, start=1):
        count(window, clicks)
    assert [facts(window)[:2] for window in windows] == before
    assert [window.text("counter") for window in windows] == ["1", "2", "3", "4"]
    assert len({session for session, _ in before}) == 4
    assert {window.text("instance") for window in windows} == {"wt1", "wt2"}


def only_its_sessions_start_anew(windows: list[Window]) -> None:
    """Kill the first window's instance and look at everybody."""
    victim = windows[0].text("process")
    before = {window: facts(window) for window in windows}
    clocks = {window: window.text("clock") for window in windows}
    os.kill(int(victim), signal.SIGKILL)
    lost = [window for window in windows if before[window][1] == victim]
    kept = [window for window in windows if window not in lost]
    assert len(lost) == len(kept) == 2
    for window in lost:
        starts_anew(window, *before[window][:2])
    for window in kept:
        window.until(lambda page: page.text("clock") != clocks[page], "the server's clock to tick")
        assert facts(window) == before[window]
        assert is_open(window)
    for window in windows:
        count(window, 1)


def starts_anew(window: Window, session: str, process: str) -> None:
    window.until(lambda page: page.text("session") != session, "a new session")
    window.until(is_open, "a WebSocket for the new session")
    assert window.text("process") != process
    assert window.text("counter") == "0"
    assert session in window.text("anew")


def scenario(url: str, profile: Path) -> None:
    with browser(profile) as driver:
        windows = [Window(driver, url) for _ in range(4)]
        sessions_stay(windows)
        only_its_sessions_start_anew(windows)


async def test_sessions_stay_on_their_instances_and_a_killed_one_takes_only_its_own_along(url, tmp_path):
    await asyncio.to_thread(scenario, url, tmp_path)


NO_WEBSOCKETS = {"rule": [{"when": "{ url_sub request=ws }", "deny": 403}]}


@pytest.mark.parametrize("url", [NO_WEBSOCKETS], indirect=True, ids=["WebSockets are denied"])
async def test_without_websockets_the_page_counts_by_post(url, tmp_path):
    def scenario() -> None:
        with browser(tmp_path) as driver:
            windows = [Window(driver, url) for _ in range(2)]
            for window in windows:
                window.until(lambda page: page.state() == "down", "the page to give up its WebSocket")
            for clicks, window in enumerate(windows, start=2):
                count(window, clicks)
            assert [window.text("counter") for window in windows] == ["2", "3"]
            assert {window.text("instance") for window in windows} == {"wt1", "wt2"}

    await asyncio.to_thread(scenario)
