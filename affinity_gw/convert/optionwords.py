"""The options behind a ``server`` or a ``bind``: one word after the other, each with its own number of arguments.

An option is data: how many words follow it, and what they do to what is being made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.sections import Context
from affinity_gw.convert.words import unknown

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """``take(context, made, arguments)``; ``arguments``: how many words it takes."""

    take: Callable[[Context, T, Sequence[Word]], None]
    arguments: int = 0


def run(context: Context, made: T, words: Sequence[Word], known: Mapping[str, Option[T]], what: str) -> None:
    """Each word in turn. Raises Problem for one that HAProxy does not know, or whose argument is missing."""
    index = 0
    while index < len(words):
        word = words[index]
        option = known.get(word)
        if option is None:
            raise unknown(word, what, sorted(known))
        arguments = words[index + 1 : index + 1 + option.arguments]
        if len(arguments) < option.arguments or not all(arguments):
            raise Problem(f'"{word}" has no argument', "see HAProxy's manual for it")
        option.take(context, made, arguments)
        index += 1 + option.arguments


def left_out(reasons: Mapping[str, tuple[int, str]]) -> dict[str, Option[Any]]:
    """Known to HAProxy, and not to the gateway: how many words follow, and why not."""
    return {word: Option(_leave_out(f"{word}: {reason}"), count) for word, (count, reason) in reasons.items()}


def warned(reasons: Mapping[str, tuple[int, str]]) -> dict[str, Option[Any]]:
    """Not carried over, and nothing that matters here."""
    return {word: Option(_warn(f"{word}: {reason}"), count) for word, (count, reason) in reasons.items()}


def silent(*words: str, arguments: int = 0) -> dict[str, Option[Any]]:
    """What the gateway does anyhow."""
    return dict.fromkeys(words, Option(lambda _context, _made, _words: None, arguments))


def _leave_out(reason: str) -> Callable[[Context, Any, Sequence[Word]], None]:
    return lambda context, _made, _words: context.leave_out(reason)


def _warn(reason: str) -> Callable[[Context, Any, Sequence[Word]], None]:
    return lambda context, _made, _words: context.warn(reason)


def whole_number(context: Context, word: str, what: str) -> int:
    """As C's ``atol`` has it, which stops where the digits end; with a word where that is not all."""
    match = re.match(r"\s*([+-]?\d+)", word, re.ASCII)
    value = int(match[1]) if match else 0
    if match is None or match[0] != word:
        context.warn(f'{what}: HAProxy reads "{word}" as {value}', f"write {value}")
    return value
