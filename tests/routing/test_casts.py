from ipaddress import ip_address

import pytest

from affinity_gw.routing.casts import cast

IPV4, IPV6 = ip_address("1.2.3.4"), ip_address("::1")


@pytest.mark.parametrize(
    ("kind", "wanted", "value", "expected"),
    [
        ("string", "integer", "12x", 12),
        ("string", "integer", "", None),
        ("string", "boolean", "1", 1),
        ("string", "address", "1.2.3.4:80", IPV4),
        ("string", "address", "nix", None),
        ("integer", "string", 12, "12"),
        ("integer", "address", 16909060, IPV4),
        ("integer", "binary", 65, "\0" * 7 + "A"),
        ("boolean", "string", 1, "1"),
        ("address", "string", IPV4, "1.2.3.4"),
        ("address", "integer", IPV4, 16909060),
        ("address", "integer", IPV6, None),
        ("address", "binary", IPV4, "\1\2\3\4"),
    ],
)
def test_values_change_their_kind(kind, wanted, value, expected):
    assert cast(kind, wanted)(value) == expected


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("string", "string"), ("string", "binary"), ("boolean", "integer"), ("method", "string"), ("binary", "string")],
)
def test_some_need_no_change(kind, wanted):
    assert cast(kind, wanted) is None


@pytest.mark.parametrize(
    ("kind", "wanted", "problem"),
    [
        ("boolean", "address", "a yes or no cannot be taken for an address"),
        ("method", "integer", "a method cannot be taken for a number"),
        ("binary", "integer", "bytes cannot be taken for a number"),
        ("address", "boolean", "an address cannot be taken for a yes or no"),
    ],
)
def test_haproxy_knows_no_way_for_some(kind, wanted, problem):
    with pytest.raises(ValueError, match=problem):
        cast(kind, wanted)
