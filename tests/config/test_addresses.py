"""Addresses as an operator writes them."""

from ipaddress import ip_network

import pytest

from affinity_gw.config.addresses import bind_address, network, server_address
from affinity_gw.config.problem import Problem
from affinity_gw.routing.address import Address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("0.0.0.0:80", Address("0.0.0.0", 80)),
        ("127.0.0.1:0", Address("127.0.0.1", 0)),
        ("[::]:80", Address("::", 80)),
        ("[0:0::1]:80", Address("::1", 80)),
        ("*:80", Address("0.0.0.0", 80)),
        (":80", Address("0.0.0.0", 80)),
        ("localhost:8080", Address("localhost", 8080)),
        ("unix@/run/gw.sock", Address(path="/run/gw.sock")),
        ("unix@gw.sock", Address(path="gw.sock")),
        ("fd@3", Address(fd=3)),
    ],
)
def test_a_frontend_listens_there(written, address):
    assert bind_address(written) == address


@pytest.mark.parametrize(
    "written",
    ["", "80", "1.2.3.4", "::1:80", "[::1]", "[nix]:80", "300.1.1.1:80", "1.2.3:80", ":99999", ":-1", ":x", "a b:80",
     "unix@", "unix@" + "x" * 108, "unix@a\0b", "fd@", "fd@x", "-a:80", "http://a:80", 80, None, ":80 "],
)  # fmt: skip
def test_a_frontend_cannot_listen_there(written):
    with pytest.raises(Problem):
        bind_address(written)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1:9090", Address("127.0.0.1", 9090)),
        ("[::1]:9090", Address("::1", 9090)),
        ("app-1.example.org:80", Address("app-1.example.org", 80)),
        ("unix@/run/app.sock", Address(path="/run/app.sock")),
    ],
)
def test_a_server_is_reached_there(written, address):
    assert server_address(written) == address


@pytest.mark.parametrize("written", ["127.0.0.1", ":9090", "*:9090", "127.0.0.1:0", "fd@3", {}, "", "a:b:80"])
def test_a_server_cannot_be_reached_there(written):
    with pytest.raises(Problem):
        server_address(written)


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("192.168.1.7", "192.168.1.7/32"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("fd00::/8", "fd00::/8"),
    ],
)
def test_a_network_is_one_address_or_many(written, parsed):
    assert network(written) == ip_network(parsed)


@pytest.mark.parametrize("written", ["", "10.0.0.0/99", "localhost", 10, None])
def test_what_is_no_network_is_refused(written):
    with pytest.raises(Problem):
        network(written)
