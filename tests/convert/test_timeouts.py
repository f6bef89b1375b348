"""``timeout …`` and its old spellings."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.timeouts import TIMEOUTS
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("line", "said", "kinds"),
    [
        ("timeout client 5000", {"timeout client": "5s"}, []),
        ("timeout connect 1500", {"timeout connect": "1500ms"}, []),
        ("timeout server 10m", {"timeout server": "10m"}, []),
        ("timeout tunnel 0", {"timeout tunnel": "none"}, []),
        ("timeout http-keep-alive 2s", {"timeout http-keep-alive": "2s"}, []),
        ("timeout tarpit 5s", {}, ["warning"]),
        ("contimeout 5000", {"timeout connect": "5s"}, ["repaired"]),
        ("clitimeout 50000", {"timeout client": "50s"}, ["repaired"]),
        ("srvtimeout 50000", {"timeout server": "50s"}, ["repaired"]),
    ],
)
def test_a_time_is_said_by_its_name(line, said, kinds):
    reader = Reader(TIMEOUTS).read(line)
    assert (reader.said, reader.kinds) == (said, kinds)


@pytest.mark.parametrize("line", ["timeout", "timeout client", "timeout client 5x", "timeout lunch 5s", "contimeout"])
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(TIMEOUTS).read(line)
