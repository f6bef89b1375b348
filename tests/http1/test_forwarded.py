from ipaddress import ip_network

import pytest

from affinity_gw.http1.forwarded import client_address, is_trusted
from tests.http1.making import get

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "values", "client"),
    [
        pytest.param("192.0.2.1", ("198.51.100.7",), "192.0.2.1", id="a stranger is not believed"),
        pytest.param("10.0.0.1", (), "10.0.0.1", id="a trusted proxy that says nothing"),
        pytest.param("10.0.0.1", ("198.51.100.7",), "198.51.100.7", id="a trusted proxy is believed"),
        pytest.param("10.0.0.1", ("6.6.6.6, 198.51.100.7",), "198.51.100.7", id="what a stranger wrote is not"),
        pytest.param("10.0.0.1", ("198.51.100.7, 10.0.0.2",), "198.51.100.7", id="a chain of trusted proxies"),
        pytest.param("10.0.0.1", ("198.51.100.7", "10.0.0.2"), "198.51.100.7", id="a chain in two lines"),
        pytest.param("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3", id="all of them are trusted"),
        pytest.param(
            "10.0.0.1", ("198.51.100.7, unknown, 10.0.0.2",), "10.0.0.2", id="what is no address ends the walk"
        ),
        pytest.param("10.0.0.1", ("unknown",), "10.0.0.1", id="nothing but what is no address"),
        pytest.param("10.0.0.1", ("",), "10.0.0.1", id="an empty field"),
        pytest.param("10.0.0.1", ("198.51.100.7:4711",), "198.51.100.7", id="with a port"),
        pytest.param("10.0.0.1", ("[2001:db8::1]:4711",), "2001:db8::1", id="IPv6 with a port"),
        pytest.param("10.0.0.1", ("2001:db8::1",), "2001:db8::1", id="IPv6"),
        pytest.param("10.0.0.1", ("2001:DB8:0::1",), "2001:db8::1", id="one spelling for each address"),
        pytest.param("fd00::1", ("198.51.100.7",), "198.51.100.7", id="an IPv6 proxy"),
        pytest.param("::ffff:10.0.0.1", ("198.51.100.7",), "198.51.100.7", id="an IPv4 proxy on an IPv6 socket"),
        pytest.param("", ("198.51.100.7",), "", id="a unix socket's other end"),
    ],
)
def test_client_address(peer, values, client):
    head = get(*(f"X-Forwarded-For: {value}" for value in values))
    assert client_address(head.headers, peer, TRUSTED) == client


def test_nobody_is_trusted_where_no_network_is():
    assert client_address(get("X-Forwarded-For: 198.51.100.7").headers, "10.0.0.1", ()) == "10.0.0.1"
    assert not is_trusted("10.0.0.1", ())


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("10.255.255.255", True),
        ("11.0.0.0", False),
        ("::ffff:10.0.0.1", True),
        ("fd12::1", True),
        ("fe80::1%eth0", False),
        ("", False),
        ("10.0.0.1.example", False),
        ("@", False),
    ],
)
def test_is_trusted(address, trusted):
    assert is_trusted(address, TRUSTED) is trusted
