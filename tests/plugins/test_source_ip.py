import pytest
from affinity_gw_plugins.source_ip import SourceIp

from tests.routing.making import request


@pytest.mark.parametrize(
    ("options", "client", "key"),
    [
        ({}, "192.0.2.7", "192.0.2.7/32"),
        ({"prefix_v4": 24}, "192.0.2.7", "192.0.2.0/24"),
        ({"prefix_v4": 0}, "192.0.2.7", "0.0.0.0/0"),
        ({}, "2001:db8::1:2:3:4", "2001:db8::/64"),
        ({"prefix_v6": 128}, "2001:DB8:0::1", "2001:db8::1/128"),
        ({"prefix_v4": 24}, "::ffff:192.0.2.7", "192.0.2.0/24"),
        ({}, "fe80::1%eth0", "fe80::/64"),
        ({}, "", None),
        ({}, "unix", None),
        ({}, "192.0.2.7:80", None),
    ],
)
def test_the_key_is_the_network_of_the_client(options, client, key):
    assert SourceIp(**options).request_key(request(client=client)) == key


def test_it_is_the_client_behind_trusted_proxies_and_not_the_peer():
    assert SourceIp().request_key(request(peer="10.0.0.1", client="192.0.2.7")) == "192.0.2.7/32"


def test_two_with_other_prefixes_do_not_share_their_memory():
    head = request(client="192.0.2.7")
    assert SourceIp(prefix_v4=24).request_key(head) != SourceIp(prefix_v4=16).request_key(head)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"prefix_v4": 33}, "prefix_v4 is 33; it counts bits, from 0 to 32"),
        ({"prefix_v4": -1}, "prefix_v4 is -1; it counts bits, from 0 to 32"),
        ({"prefix_v6": 129}, "prefix_v6 is 129; it counts bits, from 0 to 128"),
    ],
)
def test_what_is_no_prefix_is_refused(options, problem):
    with pytest.raises(ValueError, match=problem):
        SourceIp(**options)


def test_it_pins_by_hash():
    assert SourceIp.default_pin == "hash"
