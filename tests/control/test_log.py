"""The gateway's own log."""

import json
import logging

import pytest
import structlog

from affinity_gw.control import log
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Global
from affinity_gw.routing.logs import LogTarget


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


class Collector(list):
    """A target that keeps what it is sent."""

    target = LogTarget(Address("127.0.0.1", 514))

    def send(self, level, message):
        self.append((level, message))


class TestTargets:
    @pytest.fixture
    def collector(self):
        return Collector()

    @pytest.fixture
    def stderr(self, tmp_path, collector):
        """What was said there, as a function; the gateway's own log goes to both."""
        path = tmp_path / "log"
        writer = log.LineWriter(str(path))
        log.configure(Global(log_level="warning"), writer, [collector], is_terminal=False)

        def lines():
            assert writer.flush()
            return path.read_text(encoding="utf-8").splitlines()

        return lines

    def test_they_hear_what_stderr_hears_and_what_its_level_leaves_out(self, stderr, collector):
        structlog.get_logger().debug("not this")
        structlog.get_logger().info("stopping", connections=2)
        structlog.get_logger().warning("it rains")
        assert collector == [(5, "stopping connections=2"), (4, "it rains")]
        assert [json.loads(line)["event"] for line in stderr()] == ["it rains"]

    def test_they_hear_the_standard_librarys_warnings(self, stderr, collector):
        logging.getLogger("asyncio").warning("slow: %s", "a callback")
        assert collector == [(4, "slow: a callback logger=asyncio")]

    def test_a_target_that_breaks_costs_nothing_but_its_own_line(self, stderr, collector):
        collector.send = None
        structlog.get_logger().warning("it rains")
        event = json.loads(stderr()[0])
        assert event["event"] == "it rains"
        assert "TypeError" in event["unsent"]
