"""What a converted file says in comments: what was left out or repaired, at its place and at the head."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from textwrap import wrap

from affinity_gw.config.scan import Path
from affinity_gw.convert.carried import Carried, Note
from affinity_gw.convert.literals import comment
from affinity_gw.convert.order import section

WIDTH = 110


class Remarks:
    """The notes of one conversion. Each is said once at its place: whoever asks for it first has it."""

    def __init__(self, carried: Carried) -> None:
        self._notes = sorted(carried.notes, key=lambda note: note.line)
        self._starts = _starts(carried)
        self._file = carried.file

    def head(self) -> Iterator[str]:
        """What the file is, and a list of what it lacks."""
        yield comment(f'Converted from {self._file}; "line 12" is the line there that a setting comes from.')
        left_out = [note for note in self._notes if note.kind == "left out"]
        if left_out:
            yield comment("")
            yield comment("Left out:")
            for note in left_out:
                yield from _wrapped(sentence(note), "  ")
        repaired = sorted({note.line for note in self._notes if note.kind == "repaired"})
        if repaired:
            yield comment("")
            yield from _wrapped(f"Repaired, as a comment at each place says: {lines(repaired)}.")

    def at(self, numbers: Collection[int]) -> Iterator[str]:
        """What is to be said above a key that comes from these lines."""
        yield from self._take([note for note in self._notes if note.line in numbers])

    def rest(self, path: Path) -> Iterator[str]:
        """What else is to be said of a section: of lines that no key came from."""
        yield from self._take([note for note in self._notes if self._section(note.line) == path])

    def everything_else(self) -> Iterator[str]:
        yield from self._take(self._notes)

    def _take(self, notes: Iterable[Note]) -> Iterator[str]:
        for note in list(notes):
            self._notes.remove(note)
            yield from _wrapped(("left out: " if note.kind == "left out" else "") + sentence(note))

    def _section(self, line: int) -> Path | None:
        before = [(start, path) for path, start in self._starts.items() if start <= line]
        return max(before, key=lambda each: each[0])[1] if before else None


def lines(numbers: Collection[int]) -> str:
    """``line 3``, ``lines 3, 4``."""
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, sorted(numbers)))}"


def sentence(note: Note) -> str:
    return f"line {note.line}, {note.directive}: {note.problem}" + (f"; {note.advice}" if note.advice else "")


def _starts(carried: Carried) -> dict[Path, int]:
    """Where each section begins in the file that was read."""
    starts: dict[Path, int] = {}
    for path, line in carried.origins.items():
        place = section(path)
        starts[place] = min(line, starts.get(place, line))
    return starts


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    width = WIDTH - len(indent)
    for number, part in enumerate(wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]):
        yield comment(indent + ("  " if number else "") + part)
