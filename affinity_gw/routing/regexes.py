r"""Regular expressions of a configuration. HAProxy (as Debian builds it) has PCRE2's, we have Python's.

The two read nearly all expressions alike. POSIX classes such as ``[[:digit:]]``, which Python lacks, are written out;
what else Python cannot read is refused: ``\h``, ``\K``, ``\Q``, recursion, ``(?<name>...)``, flags in the middle.
Letters, digits and blanks are ASCII's, with ``-i`` too. The dollar also holds before a line feed at the end, which no
head contains.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable

_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\r\n\f\v",
    "upper": "A-Z",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\[:([a-z]+):\]")


def regular(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """The compiled expression. ValueError for one that cannot be read."""
    written_out = _CLASS.sub(lambda found: _POSIX.get(found[1], found[0]), pattern)
    try:
        with warnings.catch_warnings():  # "[[", which PCRE2 and today's Python read alike
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(written_out, re.ASCII | (re.IGNORECASE if ignore_case else re.NOFLAG))
    except re.error as error:
        raise ValueError(f"the regular expression {pattern!r} cannot be read: {error}") from None


_REFERENCE = re.compile(r"\\(?:([0-9])|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)


def replacement(text: str) -> Callable[[re.Match[str]], str]:
    r"""What takes a match's place: ``\0`` to ``\9`` are the whole and its groups, ``\x`` with two hexadecimal digits a
    character, any other character behind a backslash itself. A group that the expression lacks is empty. ValueError for
    a backslash at the end."""
    pieces = _REFERENCE.split(text)
    if pieces[-1].endswith("\\"):
        raise ValueError(f"a backslash at the end of {text!r} has nothing to protect")
    plain = pieces[0::4]
    references = list(zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True))
    if not any(group for group, _, _ in references):
        fixed = "".join(map("".join, zip(plain, [*map(_character, references), ""], strict=True)))
        return lambda _match: fixed

    def expand(match: re.Match[str]) -> str:
        parts = [plain[0]]
        for reference, after in zip(references, plain[1:], strict=True):
            parts += (_group(match, reference[0]) if reference[0] else _character(reference), after)
        return "".join(parts)

    return expand


def _group(match: re.Match[str], digit: str) -> str:
    number = int(digit)
    return (match[number] or "") if number <= match.re.groups else ""


def _character(reference: tuple[str | None, str | None, str | None]) -> str:
    _, hexadecimal, character = reference
    return chr(int(hexadecimal, 16)) if hexadecimal else character or ""
