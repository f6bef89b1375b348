"""A text that is no TOML: what its author probably meant.

``tomllib`` gives a sentence and a position. The sentence is kept where it helps, and replaced where the slip is a usual
one: a table and dotted keys for one name, a server given twice, keys after ``[[rule]]`` that were meant for the
frontend. The rules are a table: (what tomllib says, where the statement stands, what is wrong, what to do).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from affinity_gw.config.scan import Lines, Path, Statement, split
from affinity_gw.errors import Complaint

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Slip(NamedTuple):
    """``said`` and ``place`` are regular expressions: on tomllib's sentence and on the full path, dots between."""

    said: str
    place: str
    problem: str
    advice: str


TWICE = "Cannot overwrite a value|Cannot declare|Cannot mutate|Cannot redefine|Cannot add"

SLIPS = [
    Slip(
        TWICE,
        r"frontend\.[^.]+\.rule\.\d+\.(?P<key>.+)",
        "{key} is given twice in one rule",
        "a rule has one of each; a key that is meant for the frontend belongs above the first [[rule]]",
    ),
    Slip(
        TWICE,
        r"(?P<section>.+)\.check(\..+)?",
        "check is given both as a value and as a table",
        "leave check = true out: check.http and its like switch checks on by themselves",
    ),
    Slip(
        "Cannot overwrite",
        r"(?P<section>backend\.[^.]+)\.server\.(?P<key>[^.]+)",
        "server {key} is given twice",
        "give each server a name of its own",
    ),
    Slip(
        "Cannot mutate immutable",
        r"(?P<section>.+)\.(?P<key>[^.]+)\.[^.]+",
        "{key} has been written as a table in braces, which nothing can be added to",
        "write all of it inside the braces, or all of it with dots",
    ),
    Slip(
        "Cannot declare|Cannot mutate|Cannot redefine|Cannot add",
        r"(?P<section>(?:frontend|backend)\.[^.]+|defaults|global)\.(?P<key>[^.]+)(\..+)?",
        "{key} is written both as a table and with dotted keys, or as a table twice",
        "write all of it in one way: {key}.x = … under [{section}], or one [{section}.{key}]",
    ),
    Slip(
        "Cannot declare", r"(?P<key>.+)", "the table [{key}] is given twice", "move the keys of both under one header"
    ),
    Slip(TWICE, r"(?:.+\.)?(?P<key>.+)", "{key} is given twice", "keep one of the two"),
    Slip(
        "Invalid value",
        r"(?:.+\.)?(?P<key>.+)",
        "the value of {key} cannot be read",
        "strings, durations and addresses stand in quotes",
    ),
    Slip(
        "Expected newline or end of document",
        r"(?:.+\.)?(?P<key>.+)",
        "something follows the value of {key}",
        "strings, durations and addresses stand in quotes",
    ),
    Slip(
        r"Illegal character '\\n'", r"(?:.+\.)?(?P<key>.+)", "the quotes around the value of {key} are not closed", ""
    ),
    Slip("Unclosed|.*[Uu]nterminated", r"(?:.+\.)?(?P<key>.+)", "a bracket or quote of {key} is not closed", ""),
    Slip(
        "Invalid initial character for a key part",
        r"(?:.+\.)?(?P<key>.+)",
        "what stands after {key} cannot be a key",
        "a table in braces stands on one line, with no comma at its end",
    ),
    Slip(
        "Expected '=' after a key",
        r".*",
        "a key and its value need an = between them",
        "a file from HAProxy is TOML only after it has been converted",
    ),
    Slip(r"Unescaped '\\'", r".*", "a backslash in a string", "write it twice, or put the string into single quotes"),
]


def explain(said: str, text: str, lines: Lines, file: str) -> Complaint:
    """One complaint for one syntax error, with its line, table and key where they can be seen."""
    match = _POSITION.search(said)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    statement = lines.at(line) or Statement(line, (), ())
    sentence = _POSITION.sub("", said)
    problem, advice = _meant(sentence, (*statement.table, *statement.key))
    table, key = split((*statement.table, *statement.key))
    return Complaint(problem, advice, file, line, table, key)


def _meant(sentence: str, path: Path) -> tuple[str, str]:
    place = ".".join(map(str, path))
    for slip in SLIPS:
        match = re.fullmatch(slip.place, place) if re.match(slip.said, sentence) else None
        if match is not None:
            return slip.problem.format(**match.groupdict()), slip.advice.format(**match.groupdict())
    return f"this is not TOML: {sentence[:1].lower()}{sentence[1:]}", ""
