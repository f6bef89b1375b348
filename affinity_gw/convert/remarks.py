"""What a converted file says in comments: the operator's own words, and what was left out or repaired, at its place and
at the head."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from textwrap import wrap

from affinity_gw.config.scan import Path
from affinity_gw.convert.carried import Carried, Note
from affinity_gw.convert.literals import comment
from affinity_gw.convert.order import section

WIDTH = 110


class Remarks:
    """All of one conversion. Each is said once at its place: whoever asks for it first has it."""

    def __init__(self, carried: Carried) -> None:
        self._notes = sorted(carried.notes, key=lambda note: note.line)
        said = [(line, comment(text)) for line, texts in carried.comments.items() for text in texts]
        said += [(note.line, row) for note in self._notes for row in _wrapped(sentence(note))]
        self._said = sorted(said, key=lambda each: each[0])
        self._starts = _starts(carried)
        self._file = carried.file

    def head(self) -> Iterator[str]:
        """What the file is, and a list of what it lacks."""
        yield comment(f'Converted from {self._file}; "line 12" is the line there that a setting comes from.')
        left_out = [note for note in self._notes if note.kind == "left out"]
        if left_out:
            yield comment("")
            for note in left_out:
                yield from _wrapped(sentence(note))
        repaired = sorted({note.line for note in self._notes if note.kind == "repaired"})
        if repaired:
            yield comment("")
            yield from _wrapped(f"Repaired, as a comment at each place says: {lines(repaired)}.")

    def at(self, numbers: Collection[int]) -> list[str]:
        """What is to be said above a key that comes from these lines."""
        return self._take(lambda line: line in numbers)

    def rest(self, path: Path) -> list[str]:
        """What else is to be said of a section: of lines that no key came from."""
        return self._take(lambda line: self._section(line) == path)

    def everything_else(self) -> list[str]:
        return self._take(lambda _: True)

    def _take(self, wanted: Callable[[int], bool]) -> list[str]:
        found = [row for line, row in self._said if wanted(line)]
        self._said = [(line, row) for line, row in self._said if not wanted(line)]
        return found

    def _section(self, line: int) -> Path | None:
        before = [(start, path) for path, start in self._starts.items() if start <= line]
        return max(before, key=lambda each: each[0])[1] if before else None


def lines(numbers: Collection[int]) -> str:
    """``line 3``, ``lines 3, 4``."""
    return f"line{'s' * (len(numbers) > 1)} {', '.join(map(str, sorted(numbers)))}"


def sentence(note: Note) -> str:
    kind = {"left out": "Left out: ", "repaired": "Repaired: ", "warning": ""}[note.kind]
    return f"{kind}line {note.line}, {note.directive}: {note.problem}" + (f"; {note.advice}" if note.advice else "")


def _starts(carried: Carried) -> dict[Path, int]:
    """Where each section begins in the file that was read."""
    starts: dict[Path, int] = {}
    for path, line in carried.origins.items():
        place = section(path)
        starts[place] = min(line, starts.get(place, line))
    return starts


def _wrapped(text: str) -> list[str]:
    return [comment(row) for row in wrap(text, WIDTH, subsequent_indent="  ", break_long_words=False) or [""]]
