"""Wt's idiom: recognised where it is nothing else, and left alone everywhere else."""

from copy import deepcopy

import pytest

from affinity_gw.config.load import load_mapping
from affinity_gw.convert.carried import Carried
from affinity_gw.convert.idiom import mentions, recognise
from affinity_gw.explain import explain
from tests.convert.making import LINES, carried


@pytest.fixture
def wt():
    return carried()


def test_it_becomes_one_backend(wt):
    found = recognise(wt)
    assert found.carried.data["frontend"] == {"wt": {"bind": "0.0.0.0:80", "backend": "bck_lb"}}
    assert found.carried.data["backend"] == {
        "bck_lb": {"affinity": "wt", "server": {"wt1": "127.0.0.1:9090", "wt2": "127.0.0.1:9091"}}
    }
    assert found.carried.data["defaults"] == wt.data["defaults"]
    assert found.replaced == ["[frontend.wt]", "[backend.bck_lb]", "[backend.bck1]", "[backend.bck2]"]
    assert found.sections == [("frontend", "wt"), ("backend", "bck_lb")]
    assert load_mapping(found.carried.data).warnings == ()


def test_the_reading_itself_stays_as_it_is(wt):
    before = deepcopy(wt)
    recognise(wt)
    assert wt == before


def test_each_key_still_knows_its_line(wt):
    wt.data["frontend"]["wt"]["rule"].insert(1, {"deny": 403, "when": "{ path /x }"})
    wt.origins = {**LINES, ("frontend", "wt", "rule", 1): 99, ("frontend", "wt", "rule", 2): 17}
    found = recognise(wt).carried
    assert found.data["frontend"]["wt"]["rule"] == [{"deny": 403, "when": "{ path /x }"}]
    assert found.origins[("frontend", "wt", "rule", 0)] == 99
    assert found.origins[("backend", "bck_lb", "affinity")] == 16
    assert found.origins[("backend", "bck_lb", "server", "wt2")] == 22
    assert not [path for path in found.origins if path[:2] == ("backend", "bck1") or "srv1" in path]


def test_an_acl_that_another_rule_uses_stays(wt):
    wt.data["frontend"]["wt"]["rule"].append({"deny": 403, "when": "srv1 { src 10.0.0.0/8 }"})
    assert recognise(wt).carried.data["frontend"]["wt"]["acl"] == {"srv1": "url_sub wtd=wt1"}


def test_what_is_nothing_else_is_recognised_in_each_frontend(wt):
    other = {name: deepcopy(table) for name, table in wt.data["backend"].items()}
    text = str(wt.data["frontend"]["wt"]).replace("bck", "new").replace(":80", ":81")
    wt.data["frontend"]["two"] = eval(text)
    wt.data["backend"] |= {
        name.replace("bck", "new"): eval(str(table).replace("bck", "new")) for name, table in other.items()
    }
    found = recognise(wt)
    assert list(found.carried.data["backend"]) == ["bck_lb", "new_lb"]
    assert len(found.sections) == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["frontend"]["wt"]["rule"].insert(0, {"when": "{ nbsrv(bck1) gt 0 }", "deny": 403}),
        lambda data: data["frontend"]["wt"]["rule"].insert(0, {"when": "{ path /x }", "backend": "bck_lb"}),
        lambda data: data["frontend"]["wt"]["rule"].insert(0, {"backend": "%[req.hdr(host)]"}),
        lambda data: data["frontend"].update(more={"bind": ":81", "backend": "bck_lb"}),
        lambda data: data["frontend"].update(more={"bind": ":81", "backend": "bck1"}),
        lambda data: data["backend"].update(more={"server": {"a": {"address": "h:1", "track": "bck2/srv2"}}}),
        lambda data: data["frontend"]["wt"].update(mode="tcp"),
        lambda data: data["defaults"].update(mode="tcp"),
        lambda data: data["backend"]["bck_lb"].update(retries=1),
        lambda data: data["frontend"]["wt"].pop("backend"),
        lambda data: data["frontend"]["wt"].pop("rule"),
        lambda data: data.pop("backend"),
        lambda data: data.pop("frontend"),
    ],
    ids=[
        "a condition asks for a backend that goes",
        "a rule sends to the shared backend what nothing pinned",
        "a rule may send anywhere",
        "another frontend uses the shared backend",
        "another frontend uses a backend that goes",
        "another backend tracks a server that goes",
        "the frontend is tcp",
        "all is tcp",
        "the backends differ",
        "no default backend",
        "no rules",
        "no backends",
        "no frontends",
    ],
)
def test_anything_more_leaves_it_as_it_is(wt, change):
    change(wt.data)
    assert recognise(wt) is None


def test_an_empty_reading_is_no_idiom():
    assert recognise(Carried("haproxy.cfg")) is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("nbsrv(b1) gt 0", True),
        ("b1/s1", True),
        ("b1", True),
        ("b10 ab1 b1-x b1.x", False),
        ([{"when": ["x", "b1"]}], True),
        ({"backend": "%[hdr(host)]"}, True),
        (7, False),
    ],
    ids=str,
)
def test_a_name_is_mentioned_as_a_word(item, expected):
    assert mentions(item, {"b1"}) is expected


@pytest.mark.parametrize("down", [(), ("1",), ("2",), ("1", "2")], ids=lambda down: f"down {'and'.join(down)}")
@pytest.mark.parametrize("value", ["wt1", "wt1AAAABBBBCCCCDDDD", "wt2-7", "wt3AAAABBBBCCCCDDDD", None])
def test_every_session_reaches_the_server_that_it_reached(wt, value, down):
    url = f"/app?a=b&wtd={value}" if value else "/"
    before = explain(load_mapping(wt.data), url, down=[f"bck{number}/srv{number}" for number in down])
    after = explain(load_mapping(recognise(wt).carried.data), url, down=[f"bck_lb/wt{number}" for number in down])
    assert before.status == after.status
    assert (before.server or "none")[-1] == (after.server or "none")[-1]
