"""``server``, ``default-server`` and ``dispatch``: what HAProxy 2.6 takes, and what becomes of it."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.servers import SERVERS
from tests.convert.reading import Reader


def read(*lines, kind="listen", parent=None):
    reader = Reader(SERVERS, kind, parent)
    for line in lines:
        reader.read(line)
    return reader


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("127.0.0.1:80 check", {"address": "127.0.0.1:80", "check": True}),
        ("127.0.0.1:80 check no-check", "127.0.0.1:80"),
        ("127.0.0.1:80 weight 3 maxconn 10 cookie a id 7", {"weight": 3, "maxconn": 10, "cookie": "a", "id": 7}),
        ("127.0.0.1:80 track b/x", {"track": "b/x"}),
        ("127.0.0.1:80 backup no-backup", "127.0.0.1:80"),
        ("unix@/run/a backup", {"address": "unix@/run/a", "backup": True}),
        ("127.0.0.1:80 check inter 2000 rise 3 fall 2", {"check": {"inter": "2s", "rise": 3, "fall": 2}}),
        ("127.0.0.1:80 inter 2s", "127.0.0.1:80"),
        ("127.0.0.1:80 ssl verify none sni str(h)", {"tls": {"verify": "none", "sni": "h"}}),
        ("127.0.0.1:80 ssl verify none check", {"tls": {"verify": "none"}, "check": True}),
        (
            "127.0.0.1:80 ssl verify none check port 81",
            {"tls": {"verify": "none"}, "check": {"port": 81, "tls": False}},
        ),
        ("127.0.0.1:80 ssl ca-file ca.pem", {"tls": {"ca_file": "ca.pem", "verifyhost": False}}),
        ("127.0.0.1:80 ssl ca-file ca.pem sni str(h)", {"tls": {"ca_file": "ca.pem", "sni": "h"}}),
        ("127.0.0.1:80 check check-ssl", {"check": {"tls": True}}),
        ("127.0.0.1:80 check check-ssl verify none", {"check": {"tls": {"verify": "none"}}}),
        ("127.0.0.1:80 ssl ca-file ca.pem no-ssl", "127.0.0.1:80"),
    ],
)
def test_a_server_has_what_its_line_says(line, server):
    found = read(f"server a {line}").backend["server"]["a"]
    wanted = server if isinstance(server, str) else {"address": "127.0.0.1:80", **server}
    assert found == wanted


def test_a_server_by_name_is_not_told_it_as_in_haproxy():
    server = read("server a app.example:443 ssl verify none").backend["server"]["a"]
    assert server["tls"] == {"verify": "none", "sni": False}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("server a", "a name and an address"),
        ("server a! 127.0.0.1:80", '"!" cannot stand'),
        ("server a fd@3", "descriptor"),
        ("server a 127.0.0.1:80 check track b/x", "either track or check|not checked itself"),
        ("server a 127.0.0.1:80 ssl", "no ca-file"),
        ("server a 127.0.0.1:80 ssl verify required", "no ca-file"),
        ("server-template a 3", "prefix"),
        ("dispatch", "an address is missing"),
        ("dispatch 127.0.0.1", "no port"),
        ("dispatch 127.0.0.1:80 foo", "one word too many"),
    ],
)
def test_what_haproxy_refuses_is_refused(line, problem):
    with pytest.raises(Problem, match=problem):
        read(line)


@pytest.mark.parametrize("line", ["server a 127.0.0.1:80", "dispatch 127.0.0.1:80", "server-template a 3 127.0.0.1:80"])
def test_defaults_have_no_servers(line):
    with pytest.raises(Problem, match="defaults"):
        read(line, kind="defaults")


def test_two_servers_have_two_names():
    with pytest.raises(Problem, match="already"):
        read("server a 127.0.0.1:80", "server a 127.0.0.1:81")


def test_a_default_server_counts_for_those_after_it_and_less_than_their_own_words():
    lines = ("server a 127.0.0.1:1", "default-server check inter 5s weight 2", "server b 127.0.0.1:2 weight 3")
    reader = read(*lines)
    assert reader.backend["server"]["a"] == "127.0.0.1:1"
    assert reader.backend["server"]["b"] == {"address": "127.0.0.1:2", "weight": 3, "check": {"inter": "5s"}}


def test_default_servers_add_up_from_defaults_on_and_leave_those_as_they_are():
    parent = read("default-server check inter 5s", kind="defaults").section
    reader = read("default-server rise 4", "server a 127.0.0.1:1", kind="backend", parent=parent)
    other = read("server a 127.0.0.1:1", kind="backend", parent=parent)
    assert reader.backend["server"]["a"]["check"] == {"inter": "5s", "rise": 4}
    assert other.backend["server"]["a"]["check"] == {"inter": "5s"}


@pytest.mark.parametrize(
    "line",
    ["server a 127.0.0.1", "server a 127.0.0.1:+1", "server a 127.0.0.1:80 disabled", "server-template a 3 h:80"],
)
def test_what_cannot_be_is_left_out_and_said(line):
    reader = read(line)
    assert "server" not in reader.backend
    assert reader.kinds == ["left out"]


def test_a_name_is_looked_up_and_said_unless_the_line_asked_for_it():
    reader = read("server a app1:80", "server b app2:80 init-addr last,libc,none")
    assert reader.backend["server"]["a"] == {"address": "app1:80", "init_addr": "libc,none"}
    assert reader.backend["server"]["b"] == {"address": "app2:80", "init_addr": "libc,none"}
    assert [problem.partition(" ")[0] for _, problem in reader.notes] == ["app1"]


def test_no_host_is_this_machine_and_said():
    reader = read("server a 0.0.0.0:9090")
    assert reader.backend["server"]["a"] == "0.0.0.0:9090"
    assert reader.kinds == ["warning"]


def test_variables_stay_variables():
    reader = Reader(SERVERS).read('server a "${HOST}:80" cookie "${WORD-x}"', {"HOST": "127.0.0.1"})
    assert reader.backend["server"]["a"] == {"address": "${HOST}:80", "cookie": "${WORD-x}"}


@pytest.mark.parametrize("line", ["server a 127.0.0.1:80", "default-server check"])
def test_a_frontend_has_no_servers(line):
    with pytest.raises(Problem, match="cannot stand in a frontend"):
        read(line, kind="frontend")


def test_a_frontend_has_no_use_for_dispatch():
    assert read("dispatch 127.0.0.1:80", kind="frontend").kinds == ["warning"]


def test_dispatch_is_one_address_without_a_name():
    reader = read("dispatch 127.0.0.1:80")
    assert reader.backend == {"dispatch": "127.0.0.1:80"}
    assert reader.section.origins["backend"] == {("dispatch",): 2}


def test_a_dispatch_that_cannot_be_is_left_out():
    assert read("dispatch abns@x").kinds == ["left out"]
