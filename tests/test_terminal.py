"""What the command line says, and in which colours."""

import click
import pytest
from click.testing import CliRunner

from affinity_gw.convert.carried import Note
from affinity_gw.errors import Complaint
from affinity_gw.terminal import coloured, fail, tell_notes, warn
from tests.convert.making import carried

NOTES = [
    Note(12, "contimeout 5000", "repaired", "HAProxy 2.6 refuses it", "read as timeout connect"),
    Note(20, "balance", "warning", "surplus words"),
    Note(7, "stats enable", "left out", "there is no page of statistics", "see the log"),
    Note(21, "daemon", "warning", "nothing happens"),
]


@pytest.fixture
def said():
    """What a function writes to stderr, with colours or without."""

    def said(function, *arguments, colour=False):
        command = click.command()(lambda: function(*arguments))
        return CliRunner().invoke(command, color=colour)

    return said


def test_notes_stand_in_the_order_of_the_file_with_a_count_at_the_end(said):
    result = said(tell_notes, carried(None, None, *NOTES))
    assert result.stdout == ""
    assert result.stderr == (
        "haproxy.cfg:7 stats enable: left out: there is no page of statistics; see the log\n"
        "haproxy.cfg:12 contimeout 5000: repaired: HAProxy 2.6 refuses it; read as timeout connect\n"
        "haproxy.cfg:20 balance: surplus words\n"
        "haproxy.cfg:21 daemon: nothing happens\n"
        "haproxy.cfg: 1 left out, 1 repaired, 2 warnings\n"
    )


def test_that_nothing_is_missing_is_said_too(said):
    assert said(tell_notes, carried()).stderr == "haproxy.cfg: all carried over\n"


def test_colours_change_no_word(said):
    result = said(tell_notes, carried(None, None, *NOTES), colour=True)
    assert "\x1b[31mleft out: there is" in result.stderr
    assert click.unstyle(result.stderr) == said(tell_notes, carried(None, None, *NOTES)).stderr


@pytest.mark.parametrize(
    "complaint", [Complaint("it is odd"), Complaint("it is odd", "leave it out", "cfg.toml", 3, "backend.b", "x")]
)
def test_a_complaint_says_what_it_says(complaint):
    assert click.unstyle(coloured(complaint)) == str(complaint)


def test_a_warning_says_that_it_is_one(said):
    assert said(warn, "mind the gap").stderr == "warning: mind the gap\n"


def test_failing_says_why_and_ends(said):
    result = said(fail, "no such thing", 1)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "no such thing\n")
