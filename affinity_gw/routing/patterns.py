"""The right half of a criterion: its flags, and the patterns after them.

``-i`` folds the case of all patterns after it, ``-m METHOD`` compares in another way, ``-f FILE`` takes patterns from
a file (one a line; empty lines and those that begin with ``#`` do not count, nor do blanks before a pattern), ``--``
ends the flags. ``-n`` forbids to ask the DNS for names, which never happens here. Files are read by the caller's
``read_patterns``: this room knows no disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from affinity_gw.routing.not_yet import NotSupportedYet

ReadPatterns = Callable[[str], Sequence[str]]
"""The lines of a pattern file; raises OSError."""

_NOT_YET = {"-M": "a map as patterns", "-u": "a pattern list with an identifier"}


@dataclass(frozen=True, slots=True)
class Patterns:
    """``method`` is what -m says, None without it; ``exact`` stood before -i, ``folded`` after it. ``ended``: the flags
    ended with ``--``, after which no pattern at all is no slip."""

    method: str | None
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    ended: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        return self.exact + self.folded


def no_files(name: str) -> Sequence[str]:
    raise ValueError(f"-f {name}: patterns cannot come from a file here")


def parse_patterns(words: Sequence[str], read_patterns: ReadPatterns = no_files) -> Patterns:
    """Flags and patterns of one criterion. ValueError for a flag that nobody knows or that lacks its word."""
    method: str | None = None
    found: tuple[list[str], list[str]] = ([], [])
    fold = ended = False
    rest = list(words)
    while rest and rest[0].startswith("-") and not ended:
        flag = rest.pop(0)
        if flag == "--":
            ended = True
        elif flag == "-i":
            fold = True
        elif flag == "-m":
            if any(found):
                raise ValueError("-m must stand before -f")
            method = _word_after(flag, rest)
        elif flag == "-f":
            found[fold].extend(_file(_word_after(flag, rest), read_patterns))
        elif flag != "-n":
            raise _refusal(flag)
    if "" in rest:
        raise ValueError("an empty pattern matches nothing; ask with -m len 0, or with -m found whether it is there")
    found[fold].extend(rest)
    return Patterns(method, tuple(found[False]), tuple(found[True]), ended)


def _word_after(flag: str, rest: list[str]) -> str:
    if not rest:
        raise ValueError(f"{flag} wants a word after it")
    return rest.pop(0)


def _refusal(flag: str) -> ValueError:
    if flag in _NOT_YET:
        return NotSupportedYet(f"{_NOT_YET[flag]} ({flag}) is not supported yet")
    return ValueError(
        f"{flag} is no flag; flags are -i, -m, -f and --, which stands before a pattern that begins with -"
    )


def _file(name: str, read_patterns: ReadPatterns) -> list[str]:
    try:
        lines = read_patterns(name)
    except OSError as error:
        raise ValueError(f"the pattern file {name} cannot be read: {error.strerror or error}") from None
    patterns = [line.partition("\r")[0].lstrip(" \t") for line in lines if not line.startswith("#")]
    return [pattern for pattern in patterns if pattern]
