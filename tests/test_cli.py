"""The command line: what it says, where, and with which exit status."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from affinity_gw.cli import main
from affinity_gw.config import extractors
from affinity_gw.config.problem import Problem
from affinity_gw.errors import BindError
from affinity_gw.routing.passwords import matches
from affinity_gw.version import __version__

GOOD = """\
[frontend.wt]
bind = "127.0.0.1:0"
backend = "wt"
[backend.wt]
affinity = "wt"
server.wt1 = "127.0.0.1:9090"
server.wt2 = "127.0.0.1:9091"
"""


@pytest.fixture
def cli(tmp_path, monkeypatch):
    """Run a command line beside ``good.toml`` and ``bad.toml``."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(GOOD.replace("bind", "bnid") + "retires = 1\n", encoding="utf-8")
    (tmp_path / "warned.toml").write_text(GOOD + '[backend.spare]\nserver.a = "127.0.0.1:1"\n', encoding="utf-8")
    runner = CliRunner()
    return lambda *words: runner.invoke(main, words, prog_name="affinity_gw")


def test_without_arguments_it_helps_and_a_service_that_lost_them_does_not_look_well(cli):
    result = cli()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "affinity-gw check cfg.toml" in result.stderr


@pytest.mark.parametrize("command", ["run", "check", "explain", "convert", "plugins", "options"])
def test_each_command_helps_with_an_example(cli, command):
    result = cli(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: affinity_gw {command}")


def test_it_says_its_version(cli):
    assert cli("--version").stdout == f"affinity_gw {__version__}\n"


def test_a_good_configuration_can_be_used(cli):
    result = cli("check", "good.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "good.toml can be used: 1 frontend, 1 backend, 2 servers\n"


def test_warnings_do_not_make_it_unusable(cli):
    result = cli("check", "warned.toml")
    assert result.exit_code == 0
    assert result.stderr == "warning: warned.toml:8 [backend.spare]: no frontend sends requests here; name it in one\n"


@pytest.mark.parametrize(
    "words", [("bad.toml",), ("run", "bad.toml"), ("check", "bad.toml"), ("explain", "bad.toml", "/")]
)
def test_every_complaint_is_said_on_stderr_with_status_2(cli, words):
    result = cli(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        'bad.toml:2 [frontend.wt] bnid: there is no option "bnid" here; did you mean "bind"?\n'
        'bad.toml:8 [backend.wt] retires: there is no option "retires" here; did you mean "retries"?\n'
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nix.toml",), "nix.toml: the file cannot be read: No such file or directory\n"),
        (("chek", "good.toml"), 'there is no command "chek"; did you mean "check"?\n'),
        (("check",), "Missing argument 'CFG'.\n"),
        (("haproxy.cfg",), "haproxy.cfg: the file cannot be read: No such file or directory\n"),
        (("convert", "haproxy.cfg"), "haproxy.cfg: the file cannot be read: No such file or directory\n"),
        (("convert", "good.toml"), "good.toml is TOML already; name a configuration of HAProxy\n"),
        (("explain", "good.toml", "/", "--down", "wt/wt3"), 'there is no server "wt/wt3"; did you mean "wt/wt2"?\n'),
        (("explain", "good.toml", "/", "-H", "nix"), "'nix' is not a header field; write -H 'Name: value'\n"),
        (("explain", "good.toml", "/", "--frontend", "wtt"), 'there is no frontend "wtt"; did you mean "wt"?\n'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_used_ends_with_status_2_and_a_sentence(cli, words, said):
    result = cli(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(said)
    assert "Traceback" not in result.stderr


def test_explain_tells_step_by_step(cli):
    result = cli("explain", "good.toml", "http://example.org/?wtd=wt2abc")
    assert result.exit_code == 0
    first, one, two, *facts = result.stdout.splitlines()
    assert first == "GET from 127.0.0.1 reaches frontend wt"
    assert one == "  1. backend wt"
    assert two.startswith("  2. affinity url_prefix: key 'wt2abc', ")
    assert facts[:4] == ["pin        hit", "extractor  url_prefix", "key        wt2abc", "server     wt/wt2"]


def test_explain_tells_programs_too(cli):
    words = ("explain", "good.toml", "/?wtd=wt2abc", "--down", "wt/wt2", "-X", "POST", "-H", "X-A: b", "--json")
    found = json.loads(cli(*words, "--source", "192.0.2.7").stdout)
    assert (found["method"], found["client"]) == ("POST", "192.0.2.7")
    assert (found["pin"], found["key"], found["server"]) == ("lost", "wt2abc", "wt/wt1")


def test_plugins_are_listed_with_their_options(cli):
    result = cli("plugins")
    assert result.exit_code == 0
    assert "cookie  (affinity-gw " in result.stdout
    assert '; pin = "server")' in result.stdout
    assert "      tail           int, default 16\n" in result.stdout
    assert "      name           str, must be given\n" in result.stdout


def test_a_broken_plugin_is_listed_too(cli, monkeypatch):
    monkeypatch.setattr(extractors, "installed", lambda: [("odd", "odd 1.0", Problem("it cannot be loaded"))])
    assert cli("plugins").stdout == "odd  (odd 1.0)\n    it cannot be loaded\n\n"


def test_options_are_listed(cli):
    assert '  timeout.tunnel = "1h"    (duration)' in cli("options").stdout
    assert cli("options", "--markdown").stdout.startswith("| section | option |")


@pytest.mark.parametrize("words", [("good.toml",), ("run", "good.toml")])
def test_run_serves_and_hands_its_status_on(cli, monkeypatch, words):
    served = []
    monkeypatch.setattr("affinity_gw.process.run.run", lambda config: served.append(config) or 0)
    assert cli(*words).exit_code == 0
    assert [config.file for config in served] == ["good.toml"]


def test_a_failure_at_run_time_is_one_sentence_with_status_1(cli, monkeypatch):
    def run(_config):
        raise BindError("frontend wt cannot listen on 127.0.0.1:80: Address already in use")

    monkeypatch.setattr("affinity_gw.process.run.run", run)
    result = cli("good.toml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "frontend wt cannot listen on 127.0.0.1:80: Address already in use\n"


def test_as_a_module_it_is_the_same_program(tmp_path):
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    command = [sys.executable, "-m", "affinity_gw", "check", "good.toml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "good.toml can be used: 1 frontend, 1 backend, 2 servers\n"


def test_a_password_is_hashed_without_being_shown(cli):
    result = CliRunner().invoke(main, ["hash-password"], input="secret\nsecret\n")
    assert result.exit_code == 0
    *_, made = result.stdout.splitlines()
    assert "secret" not in result.output
    assert matches(made, b"secret")


def test_what_cannot_be_a_password_is_refused(cli):
    result = CliRunner().invoke(main, ["hash-password", "--password", "a\0b"])
    assert result.exit_code == 2
    assert "this cannot be a password; write 1 to 72 characters" in result.stderr
