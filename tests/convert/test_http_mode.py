"""What mode a section has that does not say so."""

import pytest

from affinity_gw.convert.read import read

MODELESS = """frontend web
    bind 127.0.0.1:80
    {web}
    default_backend app
backend app
    {app}
    server a 127.0.0.1:1
"""


def carried(tmp_path, text):
    (tmp_path / "haproxy.cfg").write_text(text, encoding="utf-8")
    return read(tmp_path / "haproxy.cfg", "haproxy.cfg")


def modes(found):
    """Of the frontend web, and of all notes the kind and line."""
    frontend, defaults = found.data["frontend"]["web"], found.data["defaults"]
    return frontend.get("mode", defaults["mode"]), [(note.kind, note.line) for note in found.notes]


@pytest.mark.parametrize(
    ("web", "app", "line"),
    [
        ("acl a path /x", "", 3),
        ("redirect location /x", "", 3),
        ("http-request deny if { hdr(host) a }", "", 3),
        ("", "cookie A insert", 6),
        ("monitor-uri /up", "", 3),
    ],
)
def test_a_file_full_of_http_speaks_it(tmp_path, web, app, line):
    assert modes(carried(tmp_path, MODELESS.format(web=web, app=app))) == ("http", [("repaired", line)])


@pytest.mark.parametrize(("web", "app"), [("", ""), ("use_backend app if { src 10.0.0.0/8 }", "balance source")])
def test_a_file_without_http_has_mode_tcp(tmp_path, web, app):
    assert modes(carried(tmp_path, MODELESS.format(web=web, app=app))) == ("tcp", [])


def test_a_file_that_says_a_mode_has_it(tmp_path):
    mode, notes = modes(carried(tmp_path, MODELESS.format(web="mode tcp", app="balance source")))
    assert (mode, notes) == ("tcp", [])


def test_a_frontend_of_mode_tcp_before_backends_of_mode_http_speaks_http(tmp_path):
    found = carried(tmp_path, MODELESS.format(web="mode tcp", app="mode http"))
    assert modes(found) == ("http", [("warning", 1)])
