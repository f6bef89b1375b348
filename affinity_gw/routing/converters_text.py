"""Converters that make one string out of another, as HAProxy's do. Each is compiled with its arguments."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable
from string import ascii_letters, digits
from urllib.parse import quote_from_bytes, unquote_to_bytes

from affinity_gw.routing.matching import fold
from affinity_gw.routing.regexes import regular, replacement
from affinity_gw.routing.samples import Arguments

Convert = Callable[[str], str | None]

_UPPER = {lower: lower - 32 for lower in range(ord("a"), ord("z") + 1)}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def lower(_arguments: Arguments) -> Convert:
    return fold


def upper(_arguments: Arguments) -> Convert:
    return lambda text: text.upper() if text.isascii() else text.translate(_UPPER)


def left_trim(arguments: Arguments) -> Convert:
    return lambda text: text.lstrip(arguments.word(0))


def right_trim(arguments: Arguments) -> Convert:
    return lambda text: text.rstrip(arguments.word(0))


def concat(arguments: Arguments) -> Convert:
    """Something behind it. HAProxy's second argument is a variable, and there are none here."""
    if arguments.word(1):
        raise ValueError(f"{arguments}: there are no variables; leave the second word empty")
    added = arguments.word(0) + arguments.word(2)
    return lambda text: text + added


def cut_line(_arguments: Arguments) -> Convert:
    return lambda text: re.split(r"[\r\n]", text, maxsplit=1)[0]


def url_decode(arguments: Arguments) -> Convert:
    """Nothing where an escape is broken. A plus is a blank behind the first question mark, or everywhere if asked."""
    everywhere = arguments.word(0) not in {"", "0"}

    def convert(text: str) -> str | None:
        if re.search(r"%(?![0-9A-Fa-f]{2})", text):
            return None
        head, mark, rest = ("", "", text) if everywhere else text.partition("?")
        return _text(unquote_to_bytes(_bytes(head + mark + rest.replace("+", " "))))

    return convert


_PLAIN = ascii_letters + digits + "-._~"


def url_encode(arguments: Arguments) -> Convert:
    if arguments.word(0) not in {"", "query"}:
        raise ValueError(f"{arguments}: the one way of encoding is query")
    return lambda text: quote_from_bytes(_bytes(text), safe=_PLAIN)


def hexadecimal(_arguments: Arguments) -> Convert:
    return lambda text: _bytes(text).hex().upper()


def base64(_arguments: Arguments) -> Convert:
    return lambda text: b64encode(_bytes(text)).decode("ascii")


def base64_decode(_arguments: Arguments) -> Convert:
    def convert(text: str) -> str | None:
        try:
            return _text(b64decode(_bytes(text), validate=True))
        except BadBase64:
            return None

    return convert


def part(arguments: Arguments) -> Convert:
    """From an offset on, at most so many bytes."""
    start = arguments.number(0)
    stop = start + arguments.number(1) if arguments.word(1) else None
    return lambda text: _text(_bytes(text)[start:stop])


def substitute(arguments: Arguments) -> Convert:
    """The first match, or with the flag ``g`` every match, in another way."""
    flags = arguments.word(2)
    if set(flags) - set("gi"):
        raise ValueError(f"{arguments}: flags are i and g")
    expression = regular(arguments.word(0), ignore_case="i" in flags)
    written, count = replacement(arguments.word(1)), 0 if "g" in flags else 1
    return lambda text: expression.sub(written, text, count=count)


def field(arguments: Arguments) -> Convert:
    """One of the parts between delimiters, empty ones included, or several from it on (0: all)."""
    index, delimiters, count = _choice(arguments)

    def convert(text: str) -> str | None:
        edges = [(found.start(), found.end()) for found in delimiters.finditer(text)]
        parts = list(zip([0, *(end for _, end in edges)], [*(start for start, _ in edges), len(text)], strict=True))
        if not -len(parts) <= index < len(parts):
            return None
        return _from(text, parts, index, count)

    return convert


def word(arguments: Arguments) -> Convert:
    """As ``field``, but several delimiters are one. Empty where there are not so many."""
    index, delimiters, count = _choice(arguments)
    between = re.compile(f"[^{delimiters.pattern[1:]}+")

    def convert(text: str) -> str:
        parts = [found.span() for found in between.finditer(text)]
        return _from(text, parts, index, count) if -len(parts) <= index < len(parts) else ""

    return convert


def _choice(arguments: Arguments) -> tuple[int, re.Pattern[str], int]:
    number, delimiters = arguments.number(0), arguments.word(1)
    if not number or not delimiters:
        raise ValueError(f"{arguments} wants a number from 1, or from -1 at the end, and delimiters: field(1,:)")
    count = arguments.number(2) if arguments.word(2) else 1
    return number - 1 if number > 0 else number, re.compile(f"[{re.escape(delimiters)}]"), count


def _from(text: str, parts: list[tuple[int, int]], index: int, count: int) -> str:
    """``count`` parts from one on, away from the end that was counted from; to the other end where there are fewer."""
    if index >= 0:
        last = index + count - 1
        return text[parts[index][0] : parts[last][1] if count and last < len(parts) else len(text)]
    first = len(parts) + index - count + 1
    return text[parts[first][0] if count and first >= 0 else 0 : parts[index][1]]
