"""HAProxy's line in the Common Log Format, to the letter."""

import pytest

from affinity_gw.control.clf import clf_line
from tests.control.records import ORDINARY, UNREADABLE, record

REFUSED = record(
    peer="127.0.0.1",
    peer_port=56190,
    frontend="x",
    backend="b",
    server="t",
    target="/a?b",
    status=503,
    bytes_out=217,
    retries=3,
    request_time=0.0,
    queue_time=0.0,
    connect_time=-1,
    response_time=-1,
    total_time=3.002,
    termination="SC--",
    process_connections=1,
    frontend_connections=1,
    backend_connections=0,
    server_connections=0,
    server_queue=0,
)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        pytest.param(
            REFUSED,
            '127.0.0.1 - - [20/Nov/2026:23:02:48 +0000] "GET /a?b HTTP/1.1" 503 217 "" "" 56190 895 "x" "b" "t" '
            '0 0 -1 -1 3002 SC-- 1 1 0 0 3 0 0 "" "" ',
            id="as recorded",
        ),
        pytest.param(
            UNREADABLE,
            '10.0.0.1 - - [20/Nov/2026:23:02:48 +0000] "<BADREQ>" 400 0 "" "" 43210 895 "http" "http" "<NOSRV>" '
            '-1 -1 -1 -1 3 PR-- 5 4 0 0 0 0 0 "" "" ',
            id="no request",
        ),
    ],
)
def test_lines_of_haproxy(utc, what, expected):
    assert clf_line(what) == expected


def test_the_odd_parts():
    line = clf_line(record(peer="", redispatched=True, retries=1))
    assert line.startswith("unix - - ")
    assert clf_line(ORDINARY).endswith(' 5 4 3 2 0 1 0 "" "" ')
    assert line.endswith(' 5 4 3 2 +1 1 0 "" "" ')
