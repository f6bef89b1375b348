"""``timeout …`` and its old spellings."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.timeouts import CARRIED, TIMEOUTS
from tests.convert.reading import Reader


@pytest.mark.parametrize("what", CARRIED)
def test_a_time_is_said_under_its_own_name(what):
    reader = Reader(TIMEOUTS).read(f"timeout {what} 1500")
    assert (reader.said, reader.notes) == ({f"timeout {what}": "1500ms"}, [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("timeout client 0", {"timeout client": "none"}),
        ("timeout client 2m", {"timeout client": "2m"}),
        ("timeout client 5000", {"timeout client": "5s"}),
        ("timeout http-keep-alive 500us", {"timeout http-keep-alive": "1ms"}),
    ],
)
def test_lengths_are_those_of_toml(line, said):
    assert Reader(TIMEOUTS).read(line).said == said


def test_the_last_one_counts():
    assert Reader(TIMEOUTS).read("timeout queue 5s").read("timeout queue 6s").said == {"timeout queue": "6s"}


@pytest.mark.parametrize("what", ["client-fin", "server-fin", "tarpit"])
def test_what_the_gateway_times_otherwise_is_said(what):
    reader = Reader(TIMEOUTS).read(f"timeout {what} 5s")
    assert (reader.said, reader.kinds) == ({}, ["warning"])


@pytest.mark.parametrize(
    ("line", "word"),
    [("contimeout 5000", "connect"), ("clitimeout 5000", "client"), ("srvtimeout 5000", "server")],
)
def test_spellings_of_old_are_repaired(line, word):
    reader = Reader(TIMEOUTS).read(line)
    assert reader.said == {f"timeout {word}": "5s"}
    assert reader.notes == [("repaired", f"{line.split()[0]} is refused since HAProxy 2.1; it means timeout {word}")]


@pytest.mark.parametrize(
    "line",
    [
        "timeout",
        "timeout client",
        "timeout client 1s 2s",
        "timeout client 5y",
        "timeout client -1",
        "timeout foo 1s",
        "timeout client-fin x",
        "contimeout",
        "srvtimeout 1s 2s",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(TIMEOUTS).read(line)


def test_a_name_that_is_nearly_right_has_its_neighbour():
    with pytest.raises(Problem) as caught:
        Reader(TIMEOUTS).read("timeout clientt 1s")
    assert caught.value.advice == 'did you mean "client"?'
