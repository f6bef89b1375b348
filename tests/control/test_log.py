"""The gateway's own log."""

import json
import logging

import pytest
import structlog

from affinity_gw.control import log
from affinity_gw.routing.snapshot import Global


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def configured(tmp_path):
    """Configure, do something, and have the lines that came out."""

    def lines(say, is_terminal=False, **general):
        path = tmp_path / "log"
        writer = log.LineWriter(str(path))
        log.configure(Global(**general), writer, is_terminal=is_terminal)
        say()
        assert writer.flush()
        return path.read_text(encoding="utf-8").splitlines()

    return lines


def test_elsewhere_than_on_a_terminal_it_is_json(configured):
    [line] = configured(lambda: structlog.get_logger().warning("it rains", server="wt1", count=3))
    event = json.loads(line)
    assert event.pop("ts").endswith("Z")
    assert event == {"event": "it rains", "level": "warning", "server": "wt1", "count": 3}


def test_on_a_terminal_it_is_coloured_and_for_people(configured, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    [line] = configured(lambda: structlog.get_logger().info("it rains", server="wt1"), is_terminal=True)
    assert "\x1b[" in line
    assert "it rains" in line


@pytest.mark.parametrize("form", ["console", "httplog"])
def test_text_for_a_file_has_no_colours(configured, form):
    [line] = configured(lambda: structlog.get_logger().info("it rains", server="wt1"), log_format=form)
    assert "\x1b" not in line
    assert line.split()[1:] == ["[info", "]", "it", "rains", "server=wt1"]


@pytest.mark.parametrize(("level", "said"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_the_least_that_is_said(configured, level, said):
    def say():
        for method in ("debug", "info", "warning", "error"):
            getattr(structlog.get_logger(), method)(method)

    assert len(configured(say, log_level=level)) == said


@pytest.mark.parametrize("form", ["console", "json", "httplog"])
def test_nothing_that_a_stranger_said_begins_a_line_or_moves_a_cursor(configured, form):
    said = "a\nb\x1b[2J\udcff"
    [line] = configured(lambda: structlog.get_logger().info(said, text=said), log_format=form)
    assert line.isprintable()


def test_a_traceback_is_part_of_its_event(configured):
    def say():
        try:
            raise ValueError("wrong")
        except ValueError:
            structlog.get_logger().exception("it went wrong")

    [line] = configured(say)
    assert "ValueError: wrong" in json.loads(line)["exception"]


def test_the_standard_librarys_warnings_join_in(configured):
    def say():
        logging.getLogger("asyncio").info("not this")
        logging.getLogger("asyncio").warning("slow: %s", "a callback")
        logging.getLogger("broken").warning("%d", "no number")

    first, second = map(json.loads, configured(say))
    assert (first["event"], first["logger"], first["level"]) == ("slow: a callback", "asyncio", "warning")
    assert second["event"].startswith("%d (TypeError")


def test_losses_are_said_by_number_and_reason(configured):
    def say():
        tell = log.losses_to_log("access log")
        tell(0, "No space left on device")
        tell(1234, "No space left on device")

    assert [json.loads(line)["event"] for line in configured(say)] == [
        "access log lines are being lost: No space left on device",
        "1234 access log lines were lost: No space left on device",
    ]
