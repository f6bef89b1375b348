"""From a file, or from Python's mappings."""

from pathlib import Path

import pytest

from affinity_gw.config.load import load_file, load_mapping
from affinity_gw.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]
SMALLEST = {
    "frontend": {"wt": {"bind": "127.0.0.1:0", "backend": "wt"}},
    "backend": {"wt": {"affinity": "wt", "server": {"wt1": "127.0.0.1:9090", "wt2": "127.0.0.1:9091"}}},
}


@pytest.mark.parametrize(
    "path", sorted(REPOSITORY.glob("examples/*/*.toml")), ids=lambda path: path.parent.name + "/" + path.name
)
def test_the_examples_can_be_used_without_a_warning(path):
    assert load_file(path).warnings == ()


def test_a_mapping_is_what_a_file_would_hold(tmp_path):
    config = load_mapping(SMALLEST | {"global": {"pidfile": "gw.pid"}}, tmp_path)
    assert [server.name for server in config.backends[0].servers] == ["wt1", "wt2"]
    assert (config.file, config.general.pidfile) == ("", str(tmp_path / "gw.pid"))


def test_complaints_about_a_mapping_have_table_and_key():
    with pytest.raises(ConfigError) as caught:
        load_mapping({"frontend": {"wt": {"bind": "127.0.0.1:0", "bakend": "wt"}}})
    assert [str(complaint) for complaint in caught.value.complaints] == [
        '[frontend.wt] bakend: there is no option "bakend" here; did you mean "backend"?',
    ]


def test_a_file_that_is_not_there_is_a_complaint(tmp_path):
    with pytest.raises(ConfigError, match="the file cannot be read: No such file or directory"):
        load_file(tmp_path / "nix.toml")


def test_a_file_that_is_no_text_is_a_complaint(tmp_path):
    (tmp_path / "cfg.toml").write_bytes(b"[global]\nx = '\xff'\n")
    with pytest.raises(ConfigError, match=r"cfg.toml:2: this is not UTF-8 text; save the file as UTF-8"):
        load_file(tmp_path / "cfg.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    text = '[frontend.x]\nbind = ":0"\nbackend = "b"\n[backend.b]\nserver.s = "127.0.0.1:1"\n'
    (tmp_path / "cfg.toml").write_text(text, encoding="utf-8-sig")
    assert load_file(tmp_path / "cfg.toml").frontends[0].name == "x"
