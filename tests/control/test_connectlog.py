"""HAProxy's shortest line, to the letter."""

from dataclasses import replace

import pytest

from affinity_gw.control.connectlog import connect_line
from tests.control.records import CONNECTION, ORDINARY, UNREADABLE

HERE = ("192.0.2.1", 80)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            replace(ORDINARY, destination=HERE), "Connect from 10.0.0.1:43210 to 192.0.2.1:80 (http/HTTP)", id="request"
        ),
        pytest.param(
            replace(CONNECTION, destination=HERE),
            "Connect from 10.0.0.1:43210 to 192.0.2.1:80 (tcp_front/TCP)",
            id="connection",
        ),
        pytest.param(replace(ORDINARY, peer="", peer_port=0), "Connect from unix:0 to unix:0 (http/HTTP)", id="unix"),
        pytest.param(UNREADABLE, None, id="no request"),
    ],
)
def test_lines_of_haproxy(record, expected):
    assert connect_line(record) == expected
