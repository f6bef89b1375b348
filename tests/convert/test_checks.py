"""``option httpchk`` and the other kinds of checks."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.checks import CHECK_OPTIONS
from tests.convert.reading import Reader


def request(said):
    """The request of a check: its line, fields and body."""
    return said["check http"], said["check fields"], said["check body"]


@pytest.mark.parametrize(
    ("words", "wanted", "kinds"),
    [
        ("", ("OPTIONS / HTTP/1.0", {}, ""), []),
        ("/x", ("OPTIONS /x HTTP/1.0", {}, ""), []),
        ("GET", ("OPTIONS GET HTTP/1.0", {}, ""), ["warning"]),
        ("HEAD /x", ("HEAD /x HTTP/1.0", {}, ""), []),
        ("HEAD /x HTTP/1.1", ("HEAD /x HTTP/1.1", {}, ""), []),
        (r"GET /x HTTP/1.1\r\nHost:\ www\r\nX:y", ("GET /x HTTP/1.1", {"Host": "www", "X": "y"}, ""), ["warning"]),
        (r"POST /x HTTP/1.0\r\nHost:\ w\r\n\r\nbody", ("POST /x HTTP/1.0", {"Host": "w"}, "body"), ["warning"]),
        ("GET /x HTTP/2.0", ("GET /x HTTP/1.0", {}, ""), ["warning"]),
    ],
)
def test_httpchk_is_a_request(words, wanted, kinds):
    reader = Reader(CHECK_OPTIONS).read(f"option httpchk {words}")
    assert (request(reader.said), reader.kinds) == (wanted, kinds)
    assert reader.said["check expect"] == []


@pytest.mark.parametrize(
    ("line", "negated"),
    [
        ("option httpchk GET /x HTTP/1.1 foo", False),
        ("option httpchk", True),
        ("option tcp-check", True),
        ("option smtpchk", True),
        ("option tcp-check foo", False),
        ("option log-health-checks x", False),
    ],
)
def test_what_haproxy_refuses_is_refused(line, negated):
    with pytest.raises(Problem):
        Reader(CHECK_OPTIONS).read(line, negated=negated)


@pytest.mark.parametrize(
    "word", ["ssl-hello-chk", "smtpchk", "mysql-check", "redis-check", "ldap-check", "pgsql-check"]
)
def test_other_kinds_become_a_tcp_connect_and_are_said(word):
    reader = Reader(CHECK_OPTIONS).read(f"option {word}")
    assert (reader.said["check http"], reader.kinds) == (None, ["left out"])


def test_a_tcp_check_takes_back_what_defaults_said():
    parent = Reader(CHECK_OPTIONS, "defaults").read("option httpchk GET /d").section
    reader = Reader(CHECK_OPTIONS, "backend", parent).read("option tcp-check")
    assert reader.section.value("check http", "nothing") is None
    assert reader.kinds == []


@pytest.mark.parametrize(("negated", "kinds"), [(False, ["warning"]), (True, [])])
def test_single_checks_are_not_logged(negated, kinds):
    assert Reader(CHECK_OPTIONS).read("option log-health-checks", negated=negated).kinds == kinds


@pytest.mark.parametrize("word", ["httpchk", "tcp-check", "smtpchk"])
def test_a_frontend_has_no_use_for_them(word):
    reader = Reader(CHECK_OPTIONS, "frontend").read(f"option {word}")
    assert (reader.said, reader.kinds) == ({}, ["warning"])
