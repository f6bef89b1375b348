"""The command convert: what it writes, what it says, and with which exit status."""

import pytest
from click.testing import CliRunner

from affinity_gw.cli import main
from affinity_gw.config.load import load_file
from affinity_gw.convert.carried import Note
from affinity_gw.convert.toml import write
from tests.convert.making import carried


@pytest.fixture
def haproxy(tmp_path, monkeypatch):
    """What ``haproxy.cfg`` is read as."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.toml").write_text("as it was", encoding="utf-8")
    found = carried()
    monkeypatch.setattr("affinity_gw.conversion.read", lambda path, shown: found)
    return found


@pytest.fixture
def cli():
    return lambda *words: CliRunner().invoke(main, ("convert", *words), prog_name="affinity_gw")


def test_it_prints_toml_and_says_how_it_went(cli, haproxy):
    result = cli("haproxy.cfg")
    assert (result.exit_code, result.stdout) == (0, write(haproxy))
    assert result.stderr == "haproxy.cfg: all carried over\n"


def test_idiomatic_it_is_shorter(cli, haproxy):
    assert cli("haproxy.cfg", "--idiomatic").stdout == write(haproxy, idiomatic=True)


def test_without_the_idiom_idiomatic_says_that_it_did_nothing(cli, haproxy):
    haproxy.data["backend"]["bck1"]["retries"] = 1
    result = cli("haproxy.cfg", "--idiomatic")
    assert result.stdout == write(haproxy)
    assert result.stderr.startswith("warning: nothing in it is Wt's idiom")


def test_what_is_left_out_changes_the_status(cli, haproxy):
    haproxy.notes.append(Note(3, "stats enable", "left out", "there is no page of statistics"))
    result = cli("haproxy.cfg")
    assert result.exit_code == 1
    assert result.stdout == write(haproxy)
    assert result.stderr == (
        "haproxy.cfg:3 stats enable: left out: there is no page of statistics\nhaproxy.cfg: 1 left out\n"
    )


def test_a_repair_does_not(cli, haproxy):
    haproxy.notes.append(Note(9, "srvtimeout", "repaired", "HAProxy 2.6 refuses it"))
    assert cli("haproxy.cfg").exit_code == 0


def test_it_writes_a_file_that_can_be_used(cli, haproxy, tmp_path):
    result = cli("haproxy.cfg", "-o", "new.toml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "new.toml").read_text(encoding="utf-8") == write(haproxy)
    assert load_file("new.toml").warnings == ()


def test_what_cannot_be_used_leaves_the_file_alone(cli, haproxy, tmp_path):
    haproxy.data["frontend"]["wt"]["backend"] = "nix"
    result = cli("haproxy.cfg", "-o", "good.toml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith('haproxy.cfg:18 [frontend.wt] backend: there is no backend "nix"')
    assert (tmp_path / "good.toml").read_text(encoding="utf-8") == "as it was"


def test_a_file_elsewhere_has_its_relative_paths_elsewhere(cli, haproxy, tmp_path):
    (tmp_path / "etc").mkdir()
    result = cli("haproxy.cfg", "-o", "etc/new.toml")
    assert result.exit_code == 0
    said = f"relative paths in etc/new.toml start from {tmp_path}/etc; in the file of HAProxy, from {tmp_path}"
    assert result.stderr.splitlines()[0] == f"warning: {said}"


def test_a_file_that_cannot_be_written_is_one_sentence(cli, haproxy):
    result = cli("haproxy.cfg", "-o", "nix/new.toml")
    assert (result.exit_code, result.stderr) == (2, "nix/new.toml cannot be written: No such file or directory\n")
