"""How the command line says things: the same words everywhere, with colours where somebody looks at a terminal."""

from __future__ import annotations

import sys
from collections import Counter
from typing import NoReturn

import click

from affinity_gw.convert.carried import Carried, Kind
from affinity_gw.errors import Complaint, ConfigError

COLOURS: dict[Kind, str] = {"left out": "red", "repaired": "yellow", "warning": "yellow"}


def fail(sentence: str, status: int = 2) -> NoReturn:
    click.secho(sentence, fg="red", err=True)
    sys.exit(status)


def refuse(error: ConfigError) -> NoReturn:
    """All that is wrong with a configuration, a line each."""
    for complaint in error.complaints:
        click.echo(coloured(complaint), err=True)
    sys.exit(2)


def warn(sentence: str) -> None:
    click.echo(f"{click.style('warning:', fg='yellow', bold=True)} {sentence}", err=True)


def coloured(complaint: Complaint, colour: str = "red") -> str:
    """The place in bold, the advice in another colour; the very same words as ``str``."""
    text = str(complaint)
    said = complaint.problem + (f"; {complaint.advice}" if complaint.advice else "")
    place = text.removesuffix(said)
    advice = click.style(f"; {complaint.advice}", fg="cyan") if complaint.advice else ""
    return f"{click.style(place, bold=True)}{click.style(complaint.problem, fg=colour)}{advice}"


def tell_notes(carried: Carried) -> None:
    """Each note on a line of its own, in the order of the file, and how many there are of each kind."""
    for complaint in carried.said():
        click.echo(coloured(complaint, "red" if complaint.problem.startswith("left out") else "yellow"), err=True)
    count = Counter(note.kind for note in carried.notes)
    words = {kind: f"{count[kind]} {kind}{'s' * (kind == 'warning' and count[kind] > 1)}" for kind in COLOURS}
    said = ", ".join(click.style(words[kind], fg=COLOURS[kind]) for kind in COLOURS if count[kind])
    click.echo(f"{carried.file}: {said or 'all carried over'}", err=True)
