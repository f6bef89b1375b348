"""Each row was compared with HAProxy 2.6.12's answer."""

import pytest

from affinity_gw.routing.networks import address_in, address_text, header_address, known_address, network_matcher


@pytest.mark.parametrize(
    ("networks", "address", "expected"),
    [
        ("192.168.10.0/24", "192.168.10.7", True),
        ("192.168.10.0/24", "192.168.11.7", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("127.0.0.1/8", "127.9.9.9", True),
        ("127.0.0.1/255.0.0.0", "127.9.9.9", True),
        ("10.0.0.0/8 192.168.0.0/16", "192.168.1.1", True),
        ("192.168.0.0/16", "::ffff:192.168.1.1", True),
        ("192.168.0.0/16", "::192.168.1.1", True),
        ("192.168.0.0/16", "2002:c0a8:101::", True),
        ("::ffff:192.168.0.0/112", "192.168.1.1", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("fe80::/10", "fe80::1%eth0", True),
    ],
)
def test_networks(networks, address, expected):
    assert network_matcher(networks.split())(known_address(address)) is expected


@pytest.mark.parametrize("text", ["", "unix"])
def test_the_peer_of_a_unix_socket_has_no_address(text):
    assert known_address(text) is None


@pytest.mark.parametrize("pattern", ["localhost", "300.1.1.1", "10.0.0.0/33", "10.0.0"])
def test_a_bad_network_is_said(pattern):
    with pytest.raises(ValueError, match=f"'{pattern}' is no address and no network"):
        network_matcher([pattern])


def test_a_mask_with_holes_is_said():
    with pytest.raises(ValueError, match=r"'10.0.0.0/0.0.0.255' has a mask with holes"):
        network_matcher(["10.0.0.0/0.0.0.255"])


@pytest.mark.parametrize(
    ("text", "cast", "header"),
    [
        ("1.2.3.4", "1.2.3.4", "1.2.3.4"),
        ("01.2.3.4", "1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:80", "1.2.3.4", "1.2.3.4"),
        ("1.2.3.4:99999", "1.2.3.4", None),
        ("1.2.3.4x", "1.2.3.4", None),
        ("1.2.3.4.5", None, None),
        ("1.2.3.256", None, None),
        ("1.2.3", None, None),
        ("::1", "::1", "::1"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("[::1]", None, None),
        ("fe80::1%lo", None, None),
        ("", None, None),
        ("name", None, None),
    ],
)
def test_an_address_in_a_string_and_in_a_header(text, cast, header):
    found = address_in(text), header_address(text)
    assert tuple(address and address_text(address) for address in found) == (cast, header)


@pytest.mark.parametrize("text", ["::ffff:1.2.3.4", "::1.2.3.4", "::1", "::", "2001:db8::1", "1.2.3.4"])
def test_addresses_are_written_as_inet_ntop_writes_them(text):
    assert address_text(known_address(text)) == text
