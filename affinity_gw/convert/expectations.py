"""``http-check expect``: the words that ``check.expect`` knows, without those that only say how a check is reported."""

from __future__ import annotations

from collections.abc import Sequence

from affinity_gw.config.problem import Problem
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.sections import Context, spelt
from affinity_gw.convert.words import joined, unknown
from affinity_gw.routing.expect import compile_expect

_REPORTING = (
    "comment",
    "min-recv",
    "ok-status",
    "error-status",
    "tout-status",
    "on-success",
    "on-error",
    "status-code",
)
_SIMPLE = ("status", "rstatus", "string", "rstring")
_FIELDS = ("hdr", "fhdr")
_FORMATS = ("string-lf",)


def expectation(context: Context, words: Sequence[Word]) -> str | None:
    """One line as TOML has it; None where it was left out. Raises Problem."""
    if not words:
        raise Problem("it does not say what to expect", 'write "http-check expect status 200"')
    inverse, pattern = _pattern(context, list(words))
    if pattern is None:
        return None
    text = joined([*([Word("!")] if inverse else []), *pattern])
    try:
        compile_expect(text)
    except ValueError as error:
        problem, _, advice = str(error).partition("; ")
        raise Problem(problem, advice) from None
    return spelt(text)


def _pattern(context: Context, words: list[Word]) -> tuple[bool, list[Word] | None]:
    """Whether it is turned round, and what is expected."""
    inverse = False
    found: list[Word] = []
    while words:
        word = words.pop(0)
        while word.startswith("!"):
            inverse = not inverse
            word = Word(word[1:]) if word != "!" else _next(words, "!")
        if word in _REPORTING:
            _next(words, word)
            context.warn(f"{word}: how a check is reported is the gateway's own", "take it out")
        elif found:
            raise Problem(f'"{word}" is one word too many', "a text with blanks stands in quotes")
        elif word in _SIMPLE:
            found = [word, _next(words, word)]
        elif word in _FIELDS:
            found = [word, *_field(words)]
        elif word in _FORMATS:
            context.leave_out(f"{word}: expressions are not filled in", "use string")
            return inverse, None
        else:
            raise unknown(word, "what to expect", [*_SIMPLE, *_FIELDS])
        if found and any(each.endswith(("-lf", "-m")) for each in found[1::2] if found[0] in _FIELDS):
            context.leave_out("a header's value is compared as a whole", 'write "name NAME value TEXT"')
            return inverse, None
    if not found:
        raise Problem("it does not say what to expect", 'write "http-check expect status 200"')
    return inverse, found


def _field(words: list[Word]) -> list[Word]:
    """``name [-m method] NAME [value [-m method] VALUE]``; another comparison than ``str`` stays as ``-m``."""
    if not words or words[0] not in {"name", "name-lf"}:
        raise Problem("hdr and fhdr want a name", 'write "hdr name x-state value up"')
    found: list[Word] = []
    while words and words[0] in {"name", "name-lf", "value", "value-lf"}:
        kind = words.pop(0)
        if words[:1] == ["-m"]:
            words.pop(0)
            kind = kind if _next(words, "-m") == "str" else Word("-m")
        found += [kind, _next(words, kind)]
    return found


def _next(words: list[Word], after: str) -> Word:
    if not words or not words[0]:
        raise Problem(f'"{after}" has no argument', "see HAProxy's manual")
    return words.pop(0)
