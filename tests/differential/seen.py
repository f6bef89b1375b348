"""What was seen at one side, place by place, and what two sides saw differently."""

from __future__ import annotations

import difflib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from tests.differential.messages import Message

TOLERANCE = 0.45
"""Seconds by which two times may differ and still be the same: what is compared are waits of a second."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time, roughly."""

    value: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seconds) and abs(self.value - other.value) < TOLERANCE

    def __hash__(self) -> int:
        return 0

    def __str__(self) -> str:
        return f"{self.value:.1f} s"


Value = Message | Seconds | str | bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """``where``: the step, or the server and its connection."""

    where: str
    value: Value


def side_by_side(where: str, theirs: Value, ours: Value) -> str:
    """Both values, line by line, the unequal lines marked."""
    left, right = ([_short(line) for line in lines(value)] for value in (theirs, ours))
    rows = [f"  {where}"]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for index in range(max(i2 - i1, j2 - j1)):
            one = left[i1 + index] if i1 + index < i2 else ""
            two = right[j1 + index] if j1 + index < j2 else ""
            rows += _row("  " if tag == "equal" else "! ", one, two)
    return "\n".join(rows)


def _short(line: str, most: int = 300) -> str:
    return line if len(line) <= most else f"{line[:most]}... ({len(line)} characters, {zlib.crc32(line.encode()):x})"


def _row(mark: str, one: str, two: str, width: int = 58) -> Iterable[str]:
    if len(one) > width and mark != "  ":
        return [f"    {mark}HAProxy  {one}", f"    {mark}gateway  {two}"]
    return [f"    {mark}{one[:width]:{width}} | {two}"]


def lines(value: Value) -> list[str]:
    if isinstance(value, Message):
        return value.lines()
    return repr(value)[2:-1].split("\\n") if isinstance(value, bytes) else str(value).split("\n")
