"""The one backend that stands for all."""

import pytest

from affinity_gw.convert.pinned import pinned
from affinity_gw.convert.pins import pins
from tests.convert.making import carried

SERVERS = {"wt1": "127.0.0.1:9090", "wt2": "127.0.0.1:9091"}


@pytest.fixture
def data():
    return carried().data


def made(data):
    found = pins(data["frontend"]["wt"], data["backend"])
    return pinned(data["backend"]["bck_lb"], found, data["backend"])


def test_it_is_four_lines(data):
    assert made(data) == {"affinity": "wt", "server": SERVERS}


def test_another_parameter_has_no_preset(data):
    acls = data["frontend"]["wt"]["acl"]
    acls["srv1"], acls["srv2"] = "url_sub sid=wt1", "url_sub sid=wt2"
    extractor = {"extractor": "url_prefix", "parameter": "sid"}
    assert made(data) == {"affinity": [extractor], "check": True, "server": SERVERS}


def test_what_all_of_them_say_is_kept(data):
    for backend in data["backend"].values():
        backend["timeout"] = {"server": "5m"}
    assert made(data)["timeout"] == {"server": "5m"}


def test_a_check_that_says_more_is_kept(data):
    for name in ("bck1", "bck2"):
        data["backend"][name]["check"] = {"enabled": False, "http": "HEAD /check.txt"}
    assert made(data)["check"] == {"enabled": True, "http": "HEAD /check.txt"}


@pytest.mark.parametrize(
    ("path", "item"),
    [
        (("bck_lb", "balance"), "leastconn"),
        (("bck_lb", "affinity"), [{"extractor": "cookie", "name": "A"}]),
        (("bck_lb", "retries"), 1),
        (("bck2", "retries"), 1),
        (("bck2", "check"), {"http": "HEAD /"}),
        (("bck1", "server", "srv1", "check"), False),
        (("bck1", "server", "srv1", "maxconn"), 5),
        (("bck_lb", "server", "srv1", "weight"), 5),
        (("bck_lb", "server", "srv1", "address"), "127.0.0.1:1"),
        (("bck_lb", "server", "srv3"), "127.0.0.1:9092"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_anything_more_would_be_lost(data, path, item):
    table = data["backend"]
    for step in path[:-1]:
        table = table[step]
    table[path[-1]] = item
    assert made(data) is None
