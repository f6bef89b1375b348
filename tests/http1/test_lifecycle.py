"""The table of connection reuse, enumerated: every fact alone, every pair, and what the heads say."""

from itertools import combinations

import pytest

from affinity_gw.http1.framing import CHUNKED, UNTIL_CLOSE
from affinity_gw.http1.lifecycle import (
    DOWNSTREAM,
    UPSTREAM,
    Fact,
    Fate,
    downstream_fate,
    request_facts,
    response_facts,
    upstream_fate,
)
from tests.http1.making import answer, get

R, C, T = Fate.REUSE, Fate.CLOSE, Fate.TUNNEL

# What each fact alone does to the server's connection and to the client's.
ALONE = {
    Fact.CLIENT_ABORTED: (C, C),
    Fact.SERVER_ABORTED: (C, R),
    Fact.TIMED_OUT: (C, R),
    Fact.BAD_ANSWER: (C, R),
    Fact.ANSWER_CUT: (C, C),
    Fact.REJECTED: (C, C),
    Fact.SWITCHED: (T, T),
    Fact.UNREAD_BYTES: (C, R),
    Fact.EARLY_ANSWER: (C, R),
    Fact.CLOSE_DELIMITED: (C, C),
    Fact.SENT_CLOSE_DELIMITED: (R, C),
    Fact.SERVER_SAID_CLOSE: (C, R),
    Fact.SERVER_HTTP10: (C, R),
    Fact.HEAD_NOT_REUSED: (C, R),
    Fact.SERVER_CLOSE_MODE: (C, R),
    Fact.REQUEST_UNFINISHED: (C, C),
    Fact.CLIENT_SAID_CLOSE: (R, C),
    Fact.CLIENT_HTTP10: (R, C),
    Fact.CLIENT_CLOSE_MODE: (R, C),
    Fact.HALF_CLOSED: (R, C),
    Fact.STOPPING: (R, C),
}

BROKEN = {Fact.CLIENT_ABORTED, Fact.SERVER_ABORTED, Fact.TIMED_OUT, Fact.BAD_ANSWER, Fact.ANSWER_CUT, Fact.REJECTED}


def test_without_a_fact_both_connections_are_reused():
    assert (upstream_fate(0), downstream_fate(0)) == (R, R)


def test_no_fact_is_forgotten():
    assert set(ALONE) == set(Fact)
    assert {row.fact for row in UPSTREAM} | {row.fact for row in DOWNSTREAM} == set(Fact)


@pytest.mark.parametrize("table", [UPSTREAM, DOWNSTREAM], ids=["upstream", "downstream"])
def test_the_table_is_a_table(table):
    """One row a fact, each with its reason, and no row that only repeats what happens without it."""
    facts = [row.fact for row in table]
    assert len(facts) == len(set(facts))
    assert all(row.why and row.fate is not R for row in table)


@pytest.mark.parametrize(("fact", "fates"), ALONE.items(), ids=lambda value: getattr(value, "name", None))
def test_one_fact_alone(fact, fates):
    assert (upstream_fate(fact.value), downstream_fate(fact.value)) == fates


@pytest.mark.parametrize("side", [0, 1], ids=["upstream", "downstream"])
def test_every_pair(side):
    """A second fact never makes a connection live longer: what breaks closes even a tunnel; else a tunnel is one."""
    fate_of = (upstream_fate, downstream_fate)[side]
    for one, other in combinations(Fact, 2):
        fates = {ALONE[one][side], ALONE[other][side]}
        breaks = any(ALONE[fact][side] is C for fact in {one, other} & BROKEN)
        expected = C if breaks else T if T in fates else C if C in fates else R
        assert fate_of(one.value | other.value) is expected, (one, other)


def test_everything_at_once_closes():
    everything = sum(fact.value for fact in Fact)
    assert (upstream_fate(everything), downstream_fate(everything)) == (C, C)


SAYS = [
    pytest.param(1, (), 0, id="HTTP/1.1"),
    pytest.param(1, ("Connection: keep-alive",), 0, id="HTTP/1.1 keep-alive"),
    pytest.param(1, ("Connection: close",), "SAID_CLOSE", id="HTTP/1.1 close"),
    pytest.param(1, ("connection: CLOSE",), "SAID_CLOSE", id="in capitals"),
    pytest.param(1, ("Connection: keep-alive, close",), "SAID_CLOSE", id="close wins"),
    pytest.param(1, ("Connection: keep-alive", "Connection: close"), "SAID_CLOSE", id="close wins in another line"),
    pytest.param(1, ("Connection: closed",), 0, id="a word that is not close"),
    pytest.param(1, ("Proxy-Connection: close",), 0, id="Proxy-Connection"),
    pytest.param(0, (), "HTTP10", id="HTTP/1.0"),
    pytest.param(0, ("Connection: Keep-Alive",), 0, id="HTTP/1.0 keep-alive"),
    pytest.param(0, ("Connection: x",), "HTTP10", id="HTTP/1.0 with another word"),
    pytest.param(0, ("Connection: close",), "SAID_CLOSE", id="HTTP/1.0 close"),
]


@pytest.mark.parametrize(("minor", "lines", "fact"), SAYS)
class TestWhatHeadsSay:
    def test_request(self, minor, lines, fact):
        expected = Fact[f"CLIENT_{fact}"] if fact else 0
        assert request_facts(get(*lines, start=f"GET / HTTP/1.{minor}")) == expected

    @pytest.mark.parametrize("length", [0, 5, CHUNKED])
    def test_answer(self, minor, lines, fact, length):
        expected = Fact[f"SERVER_{fact}"] if fact else 0
        assert response_facts(answer(*lines, start=f"HTTP/1.{minor} 200 OK"), length) == expected

    def test_answer_until_close(self, minor, lines, fact):
        expected = Fact.CLOSE_DELIMITED | (Fact[f"SERVER_{fact}"] if fact else 0)
        assert response_facts(answer(*lines, start=f"HTTP/1.{minor} 200 OK"), UNTIL_CLOSE) == expected
