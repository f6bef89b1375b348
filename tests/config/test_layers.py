"""Whose word counts: built-in < [defaults] < preset < the section's own; tables merge key by key."""

import pytest

from affinity_gw.config.layers import Layer, Layers, depth, list_depth, merge, normal, remove
from affinity_gw.config.scan import scan
from affinity_gw.config.schema_backend import BackendTable
from affinity_gw.config.source import Source
from affinity_gw.http1.claims import X_FORWARDED_FOR
from affinity_gw.routing.sections import Forwarding


@pytest.mark.parametrize(
    ("below", "above", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"t": {"a": 1, "b": 1}}, {"t": {"b": 2}}, {"t": {"a": 1, "b": 2}}),
        ({"l": [1, 2]}, {"l": [3]}, {"l": [3]}),
        ({"t": 1}, {"t": {"a": 1}}, {"t": {"a": 1}}),
        ({"t": {"a": 1}}, {"t": 1}, {"t": 1}),
    ],
)
def test_tables_merge_key_by_key_and_nothing_else_does(below, above, merged):
    assert merge(below, above) == merged


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"check": True}, {"check": {"enabled": True}}),
        ({"check": False}, {"check": {"enabled": False}}),
        ({"check": {"inter": "1s"}}, {"check": {"inter": "1s", "enabled": True}}),
        ({"server": {"a": "x:1"}}, {"server": {"a": {"address": "x:1"}}}),
        ({"server": {"a": {"check": False}}}, {"server": {"a": {"check": {"enabled": False}}}}),
        ({"server": {"a": 5}}, {"server": {"a": 5}}),
        ({"server": 5}, {"server": 5}),
    ],
)
def test_short_forms_are_written_out(written, meant):
    assert normal(written) == meant


@pytest.mark.parametrize(
    ("path", "steps", "list_steps"),
    [
        (("a", "b"), 2, 3),
        (("a", "x"), 1, 3),
        (("x",), 0, 2),
        (("l", 1), 2, 2),
        (("l", 2), 1, 2),
        (("s", 0), 1, 3),
        ((), 0, 1),
    ],
)
def test_a_path_leads_so_far(path, steps, list_steps):
    raw = {"a": {"b": 1}, "l": [1, 2], "s": "text"}
    assert (depth(raw, path), list_depth(raw, path)) == (steps, list_steps)


def test_what_is_wrong_is_taken_out():
    data = {"a": 1, "l": [1, 2], "rule": [{"b": 1}, 5], "s": "text"}
    for path in (("a",), ("l", 0), ("rule", 0, "b"), ("rule", 1), ("s", 0), ("nowhere", 0)):
        remove(data, path)
    assert data == {"l": [2], "rule": [{}, {}]}


def test_a_complaint_is_about_the_word_that_counts():
    strong = Source("own.toml", None, {}, scan("[backend.b]\nretries = 1\n"))
    weak = Source("preset.toml", None, {}, scan("retries = 2\nredispatch = true\n"))
    complaints = []
    layers = Layers(
        [
            Layer(strong, ("backend", "b"), {"retries": 1}).check(BackendTable, complaints),
            Layer(weak, (), {"retries": 2, "redispatch": True}).check(BackendTable, complaints),
        ],
        complaints,
    )
    for key in ("retries", "redispatch", "balance"):
        layers.complain((key,), "wrong")
    assert [str(complaint) for complaint in complaints] == [
        "own.toml:2 [backend.b] retries: wrong",
        "preset.toml:2 redispatch: wrong",
        "own.toml:1 [backend.b]: wrong",
    ]


def test_defaults_hold_for_all_sections_and_each_sections_own_word_counts_more(load):
    config = load(
        '[defaults]\nmaxconn = 5\nretries = 7\ntimeout = { client = "1s", server = "2s", connect = "3s" }\n'
        'check = { inter = "9s" }\n'
        '@F\n@B\ntimeout.connect = "4s"\ncheck.rise = 5\n[backend.c]\nserver.s1 = "127.0.0.1:1"\nretries = 0\n'
    )
    (frontend,) = config.frontends
    one, other = config.backends
    assert (frontend.maxconn, frontend.timeout_client) == (5, 1)
    assert (one.retries, one.timeout_server, one.timeout_connect) == (7, 2, 4)
    assert (other.retries, other.timeout_connect) == (0, 3)
    assert (one.servers[0].check.inter, one.servers[0].check.rise) == (9, 5)


def test_checks_that_defaults_switch_off_can_be_switched_on(load):
    one, other = load(
        '[defaults]\ncheck = false\n@F\n@B\ncheck = true\n[backend.c]\nserver.s1 = "127.0.0.1:1"\n'
    ).backends
    assert one.servers[0].check is not None
    assert other.servers[0].check is None


def test_what_defaults_say_of_forwarding_does_not_overrule_a_frontend(load):
    config = load('[defaults]\nforwarded_for = "off"\noriginal_to = false\n@F\nforwarded_for = "append"\n@B\n')
    assert config.frontends[0].forwarding == Forwarding("append", True, True, True, False, X_FORWARDED_FOR)
    assert config.backends[0].forwarding == Forwarding()


def test_connection_in_defaults_holds_for_both(load):
    config = load('[defaults]\nconnection = "keep-alive"\n@F\n@B\n')
    assert (config.frontends[0].connection, config.backends[0].connection) == ("keep-alive", "keep-alive")


def test_headers_of_two_layers_are_one_table(load):
    config = load('[defaults]\nset_request_headers = { X-A = "1", X-B = "1" }\n@F\n@B\nset_request_headers.x-b = "2"\n')
    assert config.backends[0].set_request_headers == (("X-A", "1"), ("x-b", "2"))


def test_a_list_is_complained_of_where_it_stands_and_not_in_the_one_that_it_replaces(complaints):
    assert complaints(
        '[defaults]\naffinity = [{ extractor = "cookie", name = "X" }]\n[[defaults.rule]]\ndeny = 403\n'
        '@F\n[[frontend.x.rule]]\nredirect = "/a"\n@B\naffinity = [{ nix = 1 }]\n'
    ) == ['12 [backend.b] affinity[0]: it does not say which extractor; write { extractor = "…" }']


def test_what_is_wrong_in_defaults_is_said_once(complaints):
    assert complaints(
        '[defaults]\nretries = "x"\nbackend = "nix"\ntimeout.conect = "1s"\n'
        '[frontend.a]\nbind = ":80"\n[frontend.c]\nbind = ":81"\n@B\n[backend.c]\nserver.s1 = "127.0.0.1:1"\n'
    ) == [
        '2 [defaults] retries: "x" is not a whole number; write a number from 0 on',
        '3 [defaults] backend: there is no backend "nix"; there is b and c',
        '4 [defaults] timeout.conect: there is no option "conect" here; did you mean "connect"?',
    ]
