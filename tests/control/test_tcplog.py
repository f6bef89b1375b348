"""HAProxy's line, to the letter: those below are HAProxy 2.6's, but for Tw, where it counts a millisecond too many."""

from dataclasses import replace

import pytest

from affinity_gw.control.tcplog import TcpLog
from tests.control.records import CONNECTION, ORDINARY

ALONE = replace(
    CONNECTION,
    peer="127.0.0.1",
    frontend="front",
    backend="back",
    server="s1",
    process_connections=1,
    frontend_connections=1,
    backend_connections=0,
    server_connections=0,
    server_queue=0,
)
WAY = {"queue_time": 0.0, "connect_time": 0.0}
REFUSED = {"queue_time": 0.0, "connect_time": -1, "bytes_out": 0}


def line(record):
    return TcpLog().line(record)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(WAY | {"total_time": 0.0, "bytes_out": 3}, "back/s1 0/0/0 3 -- 1/1/0/0/0 0/0", id="all well"),
        pytest.param(
            WAY | {"total_time": 2.002, "bytes_out": 5, "termination": "cD"},
            "back/s1 0/0/2002 5 cD 1/1/0/0/0 0/0",
            id="a client that was silent",
        ),
        pytest.param(
            REFUSED | {"total_time": 3.004, "retries": 3, "termination": "SC"},
            "back/s1 0/-1/3004 0 SC 1/1/0/0/3 0/0",
            id="refused four times",
        ),
        pytest.param(
            WAY | {"total_time": 0.1, "bytes_out": 0, "retries": 1, "redispatched": True, "server": "s2"},
            "back/s2 0/0/100 0 -- 1/1/0/0/+1 0/0",
            id="redispatched",
        ),
        pytest.param(
            REFUSED
            | {
                "server": None,
                "queue_time": 1.001,
                "total_time": 1.001,
                "termination": "sQ",
                "process_connections": 2,
                "frontend_connections": 2,
                "backend_connections": 1,
                "backend_queue": 1,
            },
            "back/<NOSRV> 1001/-1/1001 0 sQ 2/2/1/0/0 0/1",
            id="no place within timeout.queue",
        ),
        pytest.param(
            REFUSED | {"backend": None, "server": None, "queue_time": -1, "total_time": 0.0, "termination": "PR"},
            "front/<NOSRV> -1/-1/0 0 PR 1/1/0/0/0 0/0",
            id="denied",
        ),
    ],
)
def test_lines_of_haproxy(utc, changes, expected):
    assert line(replace(ALONE, **changes)) == f"127.0.0.1:43210 [20/Nov/2026:23:02:48.895] front {expected}"


def test_every_field_has_its_place(utc):
    assert line(CONNECTION) == (
        "10.0.0.1:43210 [20/Nov/2026:23:02:48.895] tcp_front db/db1 0/1/5012 1512 -- 5/4/3/2/0 1/0"
    )


def test_an_exchange_in_the_same_form_has_the_first_two_letters():
    assert line(ORDINARY).endswith(" wt/wt1 0/1/3 1512 -- 5/4/3/2/0 1/0")


def test_a_client_on_a_unix_socket():
    assert line(replace(CONNECTION, peer="", peer_port=0)).startswith("unix:0 [")
