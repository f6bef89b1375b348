"""Addresses as HAProxy reads them."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.addresses import Unfit, binds, is_name, is_wildcard, part, server
from affinity_gw.convert.lexer import Word


@pytest.mark.parametrize(
    ("word", "address"),
    [
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("app1:80", "app1:80"),
        ("[::1]:80", "[::1]:80"),
        ("::1:80", "[::1]:80"),
        ("ipv6@::1:80", "[::1]:80"),
        ("ipv4@10.0.0.1:80", "10.0.0.1:80"),
        ("unix@/run/a", "unix@/run/a"),
        ("/run/a", "unix@/run/a"),
        (":80", "0.0.0.0:80"),
        ("*:80", "0.0.0.0:80"),
        ("ipv6@*:80", "[::]:80"),
    ],
)
def test_where_a_server_is(word, address):
    assert server(Word(word)) == address


@pytest.mark.parametrize(
    "word", ["", "fd@3", "unix@", "h:70000", "h:80-90", "h:x", "300.1.1.1:80", "ipv4@::1:80", "fe80::1", "udp@h:80"]
)
def test_what_no_server_can_be_is_refused(word):
    with pytest.raises(Problem):
        server(Word(word))


@pytest.mark.parametrize("word", ["h", "10.0.0.1", "[::1]", "h:0", "h:+1", "h:-1", "abns@x"])
def test_what_the_gateway_cannot_reach_is_unfit(word):
    with pytest.raises(Unfit):
        server(Word(word))


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("*:80", ["*:80"]),
        (":80", ["*:80"]),
        ("*:80-82", ["*:80", "*:81", "*:82"]),
        ("10.0.0.1:80,:81,", ["10.0.0.1:80", "*:81"]),
        (":::80", ["[::]:80"]),
        ("ipv6@:80", ["[::]:80"]),
        ("ipv4@:80", ["*:80"]),
        ("localhost:80", ["localhost:80"]),
        ("/run/s", ["unix@/run/s"]),
        ("fd@3", ["fd@3"]),
    ],
)
def test_where_to_listen(word, found):
    assert binds(Word(word)) == (found, [])


@pytest.mark.parametrize(
    "word", ["", "80", "*:0", "*:82-80", "*:70000", "*:x", ",*:80", "fd@x", "udp@:80", "*:1-65535"]
)
def test_where_nobody_can_listen_is_refused(word):
    with pytest.raises(Problem):
        binds(Word(word))


def test_an_abstract_socket_is_unfit_and_the_others_stay():
    found, unfit = binds(Word("abns@x,:80"))
    assert (found, [each.reason.partition(":")[0] for each in unfit]) == (["*:80"], ["abns@x"])


@pytest.mark.parametrize(
    ("address", "name", "wildcard"),
    [
        ("app1:80", True, False),
        ("10.0.0.1:80", False, False),
        ("[::1]:80", False, False),
        ("unix@/a", False, False),
        ("0.0.0.0:80", False, True),
        ("[::]:80", False, True),
    ],
)
def test_names_and_wildcards_are_told_apart(address, name, wildcard):
    assert (is_name(address), is_wildcard(address)) == (name, wildcard)


def test_variables_survive_where_what_goes_away_held_none():
    assert part(Word("ipv4@10.0.0.1:80", "ipv4@${A}:80"), "10.0.0.1:80") == "${A}:80"
    assert part(Word("ipv4@10.0.0.1:80", "${A}"), "10.0.0.1:80") == "10.0.0.1:80"
    assert binds(Word("fd@5", "fd@${FD}")) == (["fd@${FD}"], [])
