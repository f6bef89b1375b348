"""Directives that are left out are known all the same: HAProxy's own mistakes in them are mistakes here."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.leftovers import PROXY_LEFTOVERS, directives
from tests.convert.reading import Reader

TABLE = directives(PROXY_LEFTOVERS)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("stats uri /x", "left out"),
        ("capture request header X len 5", "left out"),
        ("tcp-request content accept", "left out"),
        ("tcp-check set-var(check.x) int(1)", "left out"),
        ("rate-limit sessions 5", "left out"),
        ("reqadd X:y", "left out"),
        ("transparent", "left out"),
        ("dynamic-cookie-key x", "left out"),
        ("fullconn 5", "warning"),
        ("clitcpka-cnt 5", "warning"),
    ],
)
def test_what_haproxy_takes_has_a_note(line, kind):
    ((found, reason),) = Reader(TABLE).read(line).notes
    assert found == kind
    assert reason


@pytest.mark.parametrize(
    "line",
    [
        "stats frob",
        "capture frob",
        "tcp-request frob x",
        "tcp-request",
        "compression frob",
        "rate-limit sessions",
        "errorloc 503",
        "force-persist",
        "fullconn",
        "log-format",
        "filter frob",
        "email-alert to",
        "declare",
        "id",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(TABLE).read(line)


def test_what_belongs_to_one_proxy_is_refused_in_defaults():
    with pytest.raises(Problem, match="cannot stand in a defaults section"):
        Reader(TABLE, kind="defaults").read("capture cookie a len 5")


def test_no_before_it_leaves_nothing_out():
    assert Reader(TABLE).read("transparent", negated=True).notes == []
