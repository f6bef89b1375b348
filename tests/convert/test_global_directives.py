"""``global``, directive by directive."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.global_directives import GLOBAL, tune
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("line", "said", "kinds"),
    [
        ("maxconn 4096", {"maxconn": 4096}, []),
        ("user nobody", {"user": "nobody"}, []),
        ("uid 99", {"user": "99"}, []),
        ("chroot /var/empty", {"chroot": "/var/empty"}, []),
        ("daemon", {"daemon": True}, []),
        ("nbproc 4", {"workers": 4}, ["repaired"]),
        ("nbthread 1", {"workers": 1}, []),
        ("nbthread 2", {"workers": 2}, ["warning"]),
        ("hard-stop-after 30000", {"hard_stop_after": "30s"}, []),
        ("quiet", {}, ["warning"]),
        ("stats socket /run/s", {}, ["left out"]),
        ("lua-load x.lua", {}, ["left out"]),
    ],
)
def test_what_a_directive_says(line, said, kinds):
    reader = Reader(GLOBAL, "global").read(line)
    assert (reader.said, reader.kinds) == (said, kinds)


def test_log_lines_add_up():
    reader = Reader(GLOBAL, "global").read("log 127.0.0.1 local0").read("log /dev/log local1 notice")
    assert [each.value for each in reader.said["log"]] == ["127.0.0.1 local0", "/dev/log local1 notice"]


@pytest.mark.parametrize("line", ["maxconn", "maxconn x", "user", "daemon now", "nbproc 0", "log 127.0.0.1"])
def test_what_haproxy_refuses_is_refused(line):
    with pytest.raises(Problem):
        Reader(GLOBAL, "global").read(line)


def test_buffers_are_the_gateways_own():
    reader = Reader({"tune.bufsize": tune}, "global").read("tune.bufsize 16384")
    assert reader.kinds == ["warning"]
    with pytest.raises(Problem, match="value is missing"):
        reader.read("tune.bufsize")
