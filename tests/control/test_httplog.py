"""HAProxy's line, to the letter."""

import re

import pytest

from affinity_gw.control.httplog import MAX_LINE, HttpLog
from tests.control.records import ORDINARY, UNREADABLE, record


def line(what):
    return HttpLog().line(what)


def request_of(what):
    return re.search(r'"(.*)"$', line(what))[1]


def test_an_ordinary_exchange(utc):
    assert line(ORDINARY) == (
        "10.0.0.1:43210 [20/Nov/2026:23:02:48.895] http wt/wt1 0/0/1/2/3 200 1512 - - --VN 5/4/3/2/0 1/0 "
        '"GET /counter?wtd=wt1abcdefghijklmnop HTTP/1.1"'
    )


def test_a_request_that_could_not_be_read(utc):
    assert line(UNREADABLE) == (
        "10.0.0.1:43210 [20/Nov/2026:23:02:48.895] http http/<NOSRV> -1/-1/-1/-1/3 400 0 - - PR-- 5/4/0/0/0 0/0 "
        '"<BADREQ>"'
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"server": None, "termination": "SC--"}, " wt/<NOSRV> ", id="no server"),
        pytest.param({"retries": 1, "redispatched": True}, " 5/4/3/2/+1 ", id="redispatched"),
        pytest.param({"retries": 3}, " 5/4/3/2/3 ", id="retries on the same server"),
        pytest.param({"status": -1}, " -1 1512 ", id="the client was told nothing"),
        pytest.param({"status": -1, "method": None}, " 400 0 ", id="the client left before it could be told"),
        pytest.param({"peer": "", "peer_port": 0}, "unix:0 [", id="a client on a unix socket"),
    ],
)
def test_the_odd_parts(changes, expected):
    assert expected in line(record(**changes))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ('/"#', "/#22#23"),
        ("/\r\n\x1b\x7f", "/#0D#0A#1B#7F"),
        ("/\udcff\udc80", "/#FF#80"),
        ("/ä", "/#C3#A4"),
        ("/{|}~ !", "/{|}~ !"),
    ],
)
def test_bytes_are_encoded_as_haproxy_encodes_them(target, expected):
    assert request_of(record(target=target)) == f"GET {expected} HTTP/1.1"


def test_a_long_line_is_cut():
    long = line(record(target="/" + "a" * 2000))
    assert len(long) == MAX_LINE
    assert long.endswith("aaa")
