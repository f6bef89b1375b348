"""A handshake that fails: how long it may take, and what is said."""

import ssl
from math import inf
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from affinity_gw.proxy.handshake import LONGEST, QUIET, Handshakes
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.tls import BindTls


@pytest.fixture
def shared():
    return SimpleNamespace(deadlines=SimpleNamespace(now=100.0), contexts={BindTls(): "the context"})


def failure(reason):
    error = ssl.SSLError(1, "[SSL] words")
    error.reason = reason
    return error


@pytest.mark.parametrize(("client", "head", "limit"), [(50.0, 10.0, 10.0), (5.0, 10.0, 5.0), (inf, inf, LONGEST)])
def test_it_takes_no_longer_than_a_head(shared, client, head, limit):
    handshakes = Handshakes(shared, Frontend("f", (), timeout_client=client, timeout_http_request=head), BindTls())
    assert handshakes.options()["ssl_handshake_timeout"] == limit
    assert handshakes.options()["ssl"] == "the context"


@pytest.mark.parametrize(("error", "reason"), [
    (failure("HTTP_REQUEST"), "plain HTTP was spoken to a port for TLS"),
    (failure("WRONG_VERSION_NUMBER"), "wrong version number"),
    (ConnectionAbortedError("SSL handshake is taking longer than 10.0 seconds"), "it was not over within 10s"),
    (OSError("odd"), "odd"),
])  # fmt: skip
def test_it_is_said_in_words(shared, error, reason):
    with capture_logs() as lines:
        Handshakes(shared, Frontend("f", ()), BindTls()).failed("192.0.2.1", error)
    assert lines[0] | {"reason": reason, "client": "192.0.2.1", "frontend": "f"} == lines[0]


def test_it_is_said_once_in_a_while_and_else_counted(shared):
    handshakes = Handshakes(shared, Frontend("f", ()), BindTls())
    with capture_logs() as lines:
        for _ in range(5):
            handshakes.failed("", failure("HTTP_REQUEST"))
        shared.deadlines.now += QUIET
        handshakes.failed("", failure("HTTP_REQUEST"))
    assert [line["unreported"] for line in lines] == [0, 4]


def test_who_only_looks_whether_somebody_is_there_fails_at_nothing(shared):
    with capture_logs() as lines:
        Handshakes(shared, Frontend("f", ()), BindTls()).failed("", ConnectionResetError())
    assert lines == []
