"""The rules that send a session to its one server."""

import pytest

from affinity_gw.convert.pins import Pin, pins
from tests.convert.making import carried


@pytest.fixture
def data():
    return carried().data


def found(data):
    return pins(data["frontend"]["wt"], data["backend"])


def test_each_rule_pins_a_prefix_to_a_server(data):
    first, second = found(data)
    server = {"address": "127.0.0.1:9090", "check": True}
    assert first == Pin(0, ("srv1_up", "srv1"), "wtd", "wt1", "bck1", "bck1/srv1", "srv1", server)
    assert (second.rule, second.prefix, second.old) == (1, "wt2", "bck2/srv2")


def test_the_words_of_a_criterion_may_stand_apart_and_in_a_list(data):
    data["frontend"]["wt"]["acl"]["srv1"] = ["url_sub  wtd=wt1"]
    data["frontend"]["wt"]["acl"]["srv1_up"] = "nbsrv(bck1)  ge 1"
    assert len(found(data)) == 2


@pytest.mark.parametrize(
    ("name", "criterion"),
    [
        ("srv1", "url_sub -i wtd=wt1"),
        ("srv1", "url_sub wtd=wt1 wtd=wt3"),
        ("srv1", "path_sub wtd=wt1"),
        ("srv1", "url_sub wtd"),
        ("srv1", ["url_sub wtd=wt1", "url_sub wtd=wt3"]),
        ("srv1_up", "nbsrv(bck1) gt 1"),
        ("srv1_up", "nbsrv(bck2) gt 0"),
        ("srv1_up", "src 10.0.0.0/8"),
    ],
)
def test_another_criterion_pins_nothing(data, name, criterion):
    data["frontend"]["wt"]["acl"][name] = criterion
    assert [pin.prefix for pin in found(data)] == ["wt2"]


@pytest.mark.parametrize("when", ["srv1", "srv1_up !srv1", "srv1_up or srv1", "srv1_up srv1 srv2", "srv1_up nix"])
def test_another_condition_pins_nothing(data, when):
    data["frontend"]["wt"]["rule"][0]["when"] = when
    assert [pin.prefix for pin in found(data)] == ["wt2"]


def test_a_rule_without_a_condition_pins_nothing(data):
    del data["frontend"]["wt"]["rule"][0]["when"]
    assert [pin.prefix for pin in found(data)] == ["wt2"]


def test_a_backend_that_is_chosen_after_them_would_be_chosen_before(data):
    data["frontend"]["wt"]["rule"].append({"when": "srv1", "backend": "bck_lb"})
    assert found(data) == []


def test_rules_before_them_and_refusals_after_them_do_no_harm(data):
    rules = data["frontend"]["wt"]["rule"]
    rules.insert(0, {"when": "{ path_beg /x }", "backend": "other"})
    rules.append({"when": "{ src 10.0.0.1 }", "deny": 403})
    assert [pin.rule for pin in found(data)] == [1, 2]


@pytest.mark.parametrize(
    "criterion", ["url_sub sid=wt2", "url_sub wtd=wt1"], ids=["two parameters", "one prefix twice"]
)
def test_they_agree_on_a_parameter_and_not_on_a_prefix(data, criterion):
    data["frontend"]["wt"]["acl"]["srv2"] = criterion
    assert found(data) == []


def test_a_server_that_the_default_backend_does_not_track_is_not_pinned(data):
    data["backend"]["bck_lb"]["server"]["srv1"] = "127.0.0.1:9090"
    assert [pin.prefix for pin in found(data)] == ["wt2"]


def test_a_server_that_the_default_backend_has_twice_is_not_pinned(data):
    data["backend"]["bck_lb"]["server"]["more"] = {"address": "127.0.0.1:9090", "track": "bck1/srv1"}
    assert [pin.prefix for pin in found(data)] == ["wt2"]


def test_a_backend_of_two_servers_pins_nothing(data):
    data["backend"]["bck1"]["server"]["more"] = "127.0.0.1:2"
    assert [pin.prefix for pin in found(data)] == ["wt2"]


def test_without_a_default_backend_there_are_none(data):
    del data["frontend"]["wt"]["backend"]
    assert found(data) == []
