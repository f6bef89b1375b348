"""``option …``, with and without ``no``."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.options import OPTIONS, option
from tests.convert.reading import Reader


def read(line, kind="listen", *, negated=False):
    return Reader(dict.fromkeys([*OPTIONS, "frobnicate"], option), kind).read(f"option {line}", negated=negated)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("httplog", {"log_format": "httplog"}),
        ("httplog clf", {"log_format": "clf"}),
        ("tcplog", {"log_format": "tcplog"}),
        ("dontlognull", {"dontlognull": True}),
        ("http-keep-alive", {"connection": "keep-alive"}),
        ("http-server-close", {"connection": "server-close"}),
        ("httpclose", {"connection": "close"}),
        ("http-pretend-keepalive", {"pretend_keepalive": True}),
        ("forwardfor", {"forwarded_for": "append"}),
        (
            "forwardfor except 10.0.0.0/8 header X-C if-none",
            {"forwarded_for": {"mode": "append", "except": "10.0.0.0/8", "header": "X-C", "if_none": True}},
        ),
        ("originalto", {"original_to": True}),
        ("originalto header X-D", {"original_to": {"header": "X-D"}}),
        ("redispatch", {"redispatch": True}),
        ("redispatch 0", {"redispatch": False}),
        ("abortonclose", {"abortonclose": True}),
    ],
)
def test_an_option_is_said(line, said):
    reader = read(line)
    assert (reader.said, reader.kinds) == (said, [])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dontlognull", {"dontlognull": False}),
        ("redispatch", {"redispatch": False}),
        ("abortonclose", {"abortonclose": False}),
        ("httpclose", {}),
    ],
)
def test_no_takes_it_back(line, said):
    assert read(line, negated=True).said == said


def test_no_takes_back_what_holds_alone():
    reader = Reader(dict.fromkeys(OPTIONS, option)).read("option httpclose")
    assert reader.read("option http-server-close", negated=True).said == {"connection": "close"}
    assert reader.read("option httpclose", negated=True).said == {"connection": "keep-alive"}


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("forceclose", ["repaired"]),
        ("http-tunnel", ["repaired"]),
        ("tcpka", ["warning"]),
        ("transparent", ["left out"]),
        ("http-restrict-req-hdr-names delete", ["left out"]),
    ],
)
def test_what_is_not_carried_over_is_said(line, kinds):
    assert read(line).kinds == kinds


def test_what_stands_behind_the_number_of_redispatch_is_passed_over():
    reader = read("redispatch 1 2")
    assert (reader.said, reader.kinds) == ({"redispatch": True}, ["warning"])


def test_a_frontend_does_not_pretend():
    reader = read("http-pretend-keepalive", "frontend")
    assert (reader.said, reader.kinds) == ({}, ["warning"])


@pytest.mark.parametrize(
    "line",
    [
        "frobnicate",
        "httplog long",
        "dontlognull yes",
        "forwardfor except",
        "forwardfor except x",
        "originalto if-none",
        "http-restrict-req-hdr-names",
        "http-restrict-req-hdr-names loudly",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        read(line)
