"""What the access log tells, and what it does not."""

import pytest

from affinity_gw.control.event import Events, milliseconds
from tests.control.records import CONNECTION, ORDINARY, STARTED, UNREADABLE, record

FIELDS = (
    "ts client frontend backend server method host path status bytes_in bytes_out pin extractor key reason retries "
    "queue_ms connect_ms first_byte_ms total_ms termination upgrade"
)


def event(what, secret=b"secret"):
    return Events(secret).event(what)


def test_an_ordinary_exchange():
    assert event(ORDINARY) == {
        "ts": "2026-11-20T23:02:48.895Z",
        "client": "203.0.113.7",
        "frontend": "http",
        "backend": "wt",
        "server": "wt1",
        "method": "GET",
        "host": "example.com:8080",
        "path": "/counter",
        "status": 200,
        "bytes_in": 412,
        "bytes_out": 1512,
        "pin": "hit",
        "extractor": "url_prefix",
        "key": "wt1",
        "reason": "its key names wt1",
        "retries": 0,
        "queue_ms": 0.0,
        "connect_ms": 0.5,
        "first_byte_ms": 2.0,
        "total_ms": 3.1,
        "termination": "--VN",
        "upgrade": None,
    }


@pytest.mark.parametrize("what", [ORDINARY, UNREADABLE], ids=["ordinary", "unreadable"])
def test_every_event_has_the_same_fields_in_the_same_order(what):
    assert " ".join(event(what)) == FIELDS


def test_a_request_that_could_not_be_read_has_nothing_invented():
    unreadable = event(UNREADABLE)
    assert [unreadable[name] for name in ("method", "host", "path", "key", "queue_ms", "first_byte_ms")] == [None] * 6


def test_a_connection_has_neither_request_nor_status():
    told = event(CONNECTION)
    assert [told[name] for name in ("method", "host", "path", "status", "first_byte_ms")] == [None] * 5
    assert (told["client"], told["bytes_in"], told["bytes_out"], told["termination"]) == ("10.0.0.1", 412, 1512, "--")


def test_a_session_id_is_nowhere_in_the_event():
    assert "abcdefghijklmnop" not in str(event(ORDINARY))


def test_a_hashed_key_is_recognisable_and_secret():
    by_address = record(word=None, key="203.0.113.7", client="-")
    first = event(by_address)["key"]
    assert first == event(by_address)["key"]
    assert first != event(by_address, secret=b"another start")["key"]
    assert first != event(record(word=None, key="203.0.113.8"))["key"]
    assert len(first) == 8
    assert int(first, 16) >= 0


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("host", "a\r\nInjected: 1", "a\\x0d\\x0aInjected: 1"),
        ("target", "/\x1b[31m?x", "/\\x1b[31m"),
        ("method", "G" * 300, "G" * 255 + "…"),
        ("upgrade", "web\tsocket", "web\\x09socket"),
        ("client", "fe80::1%\n", "fe80::1%\\x0a"),
        ("reason", "no\nway", "no\\x0away"),
        ("word", "wt\x00", "wt\\x00"),
    ],
)
def test_what_strangers_say_is_escaped_and_cut(field, value, expected):
    shown = {"target": "path", "word": "key"}.get(field, field)
    assert event(record(**{field: value}))[shown] == expected


def test_a_key_of_bytes_that_are_no_text_is_hashed_all_the_same():
    assert len(event(record(word=None, key="\udcff\udc80"))["key"]) == 8


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-1, None), (0.0, 0.0), (0.00004, 0.0), (0.00006, 0.1), (1.23456, 1234.6)]
)
def test_milliseconds_have_one_decimal_and_are_null_where_a_phase_was_not_reached(seconds, expected):
    assert milliseconds(seconds) == expected


def test_the_clock_goes_on():
    events = Events(b"")
    stamps = [events.timestamp(STARTED + step) for step in (0, 0.104, 0.1052, -0.895)]
    assert [stamp[17:] for stamp in stamps] == ["48.895Z", "48.999Z", "49.000Z", "48.000Z"]
