"""What a section amounts to, HAProxy's defaults included (its manual, section 4.2)."""

import pytest

from affinity_gw.convert.effective import keys
from affinity_gw.convert.sections import Said, section


def amounts(side, kind="listen", parent=None, **said):
    """The keys of one side as a flat mapping; ``a__b`` in ``said`` is the word ``a b``."""
    made = section(kind, "x", 1, parent)
    made.said = {word.replace("__", " "): Said(value, 9) for word, value in said.items()}
    return {".".join(map(str, key.path)): key.value for key in keys(made) if key.side in {side, None}}


FRONTEND = {
    "mode": "http",
    "timeout.client": "none",
    "timeout.http_request": "none",
    "timeout.http_keep_alive": "none",
    "connection": "keep-alive",
    "forwarded_for": "pass",
    "original_to": False,
    "log": False,
    "dontlognull": False,
    "min_body_rate": 0,
}
BACKEND = {
    "mode": "http",
    "timeout.connect": "none",
    "timeout.server": "none",
    "timeout.queue": "none",
    "timeout.tunnel": "none",
    "balance": "roundrobin",
    "retries": 3,
    "redispatch": False,
    "abortonclose": False,
    "http_reuse": "safe",
    "check": False,
}


@pytest.mark.parametrize(("side", "wanted"), [("frontend", FRONTEND), ("backend", BACKEND)])
def test_haproxys_defaults_are_written_out(side, wanted):
    found = amounts(side, mode="http")
    assert {key: found[key] for key in wanted} == wanted


def test_mode_tcp_has_nothing_that_needs_http():
    found = amounts("frontend") | amounts("backend", forwarded_for="append")
    assert not found.keys() & {"connection", "forwarded_for", "http_reuse", "timeout.http_request", "min_body_rate"}
    assert found["mode"] == "tcp"


@pytest.mark.parametrize(
    ("side", "said", "wanted"),
    [
        (
            "frontend",
            {"mode": "http", "timeout__client": "5s"},
            {"timeout.http_request": "5s", "timeout.http_keep_alive": "5s"},
        ),
        (
            "frontend",
            {"mode": "http", "timeout__client": "5s", "timeout__http-request": "2s"},
            {"timeout.client": "5s", "timeout.http_request": "2s", "timeout.http_keep_alive": "2s"},
        ),
        ("frontend", {"mode": "http", "timeout__http-keep-alive": "1s"}, {"timeout.http_keep_alive": "1s"}),
        ("backend", {"timeout__connect": "5s"}, {"timeout.connect": "5s", "timeout.queue": "5s"}),
        ("backend", {"timeout__connect": "5s", "timeout__queue": "9s"}, {"timeout.queue": "9s"}),
        (
            "backend",
            {"mode": "http", "timeout__client": "9s", "timeout__server": "1m"},
            {"timeout.tunnel": "9s"},
        ),
        ("backend", {"mode": "http", "timeout__server": "1m", "timeout__tunnel": "1h"}, {"timeout.tunnel": "1h"}),
        (
            "frontend",
            {
                "mode": "http",
                "timeout__client": "5s",
                "timeout__http-request": "none",
                "timeout__http-keep-alive": "none",
            },
            {"timeout.http_request": "5s", "timeout.http_keep_alive": "5s"},
        ),
        ("backend", {"timeout__connect": "5s", "timeout__queue": "none"}, {"timeout.queue": "5s"}),
        ("backend", {"mode": "http", "timeout__server": "1m", "timeout__tunnel": "none"}, {"timeout.tunnel": "1m"}),
        ("backend", {"timeout__check": "3s"}, {"timeout.check": "3s"}),
        ("backend", {"mode": "tcp", "timeout__server": "1m"}, {"timeout.tunnel": "none"}),
    ],
)
def test_a_time_that_is_not_said_is_that_of_another(side, said, wanted):
    found = amounts(side, **said)
    assert {key: found[key] for key in wanted} == wanted


def test_a_section_counts_more_than_its_defaults():
    parent = section("defaults", "", 1)
    parent.said = {"retries": Said(5, 2), "redispatch": Said(value=True, line=3), "errorfile 503": Said("a", 4)}
    found = amounts("backend", parent=parent, mode="http", retries=1, errorfile__500="b")
    assert (found["retries"], found["redispatch"]) == (1, True)
    assert (found["errorfile.503"], found["errorfile.500"]) == ("a", "b")


@pytest.mark.parametrize(("mode", "balance"), [("http", "uri depth 2"), ("tcp", "roundrobin")])
def test_a_balance_that_reads_requests_is_for_them(mode, balance):
    assert amounts("backend", mode=mode, balance="uri depth 2")["balance"] == balance


@pytest.mark.parametrize(("mode", "affinity"), [("http", [{"name": "A"}]), ("tcp", [])])
def test_a_cookie_is_for_requests(mode, affinity):
    assert amounts("backend", mode=mode, affinity__cookie={"name": "A"})["affinity"] == affinity


def test_a_backend_says_only_what_it_adds_of_the_client():
    assert "forwarded_for" not in amounts("backend", mode="http")
    assert amounts("backend", mode="http", forwarded_for="append")["forwarded_for"] == "append"
