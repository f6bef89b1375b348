"""HAProxy's verdict on many lines, and ours: what it refuses is refused with that line, what it takes is taken.

``corpus/`` holds whole configurations. A comment above a line says what HAProxy 2.6.12 makes of it, and what happens
here: ``refused`` by both; ``repaired``, or ``left out``: refused by HAProxy, which took it once. HAProxy takes all
other lines, and so does the gateway.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from affinity_gw.convert.load import config_of
from affinity_gw.convert.read import read
from affinity_gw.convert.toml import write
from affinity_gw.errors import ConfigError
from tests.convert.complaints import lines_of

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.cfg"))
HAPROXY = shutil.which("haproxy") or shutil.which("/usr/sbin/haproxy")
MARKS = ("refused", "repaired", "left out")

_ALERT = re.compile(r"^\[ALERT\].*?\[[^\]\s]*?:(\d+)\](?!.*too many fatal errors)", re.MULTILINE)

by_name = pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)


def marked(path):
    """The lines of a file, and the mark of each that has one, by its number."""
    lines = path.read_text(encoding="utf-8").split("\n")
    marks = {
        number + 1: line.strip(" \t#") for number, line in enumerate(lines, start=1) if line.strip(" \t#") in MARKS
    }
    return lines, marks


def without(lines, numbers):
    """The same, and every other line still has its number."""
    return "\n".join("" if number in numbers else line for number, line in enumerate(lines, start=1))


def by_haproxy(path):
    """None where HAProxy takes the file, or the lines that it complains of."""
    done = subprocess.run([HAPROXY, "-c", "-f", path], capture_output=True, text=True, timeout=30, check=False)
    return None if done.returncode == 0 else {int(number) for number in _ALERT.findall(done.stderr)}


def by_us(path):
    """The same for the gateway."""
    try:
        config_of(read(path, path.name))
    except ConfigError as error:
        return lines_of(error)
    return None


def all_refused(lines, verdict, path):
    """What is refused, a handful at a time: whoever stops at the first mistake is asked again without it."""
    refused = set()
    while True:
        path.write_text(without(lines, refused), encoding="utf-8")
        found = verdict(path)
        if found is None:
            return refused
        assert found - refused, f"refused, and no line is said beside {sorted(refused)}"
        refused |= found


@by_name
@pytest.mark.skipif(HAPROXY is None, reason="HAProxy is not installed: its verdicts stand as they were written down")
def test_the_verdicts_are_those_of_haproxy(path, tmp_path):
    lines, marks = marked(path)
    assert all_refused(lines, by_haproxy, tmp_path / path.name) == set(marks)


@by_name
def test_what_haproxy_refuses_is_refused_with_its_line_and_nothing_else_is(path, tmp_path):
    lines, marks = marked(path)
    refused = {number for number, mark in marks.items() if mark == "refused"}
    assert all_refused(lines, by_us, tmp_path / path.name) == refused


@by_name
def test_what_haproxy_took_once_has_its_note(path, tmp_path):
    lines, marks = marked(path)
    refused = {number for number, mark in marks.items() if mark == "refused"}
    (tmp_path / path.name).write_text(without(lines, refused), encoding="utf-8")
    notes = {(note.line, note.kind) for note in read(tmp_path / path.name, path.name).notes}
    assert {(number, mark) for number, mark in marks.items() if number not in refused} <= notes


@by_name
def test_what_is_written_is_read_as_the_same(path, tmp_path):
    lines, marks = marked(path)
    (tmp_path / path.name).write_text(without(lines, set(marks)), encoding="utf-8")
    carried = read(tmp_path / path.name, path.name)
    assert write(carried)
