"""Addresses as people read them."""

import pytest

from affinity_gw.routing.address import Address


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (Address("127.0.0.1", 80), "127.0.0.1:80"),
        (Address("::1", 80), "[::1]:80"),
        (Address(path="/run/x"), "unix@/run/x"),
        (Address(fd=3), "fd@3"),
    ],
)
def test_an_address_is_written_as_in_a_configuration(address, text):
    assert str(address) == text
