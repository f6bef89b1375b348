"""Directives of proxies that have no module of their own."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.proxies import PROXY
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("line", "said", "kinds"),
    [
        ("mode http", {"mode": "http"}, []),
        ("maxconn 2000", {"maxconn": 2000}, []),
        ("retries 3", {"retries": 3}, []),
        ("retry-on conn-failure", {}, []),
        ("retry-on none", {"retries": 0}, []),
        ("retry-on 503", {}, ["left out"]),
        ("http-reuse always", {"http_reuse": "always"}, []),
        ("log global", {"log": True}, []),
        ("errorfile 503 /dev/null", {"errorfile 503": "/dev/null"}, []),
        ("errorfile 503 /dev/null x", {"errorfile 503": "/dev/null"}, ["warning"]),
        ("stats uri /x", {}, ["left out"]),
    ],
)
def test_what_a_directive_says(line, said, kinds):
    reader = Reader(PROXY).read(line)
    assert (reader.said, reader.kinds) == (said, kinds)


def test_no_log_switches_lines_off():
    assert Reader(PROXY).read("log", negated=True).said == {"log": False}


@pytest.mark.parametrize(("kind", "line"), [("backend", "maxconn 5"), ("frontend", "retries 3")])
def test_what_a_section_has_no_use_for_is_passed_over(kind, line):
    assert Reader(PROXY, kind).read(line).kinds == ["warning"]


@pytest.mark.parametrize(
    "line",
    [
        "mode",
        "mode health",
        "mode ftp",
        "mode http now",
        "maxconn",
        "retries",
        "retry-on",
        "retry-on x",
        "retry-on none conn-failure",
        "http-reuse x",
        "errorfile 503",
        "errorfile 99 x",
        "log",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(PROXY).read(line)
