"""What an HTTP check expects of an answer: HAProxy's ``http-check expect``, compiled once, judged as bytes arrive.

    status 200,300-399        the status is one of these
    rstatus ^[23]             a regular expression is found in the status
    string ready              the body holds this text
    rstring ^O.*K$            a regular expression is found in the body
    hdr name x-state value up   one of a header's values is this one; fhdr: one whole line of it

``!`` before it turns it round. Without any, 2xx and 3xx are well. Answers are judged by what has come of them: a body
that already holds the text is well before it ends, and one that does not is awaited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from affinity_gw.errors import ProtocolError
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.routing.fields import split_list
from affinity_gw.routing.lexer import split_words

MOST_READ = 16384
"""Bytes of an answer that are looked at, HAProxy's ``tune.chksize``."""

_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d{3})[ \r\n]")
_LINE_END = re.compile(rb"\r?\n")


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """As much of an answer as has come. ``fields`` is None before the head is whole; ``ended``: nothing more comes."""

    status: str
    fields: Sequence[tuple[str, str]] | None
    body: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Expect:
    """One expectation. ``test``: True, False, or None for "that cannot be said yet". ``text``: as written."""

    text: str
    test: Callable[[CheckAnswer], bool | None]
    inverse: bool = False


def compile_expect(text: str) -> Expect:
    """Raises ValueError in a sentence."""
    words = split_words(text)
    inverse = words[:1] == ["!"]
    if inverse:
        del words[0]
    kind = words[0] if words else ""
    if kind not in _KINDS:
        raise ValueError(f"{text!r} is no expectation; it begins with one of {', '.join(_KINDS)}, or ! before that")
    return Expect(text, _KINDS[kind](words[1:]), inverse)


def judge(expectations: Sequence[Expect], answer: bytes, *, ended: bool) -> str | None:
    """Empty: the server is well. None: more has to come. Else what was wrong, in words for the log."""
    if not answer and ended:
        return "closed without an answer"
    whole_line = b"\n" in answer
    match = _STATUS_LINE.match(answer) if whole_line else None
    if match is None:
        if whole_line or answer[:5] != b"HTTP/"[: len(answer)] or len(answer) >= MOST_READ:
            return "its answer is not HTTP"
        return "closed in the middle of its status line" if ended else None
    seen = _seen(match[1].decode(), answer, ended=ended or len(answer) >= MOST_READ)
    if not expectations:
        return "" if seen.status[:1] in {"2", "3"} else f"answered {seen.status}"
    return _all(expectations, seen)


def _all(expectations: Sequence[Expect], seen: CheckAnswer) -> str | None:
    for expect in expectations:
        met = expect.test(seen)
        if met is None:
            return None
        if met is expect.inverse:
            return f"answered {seen.status}, which is not as expected ({expect.text})"
    return ""


def _seen(status: str, answer: bytes, *, ended: bool) -> CheckAnswer:
    end = re.search(rb"\r?\n\r?\n", answer)
    if end is None:
        return CheckAnswer(status, () if ended else None, "", ended)
    lines = _LINE_END.split(answer[: end.start()])[1:]
    fields = [_field(line) for line in lines if b":" in line]
    body, complete = _body(dict(fields), answer[end.end() :])
    return CheckAnswer(status, fields, body.decode("latin-1"), ended or complete)


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").partition(":")
    return name.strip().lower(), value.strip(" \t")


def _body(fields: Mapping[str, str], rest: bytes) -> tuple[bytes, bool]:
    """What has come of the body, and whether that is all."""
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = ChunkedBody(ProtocolError, collect=True)
        try:
            body.feed(rest)
        except ProtocolError:
            return body.take(), True
        return body.take(), body.finished
    length = fields.get("content-length", "")
    return (rest[: int(length)], len(rest) >= int(length)) if length.isdecimal() else (rest, False)


def _one_word(words: Sequence[str], what: str) -> str:
    if len(words) != 1:
        raise ValueError(f"{what} wants one word after it; a text with blanks stands in quotes")
    return words[0]


def _status(words: Sequence[str]) -> Callable[[CheckAnswer], bool | None]:
    wanted: set[int] = set()
    for part in _one_word(words, "status").split(","):
        first, dash, last = part.partition("-")
        if not (first.isdecimal() and (last.isdecimal() or not dash)):
            raise ValueError(f"{part!r} is no status; write as in 200 or 200-399")
        wanted.update(range(int(first), int(last or first) + 1))
    return lambda answer: int(answer.status) in wanted


def _rstatus(words: Sequence[str]) -> Callable[[CheckAnswer], bool | None]:
    pattern = _pattern(_one_word(words, "rstatus"))
    return lambda answer: pattern.search(answer.status) is not None


def _string(words: Sequence[str]) -> Callable[[CheckAnswer], bool | None]:
    text = _one_word(words, "string").encode().decode("latin-1")
    return _in_body(lambda body: text in body)


def _rstring(words: Sequence[str]) -> Callable[[CheckAnswer], bool | None]:
    pattern = _pattern(_one_word(words, "rstring"))
    return _in_body(lambda body: pattern.search(body) is not None)


def _in_body(found: Callable[[str], bool]) -> Callable[[CheckAnswer], bool | None]:
    def test(answer: CheckAnswer) -> bool | None:
        if answer.fields is not None and found(answer.body):
            return True
        return False if answer.ended else None

    return test


def _header(words: Sequence[str], *, whole_lines: bool) -> Callable[[CheckAnswer], bool | None]:
    named = dict(zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or "name" not in named or named.keys() - {"name", "value"}:
        raise ValueError("hdr and fhdr want a name and perhaps a value: hdr name x-state value up")
    name, value = named["name"].lower(), named.get("value")

    def test(answer: CheckAnswer) -> bool | None:
        if answer.fields is None:
            return None
        lines = [line for field, line in answer.fields if field == name]
        values = lines if whole_lines else [part for line in lines for part in split_list(line)]
        return bool(values) if value is None else value in values

    return test


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None


_KINDS: Mapping[str, Callable[[Sequence[str]], Callable[[CheckAnswer], bool | None]]] = {
    "status": _status,
    "rstatus": _rstatus,
    "string": _string,
    "rstring": _rstring,
    "hdr": lambda words: _header(words, whole_lines=False),
    "fhdr": lambda words: _header(words, whole_lines=True),
}
