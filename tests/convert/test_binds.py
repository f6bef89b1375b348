"""``bind`` with its options."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.binds import BINDS
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("words", "bind", "kinds"),
    [
        ("*:80", ["*:80"], []),
        (":80,:81", ["*:80", "*:81"], []),
        ("*:80 name a id 4", ["*:80"], []),
        ("[::]:80 v4v6", ["[::]:80", "*:80"], []),
        ("[::]:80 v6only", ["[::]:80"], []),
        ("/run/s mode 660 user root", ["unix@/run/s"], ["left out"]),
        ("*:80 mode 660", ["*:80"], ["warning"]),
        ("*:80 maxconn 100", ["*:80"], ["left out"]),
        ("*:80 accept-proxy", ["*:80"], ["left out"]),
        ("*:80 nice 5 defer-accept", ["*:80"], ["warning", "warning"]),
        ("*:80 proto h1", ["*:80"], []),
        ("*:80 proto h2", ["*:80"], ["left out"]),
        ("*:80 verify none", ["*:80"], ["warning"]),
        ("abns@x", None, ["left out"]),
        ("*:443 ssl crt-list l", None, ["left out"]),
    ],
)
def test_a_line_says_where_to_listen(words, bind, kinds):
    reader = Reader(BINDS).read(f"bind {words}")
    assert (reader.frontend.get("bind"), reader.kinds) == (bind, kinds)


def test_tls_makes_a_table_of_each_address():
    words = "ssl crt a.pem crt b/ ca-file ca.pem verify optional alpn h2,http/1.1 ssl-min-ver TLSv1.1 strict-sni"
    reader = Reader(BINDS).read(f"bind :443,:444 {words}")
    tls = {
        "crt": ["a.pem", "b/"],
        "ca_file": "ca.pem",
        "verify": "optional",
        "alpn": ["http/1.1"],
        "ssl_min_ver": "TLSv1.1",
        "strict_sni": True,
    }
    assert reader.frontend["bind"] == [{"address": "*:443", "tls": tls}, {"address": "*:444", "tls": tls}]
    assert reader.kinds == ["warning"]


def test_a_list_of_certificates_is_left_out_beside_others():
    reader = Reader(BINDS).read("bind :443 ssl crt a.pem crt-list l")
    assert reader.frontend["bind"] == [{"address": "*:443", "tls": {"crt": ["a.pem"]}}]
    assert reader.kinds == ["left out"]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "80",
        "*:0",
        "*:80 foo",
        "*:80 name",
        "*:443 ssl",
        "*:80 verify foo",
        "*:80 nice 5000",
        "*:80 proto foo",
        "/run/s mode x",
        "*:80 maxconn",
        ",*:80",
    ],
)
def test_what_haproxy_refuses_is_refused(words):
    with pytest.raises(Problem):
        Reader(BINDS).read(f"bind {words}")


def test_each_address_knows_its_line():
    reader = Reader(BINDS).read("bind :80").read("bind :81")
    assert reader.section.origins["frontend"] == {("bind", 0): 2, ("bind", 1): 3}


def test_defaults_listen_nowhere():
    with pytest.raises(Problem, match="defaults"):
        Reader(BINDS, "defaults").read("bind :80")


def test_a_backend_has_no_use_for_it():
    assert Reader(BINDS, "backend").read("bind :80").kinds == ["warning"]
