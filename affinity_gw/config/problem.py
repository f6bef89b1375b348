"""What is wrong with one value, before anybody knows where it stands; and the nearest word to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MANY = 12
"""More names than that in one sentence help nobody."""


class Problem(ValueError):  # noqa: N818 it becomes a complaint, and is one word with it
    """A value that cannot be used. ``problem`` says what is wrong, ``advice`` what to write instead."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.advice = advice

    @classmethod
    def of(cls, error: Exception) -> Problem:
        """The same from any ValueError: its text is the problem."""
        return error if isinstance(error, cls) else cls(str(error))


class NotYet(Problem):
    """Part of the surface, but not built yet: never ignored."""

    def __init__(self, what: str = "", advice: str = "") -> None:
        super().__init__(f"{what} is not supported yet" if what else "not supported yet", advice)


def listed(names: Iterable[str]) -> str:
    """``a, b and c``; ``none`` where there is nothing to list."""
    words = list(names)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])) or "none"


def suggestion(word: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, or all that would be right where nothing is near."""
    names = sorted(known)
    near = get_close_matches(word, names, n=1) or get_close_matches(word.lower(), names, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    if len(names) > MANY:
        return f"there is {', '.join(names[:MANY])} and more"
    return f"there is {listed(names)}" if names else ""
