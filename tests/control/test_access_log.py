"""One line for each exchange."""

import json

import pytest
import structlog

from affinity_gw.control import access_log
from affinity_gw.routing.snapshot import Global
from tests.control.records import CONNECTION, ORDINARY, UNREADABLE, record


class Paper(list):
    write = list.append


def printed(what, is_terminal=False, **general):
    paper = Paper()
    access_log.make(Global(**general), paper, is_terminal)(what)
    [line] = paper
    return line


def test_logging_off_is_no_function_at_all():
    assert access_log.make(Global(log_access=False), Paper()) is None


@pytest.mark.parametrize(
    ("form", "is_terminal", "begins"),
    [
        ("auto", False, '{"ts":'),
        ("json", True, '{"ts":'),
        ("httplog", True, "10.0.0.1:43210 ["),
        ("auto", True, "\x1b["),
        ("console", True, "\x1b["),
    ],
)
def test_the_form_is_what_was_asked_for(form, is_terminal, begins):
    assert printed(ORDINARY, is_terminal, log_format=form).startswith(begins)


@pytest.mark.parametrize(
    ("form", "what", "ends"),
    [
        ("httplog", CONNECTION, " 0/1/5012 1512 -- 5/4/3/2/0 1/0"),
        ("tcplog", CONNECTION, " 0/1/5012 1512 -- 5/4/3/2/0 1/0"),
        ("tcplog", ORDINARY, " 0/1/3 1512 -- 5/4/3/2/0 1/0"),
    ],
    ids=["what has no request has no httplog line", "tcplog", "tcplog of an exchange"],
)
def test_the_lines_of_haproxy(form, what, ends):
    assert printed(what, log_format=form).endswith(ends)


def test_a_connection_on_the_console_has_its_client_where_a_request_has_its_url():
    line = printed(CONNECTION, log_format="console")
    assert line.split()[1:5] == ["tcp", "-", "10.0.0.1", "db/db1"]


def test_a_console_line_for_a_file_has_no_colours():
    line = printed(ORDINARY, log_format="console")
    assert line.isprintable()
    assert line.split()[1:] == [
        "200",
        "GET",
        "example.com:8080/counter",
        "wt/wt1",
        "hit",
        "url_prefix=wt1",
        "3.1",
        "ms",
    ]


@pytest.mark.parametrize("what", [ORDINARY, UNREADABLE], ids=["ordinary", "unreadable"])
def test_json_is_one_object_a_line(what):
    line = printed(what)
    assert "\n" not in line
    assert json.loads(line)["frontend"] == "http"


def test_json_of_bytes_that_are_no_text_is_still_json_for_everybody():
    line = printed(record(host="\udcff", target='/"\\\u2028'))
    assert "\\ud" not in line
    assert json.loads(line)["host"] == "\\xff"


def test_hashed_keys_cannot_be_compared_between_two_starts():
    by_hash = record(word=None, key="10.0.0.1")
    assert json.loads(printed(by_hash))["key"] != json.loads(printed(by_hash))["key"]


@pytest.mark.parametrize("form", ["console", "json", "httplog"])
def test_what_a_client_says_never_makes_a_second_line_or_a_control_byte(form):
    evil = 'a"\r\n\x1b[2J\x00\udcff\u2028'
    line = printed(record(host=evil, target="/" + evil, method=evil, client=evil, upgrade=evil), log_format=form)
    assert line.isprintable()


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({}, ""),
        ({"pin": "lost", "reason": "wt1 is down"}, "wt1 is down"),
        ({"termination": "SC--", "status": 503, "reason": "no server is up"}, "SC--  no server is up"),
        ({"retries": 2}, "2 retries"),
        ({"upgrade": "websocket"}, "websocket tunnel"),
    ],
)
def test_the_console_remarks_on_what_is_out_of_the_ordinary(changes, remark):
    line = printed(record(**changes), log_format="console")
    assert line.partition(" ms")[2].strip() == remark


def test_an_exchange_that_cannot_be_logged_harms_nobody():
    class Broken:
        def write(self, line):
            raise RuntimeError("no paper")

    with structlog.testing.capture_logs() as said:
        access_log.make(Global(), Broken())(ORDINARY)
    assert [event["event"] for event in said] == ["an exchange could not be logged"]
