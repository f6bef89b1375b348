"""The command that turns a haproxy.cfg into TOML: where it goes, what is said of it, and with which exit status."""

from __future__ import annotations

from pathlib import Path

import click

from affinity_gw.convert.carried import Carried
from affinity_gw.convert.idiom import recognise
from affinity_gw.convert.load import config_of
from affinity_gw.convert.read import read
from affinity_gw.convert.save import save
from affinity_gw.convert.toml import write
from affinity_gw.errors import ConfigError
from affinity_gw.terminal import fail, refuse, tell_notes, warn


def convert(file: str, output: Path | None, idiomatic: bool) -> int:
    """0: all carried over; 1: something left out. Ends the process with 2 where the file cannot be used: then nothing
    is written, and what stands in ``output`` already stays as it is."""
    if file.endswith(".toml"):
        fail(f"{click.format_filename(file)} is TOML already; name a configuration of HAProxy")
    carried = _usable(file)
    text = write(carried, idiomatic)
    if idiomatic and recognise(carried) is None:
        warn("nothing in it is Wt's idiom (one backend a server), so nothing is said in other words")
    if output is None:
        click.echo(text, nl=False)
    else:
        _save(output, text)
    tell_notes(carried)
    return 1 if any(note.kind == "left out" for note in carried.notes) else 0


def _usable(file: str) -> Carried:
    """Only what can be used as it was carried over."""
    try:
        carried = read(Path(file), file)
        config_of(carried)
    except ConfigError as error:
        refuse(error)
    return carried


def _save(output: Path, text: str) -> None:
    try:
        save(output, text)
    except OSError as error:
        fail(f"{click.format_filename(output)} cannot be written: {error.strerror or error}")
    home, here = output.absolute().parent.resolve(), Path.cwd()
    if output.is_file() and home != here:
        warn(
            f"relative paths in {click.format_filename(output)} start from {home}; in the file of HAProxy, from {here}"
        )
