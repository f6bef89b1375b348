"""``.if``, ``.elif``, ``.else`` and ``.endif``: lines that are read, or not (HAProxy's manual, section 2.4).

The file is read as Debian's HAProxy 2.6.12 reads it: that is its version, and those are its features.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.lexer import Line

VERSION = (2, 6, 12)
FEATURES = frozenset(
    """
    ACCEPT4 BACKTRACE CPU_AFFINITY CRYPT_H DL EPOLL GETADDRINFO LIBCRYPT LINUX_SPLICE LINUX_TPROXY LUA NETFILTER NS
    OPENSSL OT PCRE2 PCRE2_JIT POLL PRCTL PROMEX RT SLZ SYSTEMD TFO THREAD THREAD_DUMP TPROXY
    """.split()  # noqa: SIM905  # names to read, not a page of quotes
)

_ADVICE = "there are defined, feature, streq, strneq, version_atleast and version_before"
_TOKEN = re.compile(r"\s*(?:(&&|\|\||[!()])|(\d+)(?![\w(])|([a-z_]+)\(([^()]*)\))")


@dataclass(slots=True)
class _Block:
    """One level. ``holds``: its lines count now; ``done``: one of its alternatives has had its turn."""

    line: int
    around: bool
    holds: bool
    done: bool
    last: bool = False


@dataclass(slots=True)
class Blocks:
    """All levels that are open."""

    open: list[_Block] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.open or self.open[-1].holds

    def take(self, line: Line, variables: Mapping[str, str]) -> None:
        """One line of ``DIRECTIVES``. Raises Problem."""
        word, text = line.words[0], " ".join(line.words[1:])
        if word == ".if":
            holds = self.holds and evaluate(text, variables)
            self.open.append(_Block(line.number, self.holds, holds, holds))
            return
        if not self.open:
            raise Problem(f"{word} has no .if before it", "write .if, or take it out")
        block = self.open[-1]
        if word == ".endif":
            self.open.pop()
            return
        if block.last:
            raise Problem(f"{word} stands after .else", "write .endif")
        block.last = word == ".else"
        turn = block.around and not block.done
        block.holds = turn and (block.last or evaluate(text, variables))
        block.done = block.done or block.holds


DIRECTIVES = frozenset({".if", ".elif", ".else", ".endif"})
MESSAGES = frozenset({".diag", ".notice", ".warning", ".alert"})


def evaluate(text: str, variables: Mapping[str, str]) -> bool:
    """Raises Problem for what is no condition."""
    if not text.strip():
        return False
    tokens: list[str | bool] = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise Problem(
                f'"{text[position:].strip()}" is no condition', "there are defined, feature, streq and strneq"
            )
        tokens.append(match[1] or (bool(int(match[2])) if match[2] else _predicate(match[3], match[4], variables)))
        position = match.end()
    result = _either(tokens)
    if tokens:
        raise Problem(f'"{tokens[0]}" is one word too many in the condition', "write && or || between two conditions")
    return result


def _either(tokens: list[str | bool]) -> bool:
    result = _both(tokens)
    while tokens[:1] == ["||"]:
        del tokens[0]
        result = _both(tokens) or result
    return result


def _both(tokens: list[str | bool]) -> bool:
    result = _single(tokens)
    while tokens[:1] == ["&&"]:
        del tokens[0]
        result = _single(tokens) and result
    return result


def _single(tokens: list[str | bool]) -> bool:
    turned = False
    while tokens[:1] == ["!"]:
        del tokens[0]
        turned = not turned
    first = tokens.pop(0) if tokens else ""
    if first == "(":
        first = _either(tokens)
        if tokens[:1] != [")"]:
            raise Problem("a parenthesis is not closed in the condition")
        del tokens[0]
    if isinstance(first, str):
        raise Problem("the condition lacks a part", _ADVICE)
    return first is not turned


def _predicate(name: str, arguments: str, variables: Mapping[str, str]) -> bool:
    words = [word.strip() for word in arguments.split(",")]
    if name not in _PREDICATES:
        raise Problem(f'"{name}" is no condition', suggestion(name, _PREDICATES))
    wanted, holds = _PREDICATES[name]
    if len(words) != wanted:
        raise Problem(f"{name} wants {wanted} argument{'s' if wanted > 1 else ''}")
    return holds(words, variables)


def _at_least(words: list[str], _variables: Mapping[str, str]) -> bool:
    """What is missing, or no number, is zero; of a development version the version counts that it leads to."""
    numbers = [int(number) for number in re.findall(r"\d+", words[0].partition("-")[0])[:3]]
    return tuple(numbers + [0] * (3 - len(numbers))) <= VERSION


_Holds = Callable[[list[str], Mapping[str, str]], bool]

_PREDICATES: Mapping[str, tuple[int, _Holds]] = {
    "defined": (1, lambda words, variables: words[0] in variables),
    "feature": (1, lambda words, _variables: words[0] in FEATURES),
    "streq": (2, lambda words, _variables: words[0] == words[1]),
    "strneq": (2, lambda words, _variables: words[0] != words[1]),
    "version_atleast": (1, _at_least),
    "version_before": (1, lambda words, variables: not _at_least(words, variables)),
}
