"""``cookie``, and what else binds a client to a server."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.affinity import AFFINITY
from affinity_gw.convert.read import read
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("words", "options", "kinds"),
    [
        ("", {}, []),
        ("insert indirect nocache", {"insert": True, "indirect": True, "nocache": True}, []),
        ("prefix nocache", {"prefix": True, "nocache": True}, []),
        ("insert maxidle 30 maxlife 8h", {"insert": True, "maxidle": "30s", "maxlife": "8h"}, []),
        ("insert maxlife 0", {"insert": True}, []),
        ("insert domain .a domain .b", {"insert": True, "domain": [".a", ".b"]}, []),
        ("insert domain .a attr X=1", {"insert": True, "domain": ".a", "attr": "X=1"}, []),
        ("insert preserve", {"insert": True, "preserve": True}, []),
        ("insert dynamic", {"insert": True}, ["left out"]),
        ("nocache postonly", {}, ["warning"]),
        ("rewrite maxidle 5s preserve", {"rewrite": True}, ["warning"]),
    ],
)
def test_a_cookie_becomes_an_extractor(words, options, kinds):
    reader = Reader(AFFINITY).read(f"cookie A {words}")
    assert reader.said == {"affinity cookie": {"extractor": "cookie", "name": "A", **options}}
    assert reader.kinds == kinds


@pytest.mark.parametrize(
    "words",
    [
        "",
        "A foo",
        "A insert rewrite",
        "A insert prefix",
        "A rewrite indirect",
        "A insert maxidle",
        "A insert maxidle x",
        "A insert domain a;b",
        "A insert domain",
        "A insert attr 'a;b'",
        "''",
    ],
)
def test_what_haproxy_refuses_is_refused(words):
    with pytest.raises(Problem):
        Reader(AFFINITY).read(f"cookie {words}")


@pytest.mark.parametrize(
    "line", ["appsession JSESSIONID len 52 timeout 3h", "stick-table type ip size 1m", "stick on src"]
)
def test_what_there_is_not_is_left_out_with_advice(line):
    reader = Reader(AFFINITY).read(line)
    assert reader.kinds == ["left out"]
    assert "extractor" in reader.carried.notes[0].advice


def test_a_frontend_has_no_use_for_a_cookie():
    assert Reader(AFFINITY, "frontend").read("cookie A insert").kinds == ["warning"]


def test_a_server_without_a_cookie_is_named_by_none(tmp_path):
    path = tmp_path / "haproxy.cfg"
    path.write_text("backend app\n cookie A insert\n server a 127.0.0.1:1\n server b 127.0.0.1:2 cookie x weight 2\n")
    servers = read(path, "haproxy.cfg").data["backend"]["app"]["server"]
    assert servers["a"] == {"address": "127.0.0.1:1", "cookie": False}
    assert servers["b"]["cookie"] == "x"


def test_without_a_cookie_directive_nothing_is_said_of_it(tmp_path):
    path = tmp_path / "haproxy.cfg"
    path.write_text("backend app\n server a 127.0.0.1:1\n")
    assert "cookie" not in str(read(path, "haproxy.cfg").data["backend"]["app"]["server"])
