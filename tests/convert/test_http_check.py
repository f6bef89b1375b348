"""``http-check`` and ``tcp-check``."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.checks import CHECK_OPTIONS
from affinity_gw.convert.http_check import HTTP_CHECK, tcp_check
from tests.convert.reading import Reader

TABLE = {**CHECK_OPTIONS, "http-check": HTTP_CHECK, "tcp-check": tcp_check}


def read(*lines, kind="listen", parent=None):
    reader = Reader(TABLE, kind, parent)
    for line in lines:
        reader.read(line)
    return reader


@pytest.mark.parametrize(
    ("option", "send", "line", "fields"),
    [
        ("GET /a HTTP/1.1", "meth POST", "POST /a HTTP/1.1", {}),
        ("GET /a", "uri /b ver HTTP/1.1 hdr Host x hdr A b", "GET /b HTTP/1.1", {"Host": "x", "A": "b"}),
        ("", "", "OPTIONS / HTTP/1.0", {}),
        (r"GET /a HTTP/1.1\r\nHost:\ a", "hdr X b", "GET /a HTTP/1.1", {"X": "b"}),
    ],
)
def test_a_send_overrides_the_option_part_by_part_on_whichever_line(option, send, line, fields):
    lines = [f"option httpchk {option}", f"http-check send {send}"]
    for order in (lines, lines[::-1]):
        said = read(*order).said
        assert (said["check http"], said["check fields"]) == (line, fields)


def test_a_body_is_sent():
    assert read("option httpchk", "http-check send body foo").said["check body"] == "foo"


def test_expectations_add_up():
    said = read("option httpchk", "http-check expect status 200", "http-check expect ! string bad").said
    assert said["check expect"] == ["status 200", "! string bad"]


def test_rules_of_its_own_replace_all_that_defaults_said_but_the_option():
    parent = read("option httpchk GET /d", "http-check expect status 204", kind="defaults").section
    reader = read("http-check send uri /s", kind="backend", parent=parent)
    assert (reader.said["check http"], reader.said["check expect"]) == ("OPTIONS /s HTTP/1.0", [])
    assert read(kind="backend", parent=parent).section.value("check http") == "GET /d HTTP/1.0"


def test_an_expectation_alone_keeps_the_request_of_defaults():
    parent = read("option httpchk GET /d", "http-check expect status 204", kind="defaults").section
    reader = read("http-check expect status 200", kind="backend", parent=parent)
    assert (reader.said["check http"], reader.said["check expect"]) == ("GET /d HTTP/1.0", ["status 200"])


def test_rules_without_the_option_say_nothing():
    assert "check http" not in read("http-check expect status 200").said


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("http-check disable-on-404", ["left out"]),
        ("http-check send-state", ["left out"]),
        ("http-check connect", []),
        ("http-check connect port 81 ssl", ["left out"]),
        ("http-check comment x", []),
        ("http-check set-var(check.x) int(1)", ["left out"]),
        ("http-check send uri-lf /%[x]", ["left out"]),
        ("http-check send hdr X %[date]", ["left out"]),
        ("http-check send hdr X 1 hdr x 2", ["left out"]),
        ("http-check send hdr connection close", ["warning"]),
        ("http-check send comment x", []),
        ("tcp-check connect", []),
        ("tcp-check comment x", []),
        ("tcp-check send PING", ["left out"]),
        ("tcp-check set-var(check.x) int(1)", ["left out"]),
    ],
)
def test_what_there_is_not_is_said(line, kinds):
    assert read("option httpchk", line).kinds == kinds


def test_a_second_request_is_left_out():
    first = ("http-check connect", "http-check send uri /a", "http-check expect status 200")
    second = ("http-check connect", "http-check send uri /b", "http-check expect status 204")
    reader = read("option httpchk", *first, *second)
    assert (reader.said["check http"], reader.said["check expect"]) == ("OPTIONS /a HTTP/1.0", ["status 200"])
    assert reader.kinds == ["left out", "left out"]


@pytest.mark.parametrize(
    "line",
    [
        "http-check",
        "http-check foo",
        "http-check send foo",
        "http-check send meth",
        "http-check send hdr a",
        "http-check disable-on-404 x",
        "http-check expect",
        "tcp-check",
        "tcp-check foo",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        read(line)


def test_two_sends_on_one_connection_are_refused():
    with pytest.raises(Problem, match="send already"):
        read("http-check send uri /a", "http-check send uri /b")


@pytest.mark.parametrize("line", ["http-check expect status 200", "tcp-check connect"])
def test_a_frontend_has_no_use_for_them(line):
    assert read(line, kind="frontend").kinds == ["warning"]
