"""What was carried over, as TOML: complete, in order, and readable."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.config.load import load_file, load_mapping
from affinity_gw.convert.carried import Note
from affinity_gw.convert.load import config_of
from affinity_gw.convert.read import read
from affinity_gw.convert.toml import text, write
from tests.convert.making import WT, carried

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
KEYS = TEXT | st.sampled_from(["server", "rule", "check", "timeout", "acl", "x", "y"])
VALUES = st.recursive(
    TEXT | st.booleans() | st.integers(-9, 9) | st.text("\\\"'a${", max_size=120),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
SECTIONS = st.sampled_from(["backend", "frontend", "global", "defaults", "userlist"]) | KEYS
MAPPINGS = st.dictionaries(SECTIONS, VALUES | st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES)), max_size=4)


def flat(item, path=()):
    """Every key in order: ``==`` does not ask in which order a mapping has its keys."""
    if not isinstance(item, dict):
        return [path]
    return [path, *(found for key in item for found in flat(item[key], (*path, key)))]


@given(MAPPINGS, st.lists(st.tuples(st.integers(1, 9), TEXT), max_size=3))
def test_it_is_read_as_what_was_carried_over(data, said):
    notes = [Note(line, word, "left out", word) for line, word in said]
    lines = {path: number % 7 for number, path in enumerate(flat(data)) if number % 3}
    assert tomllib.loads(text(carried(data, lines, *notes))) == data


@given(st.lists(KEYS, unique=True))
def test_servers_keep_their_order_because_round_robin_does(names):
    data = {"backend": {"x": {"server": dict.fromkeys(names, "h:1")}}}
    assert list(tomllib.loads(write(carried(data)))["backend"]["x"].get("server", {})) == names


WRITTEN = """\
# Converted from haproxy.cfg; "line 12" is the line there that a setting comes from.
#
# Left out: line 3, stats enable: there is no page of statistics
#
# Repaired, as a comment at each place says: line 9.

[global]
maxconn = 4096  # line 2
# Left out: line 3, stats enable: there is no page of statistics

[defaults]
mode = "http"                # line 4
connection = "server-close"  # line 5
redispatch = true            # line 6
timeout.connect = "5s"       # line 7
timeout.client = "50s"       # line 8
# Repaired: line 9, srvtimeout: HAProxy 2.6 refuses it; read as timeout server
timeout.server = "50s"       # line 9

# HAProxy's defaults
check = false
abortonclose = false
timeout.tunnel = "none"

[frontend.wt]  # line 10
bind = "0.0.0.0:80"               # line 11
backend = "bck_lb"                # line 18
acl.srv1 = "url_sub wtd=wt1"      # line 12
acl.srv2 = "url_sub wtd=wt2"      # line 13
acl.srv1_up = "nbsrv(bck1) gt 0"  # line 14
acl.srv2_up = "nbsrv(bck2) gt 0"  # line 15

[[frontend.wt.rule]]  # line 16
when = "srv1_up srv1"
backend = "bck1"

[[frontend.wt.rule]]  # line 17
when = "srv2_up srv2"
backend = "bck2"

[backend.bck_lb]  # line 19
balance = "roundrobin"                                             # line 20
server.srv1 = { address = "127.0.0.1:9090", track = "bck1/srv1" }  # line 21
server.srv2 = { address = "127.0.0.1:9091", track = "bck2/srv2" }  # line 22

[backend.bck1]  # line 23
balance = "roundrobin"                                      # line 24
server.srv1 = { address = "127.0.0.1:9090", check = true }  # line 25

[backend.bck2]  # line 26
balance = "roundrobin"                                      # line 27
server.srv2 = { address = "127.0.0.1:9091", check = true }  # line 28

# The same in affinity_gw's own words (convert --idiomatic writes it so), in the place of
# [frontend.wt], [backend.bck_lb], [backend.bck1], [backend.bck2]:
#
#   [frontend.wt]  # line 10
#   bind = "0.0.0.0:80"  # line 11
#   backend = "bck_lb"   # line 18
#
#   [backend.bck_lb]  # line 19
#   affinity = "wt"                # line 16
#   server.wt1 = "127.0.0.1:9090"  # line 21
#   server.wt2 = "127.0.0.1:9091"  # line 22
#
"""
"""Up to what becomes different."""

NOTES = [
    Note(3, "stats enable", "left out", "there is no page of statistics"),
    Note(9, "srvtimeout", "repaired", "HAProxy 2.6 refuses it", "read as timeout server"),
]


def test_it_reads_better_than_what_it_came_from():
    expected = WRITTEN.splitlines()
    assert write(carried(None, None, *NOTES)).splitlines()[: len(expected)] == expected


def test_idiomatic_it_is_shorter_and_says_what_becomes_different():
    written = write(carried(), idiomatic=True)
    assert written.startswith("# Converted from haproxy.cfg;")
    assert '\n[backend.bck_lb]  # line 19\naffinity = "wt" ' in written
    assert "# What becomes different in [backend.bck_lb]:" in written
    assert "bck1/srv1" not in written.split("[global]")[1]
    assert "in affinity_gw's own words" not in written


@pytest.mark.parametrize("idiomatic", [False, True])
def test_what_is_written_can_be_used(idiomatic):
    config = load_mapping(tomllib.loads(write(carried(), idiomatic)))
    assert {backend.name for backend in config.backends} == ({"bck_lb"} if idiomatic else set(WT["backend"]))


def test_without_lines_nothing_claims_to_be_a_default():
    assert "#" not in write(carried({"backend": {"b": {"retries": 3}}})).split("\n", 1)[1]


def test_what_toml_cannot_say_is_an_error():
    with pytest.raises(TypeError):
        text(carried({"global": {"maxconn": None}}))


CONFIGS = sorted((Path(__file__).parent / "configs").glob("*.cfg"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("idiomatic", [False, True], ids=["as it is", "idiomatic"])
class TestConfigurations:
    """Configurations as people have them, with what HAProxy 2.6 refuses of them."""

    def test_each_can_be_run_as_it_is_and_as_it_is_written(self, path, idiomatic, tmp_path):
        config_of(read(path, path.name))
        (tmp_path / "cfg.toml").write_text(write(read(path, path.name), idiomatic), encoding="utf-8")
        load_file(tmp_path / "cfg.toml")

    def test_nothing_is_left_out(self, path, idiomatic):
        left_out = [note for note in read(path, path.name).notes if note.kind == "left out"]
        assert left_out == []
        assert "# Left out" not in write(read(path, path.name), idiomatic)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_each_directive_is_named_by_its_line(path):
    carried = read(path, path.name)
    named = re.findall(r"# lines? ([\d, ]+)$", write(carried), re.MULTILINE)
    assert {int(number) for numbers in named for number in numbers.split(",")} == set(carried.origins.values())
