"""From any file to a ``Config``."""

import pytest

from affinity_gw.convert.carried import Note
from affinity_gw.convert.load import config_of, load_config
from affinity_gw.errors import ConfigError
from tests.convert.making import carried


def test_a_toml_file_is_read_as_before(tmp_path):
    text = '[frontend.x]\nbind = ":0"\nbackend = "b"\n[backend.b]\nserver.s = "127.0.0.1:1"\n'
    (tmp_path / "cfg.toml").write_text(text, encoding="utf-8")
    assert [each.name for each in load_config(tmp_path / "cfg.toml").backends] == ["b"]


def test_what_was_carried_over_is_checked_as_toml_is():
    config = config_of(carried())
    assert (config.file, [each.name for each in config.backends]) == ("haproxy.cfg", ["bck_lb", "bck1", "bck2"])


def test_notes_are_the_first_warnings():
    found = carried(None, None, Note(3, "nbproc", "left out", "one process", "see workers"))
    found.data["backend"]["spare"] = {"server": {"a": "127.0.0.1:1"}}
    assert config_of(found).warnings == (
        "haproxy.cfg:3 nbproc: left out: one process; see workers",
        "haproxy.cfg [backend.spare]: no frontend sends requests here; name it in one",
    )


def test_a_complaint_names_the_line_that_a_key_came_from():
    found = carried()
    found.data["frontend"]["wt"]["bind"] = "nix"
    with pytest.raises(ConfigError) as caught:
        config_of(found)
    assert str(caught.value).startswith("haproxy.cfg:11 [frontend.wt] bind: ")


def test_relative_paths_start_from_where_the_process_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = carried()
    found.data["global"]["pidfile"] = "gw.pid"
    assert config_of(found).general.pidfile == str(tmp_path / "gw.pid")


def test_a_file_that_is_not_there_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"^haproxy\.cfg: the file cannot be read: No such file or directory$"):
        load_config("haproxy.cfg")
