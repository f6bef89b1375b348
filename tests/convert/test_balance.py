"""``balance``, ``hash-type`` and their kin."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.balance import BALANCE
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("line", "balance", "kinds"),
    [
        ("balance", "roundrobin", []),
        ("balance leastconn", "leastconn", []),
        ("balance source foo", "source", ["warning"]),
        ("balance random(3)", "random(3)", []),
        ("balance random()", "random", []),
        ("balance random draw 2", "random", ["warning"]),
        ("balance random 2", "random", ["warning"]),
        ("balance uri len 5 depth 3 whole", "uri len 5 depth 3 whole", []),
        ("balance hdr(Host) use_domain_only", "hdr(Host) use_domain_only", []),
        ("balance url_param wtd", "url_param wtd", []),
        ("balance url_param wtd check_post 5", "url_param wtd", ["left out"]),
        ("random draw 3", "random(3)", ["repaired"]),
        ("random", "random(2)", ["repaired"]),
    ],
)
def test_the_words_are_those_of_toml(line, balance, kinds):
    reader = Reader(BALANCE).read(line)
    assert (reader.said, reader.kinds) == ({"balance": balance}, kinds)


@pytest.mark.parametrize("line", ["balance rdp-cookie(x)", "balance rdp-cookie", "balance hash path"])
def test_what_cannot_be_hashed_is_left_out(line):
    reader = Reader(BALANCE).read(line)
    assert (reader.said, reader.kinds) == ({}, ["left out"])


@pytest.mark.parametrize(
    "line",
    [
        "balance foo",
        "balance random(0)",
        "balance random(x)",
        "balance random(3",
        "balance uri foo",
        "balance uri len 0",
        "balance uri depth",
        "balance hdr",
        "balance hdr()",
        "balance hdr(Host) foo",
        "balance url_param",
        "balance url_param x y",
        "balance hash",
        "balance sqf",
        "random draw 0",
        "hash-type",
        "hash-type foo",
        "hash-type consistent avalanche",
        "hash-type consistent sdbm foo",
        "hash-balance-factor",
        "hash-balance-factor 100",
    ],
)
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(BALANCE).read(line)


@pytest.mark.parametrize(
    ("line", "said", "kinds"),
    [
        ("hash-type consistent", {"hash_type": "consistent"}, []),
        ("hash-type map-based wt6 avalanche", {"hash_type": "map-based wt6 avalanche"}, []),
        ("hash-type consistent sdbm avalanche x", {"hash_type": "consistent sdbm avalanche"}, ["warning"]),
        ("hash-balance-factor 150", {"hash_balance_factor": 150}, []),
        ("hash-balance-factor x", {"hash_balance_factor": 0}, ["warning"]),
        ("hash-balance-factor 70000", {"hash_balance_factor": 65535}, []),
    ],
)
def test_how_keys_are_hashed(line, said, kinds):
    reader = Reader(BALANCE).read(line)
    assert (reader.said, reader.kinds) == (said, kinds)


@pytest.mark.parametrize("line", ["balance source", "hash-type consistent", "hash-balance-factor 0"])
def test_a_frontend_has_no_use_for_them(line):
    reader = Reader(BALANCE, "frontend").read(line)
    assert (reader.said, reader.kinds) == ({}, ["warning"])


def test_random_is_repaired_only_where_servers_are():
    with pytest.raises(Problem):
        Reader(BALANCE, "frontend").read("random draw 2")
