"""A haproxy.cfg as it is read."""

import pytest

from affinity_gw.convert.read import read
from affinity_gw.errors import ConfigError

SMALL = """
defaults
    mode http
    timeout client 50s  # the client's
frontend web
    bind 127.0.0.1:80
    default_backend app
backend app
    server a 127.0.0.1:1
"""


def reading(tmp_path, text):
    path = tmp_path / "haproxy.cfg"
    path.write_text(text, encoding="utf-8")
    return read(path, "haproxy.cfg")


def test_a_file_becomes_tables_with_their_lines(tmp_path):
    carried = reading(tmp_path, SMALL)
    assert carried.data["frontend"] == {"web": {"bind": "127.0.0.1:80", "backend": "app"}}
    assert carried.data["backend"] == {"app": {"server": {"a": "127.0.0.1:1"}}}
    assert carried.data["defaults"]["timeout"]["client"] == "50s"
    assert carried.origins["defaults", "timeout", "client"] == 4
    assert carried.comments[4] == ["the client's"]
    assert carried.notes == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[global]\n", 'begins with "[global]", not with global, defaults, frontend or listen; it looks like TOML'),
        ("server {\n", "it looks like nginx's"),
        ('server.modules = ( "mod_rewrite" )\n', "it looks like lighttpd's"),
        ("# nothing\n", "the file says nothing"),
        ("global\n\0", "this is no text"),
    ],
)
def test_what_is_no_haproxy_configuration_is_one_sentence(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        reading(tmp_path, text)
    (complaint,) = caught.value.complaints
    assert said in str(complaint)


def test_every_complaint_comes_at_once_with_its_line(tmp_path):
    with pytest.raises(ConfigError) as caught:
        reading(tmp_path, SMALL + "    nix\n    retries\n")
    assert [complaint.line for complaint in caught.value.complaints] == [10, 11]


def test_a_name_that_is_an_address_is_a_bind(tmp_path):
    carried = reading(tmp_path, "listen 127.0.0.1:8181\n    server a 127.0.0.1:1\n")
    assert carried.data["frontend"]["127.0.0.1:8181"]["bind"] == "127.0.0.1:8181"
    assert [note.kind for note in carried.notes] == ["repaired"]


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    (tmp_path / "haproxy.cfg").write_text("listen l\n    bind 127.0.0.1:80", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"haproxy\.cfg:2.* the last line has no end"):
        read(tmp_path / "haproxy.cfg", "haproxy.cfg")
