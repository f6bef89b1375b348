"""What mode tcp leaves of a section."""

import pytest

from affinity_gw.config.load import load_mapping
from affinity_gw.config.mode import condition_problem
from affinity_gw.errors import ConfigError


def config(frontend=None, backend=None, defaults=None):
    return {
        "defaults": {"mode": "tcp"} | (defaults or {}),
        "frontend": {"f": {"bind": "127.0.0.1:0", "backend": "b"} | (frontend or {})},
        "backend": {"b": {"server": {"s1": "127.0.0.1:1"}} | (backend or {})},
    }


def complaints(**sections):
    with pytest.raises(ConfigError) as raised:
        load_mapping(config(**sections))
    return [f"[{each.table}] {each.key}: {each.problem}" for each in raised.value.complaints]


def test_defaults_hold_for_both_kinds_of_sections():
    made = load_mapping(config())
    assert (made.frontends[0].mode, made.backends[0].mode) == ("tcp", "tcp")


@pytest.mark.parametrize(
    ("frontend", "backend"), [({"mode": "http"}, {}), ({}, {"mode": "http"})], ids=["http to tcp", "tcp to http"]
)
def test_a_frontend_uses_backends_of_its_own_mode(frontend, backend):
    (complaint,) = complaints(frontend=frontend, backend=backend)
    one, other = ("tcp", "http") if frontend else ("http", "tcp")
    assert complaint == f"[frontend.f] backend: b has mode {one}, and this frontend has mode {other}"


def test_so_it_does_by_a_rule():
    data = config({"backend": "c", "rule": [{"when": "{ src 10.0.0.1 }", "backend": "b"}]}, {"mode": "http"})
    data["backend"]["c"] = {"server": {"s1": "127.0.0.1:1"}}
    with pytest.raises(ConfigError, match="b has mode http") as raised:
        load_mapping(data)
    assert raised.value.complaints[0].key == "rule[0].backend"


@pytest.mark.parametrize("key", ["redirect", "set_path", "return"])
def test_a_rule_cannot_do_what_needs_a_request(key):
    value = {"status": 200} if key == "return" else "/new"
    (complaint,) = complaints(frontend={"rule": [{key: value}]})
    assert complaint == f"[frontend.f] rule[0].{key}: {key} needs a request, and mode tcp has none"


def test_a_rule_may_choose_and_close():
    rules = [{"when": "{ src 10.0.0.0/8 }", "deny": True}, {"when": "{ nbsrv(b) eq 0 }", "backend": "b"}]
    assert len(load_mapping(config({"rule": rules})).frontends[0].rules) == 2


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("{ path_beg /x }", "path_beg"),
        ("{ src 10.0.0.1 } !{ hdr(host) -i a }", "hdr(host)"),
        ("METH_GET", "METH_GET"),
        ("{ url_sub a } or { src 10.0.0.1 }", "url_sub"),
    ],
)
def test_a_condition_cannot_ask_about_a_request(text, criterion):
    problem = condition_problem(text)
    assert problem is not None
    assert problem.problem == f"{criterion} asks about a request, and mode tcp has none"


@pytest.mark.parametrize("text", ["{ src 10.0.0.1 }", "internal !{ nbsrv(b) lt 1 }", "{ dst_port 80 } TRUE", "'"])
def test_it_can_ask_about_a_connection(text):
    assert condition_problem(text) is None


def test_conditions_are_complained_of_where_they_stand():
    acl = {"acl": {"is_x": "path_beg /x"}, "rule": [{"when": "is_x", "backend": "b"}]}
    assert complaints(frontend=acl) == ["[frontend.f] acl.is_x: path_beg asks about a request, and mode tcp has none"]
    rule = {"rule": [{"when": "{ method GET }", "backend": "b"}]}
    (complaint,) = complaints(frontend=rule)
    assert complaint.startswith("[frontend.f] rule[0].when: method asks")


def test_an_extractor_that_reads_requests_is_refused():
    affinity = [{"extractor": "source_ip"}, {"extractor": "cookie", "name": "A"}]
    (complaint,) = complaints(backend={"affinity": affinity})
    assert complaint == "[backend.b] affinity[1].extractor: cookie reads requests, and mode tcp has none"


@pytest.mark.parametrize("balance", ["uri depth 3", "hdr(host)", "url_param user"])
def test_a_balance_that_reads_requests_is_refused(balance):
    (complaint,) = complaints(backend={"balance": balance})
    assert complaint == f"[backend.b] balance: {balance} reads requests, and mode tcp has none"


@pytest.mark.parametrize("balance", ["roundrobin", "leastconn", "source", "random(2)", "first", "static-rr", "sqf"])
def test_any_other_is_as_good_as_ever(balance):
    assert load_mapping(config(backend={"balance": balance})).backends[0].balance == balance


@pytest.mark.parametrize(
    "options", [{"forwarded_for": "replace"}, {"max_head_bytes": 4096}, {"timeout": {"http_request": "5s"}}]
)
def test_what_does_nothing_is_warned_of_where_it_is_said(options):
    (warning,) = load_mapping(config(options)).warnings
    assert "[frontend.f]" in warning
    assert "it does nothing in mode tcp" in warning


def test_what_defaults_say_for_all_is_no_mistake():
    assert load_mapping(config(defaults={"forwarded_for": "replace", "timeout": {"http_request": "5s"}})).warnings == ()


@pytest.mark.parametrize(("said", "seconds"), [({}, float("inf")), ({"timeout": {"tunnel": "1h"}}, 3600)])
def test_nobody_has_a_tunnel_timeout_who_does_not_ask_for_it(said, seconds):
    assert load_mapping(config(backend=said)).backends[0].timeout_tunnel == seconds


@pytest.mark.parametrize("said", [None, True, False])
def test_nor_abortonclose(said):
    made = load_mapping(config(backend={} if said is None else {"abortonclose": said}))
    assert made.backends[0].abortonclose is bool(said)


def test_an_http_check_is_as_good_as_any():
    made = load_mapping(config(backend={"check": {"http": "HEAD /check.txt"}}))
    check = made.backends[0].servers[0].check
    assert check is not None
    assert check.request == b"HEAD /check.txt HTTP/1.0\r\n\r\n"
