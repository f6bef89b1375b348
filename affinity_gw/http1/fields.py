"""What becomes of one field on its way through: it passes, is dropped, or is written anew from what was understood.

The same names come with every request, so the answer for a name is found once and kept under the bytes of the name as
it came (Treatments): 60 ns a field. Hop-by-hop fields (RFC 9110 section 7.6.1) never pass; the few that are written
anew get their value from the ``own`` of the message, in the place where the old one stood, and exactly once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from multidict import CIMultiDict

from affinity_gw.http1.claims import is_claim
from affinity_gw.http1.head import Field
from affinity_gw.http1.tokens import LONGEST_KEPT, TOKEN, words_of

PASS = 0
DROP = 1
LENGTH = 2
CODING = 4
TRAILER = 8
UPGRADE = 16
TE = 32
EXPECT = 64

AS_IT_CAME = None
"""In ``own``: the field's own value passes, every line of it."""

Own = Mapping[int, bytes | None]
"""By treatment, the value that is written instead; a treatment that does not occur here is dropped."""

HOP_BY_HOP: Mapping[bytes, int] = {
    b"connection": DROP,
    b"keep-alive": DROP,
    b"proxy-connection": DROP,
    b"proxy-authenticate": DROP,
    b"proxy-authentication-info": DROP,
    b"proxy-authorization": DROP,
    b"http2-settings": DROP,
    b"proxy": DROP,  # becomes HTTP_PROXY in a CGI environment (CVE-2016-5385)
    b"content-length": LENGTH,
    b"transfer-encoding": CODING,
    b"trailer": TRAILER,
    b"upgrade": UPGRADE,
    b"te": TE,
}

_NEEDED = frozenset({b"host", b"cookie", b"set-cookie", b"date", *HOP_BY_HOP})

_MOST_KEPT = 1024
_LONGEST_KEPT_NAME = 64

_NAME = re.compile(TOKEN.decode() + "+")
_NOT_IN_A_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


NameMatcher = Callable[[bytes], bool]


def matcher(patterns: Iterable[str]) -> NameMatcher:
    """Whether a lower-case name is one of the patterns, names in any case or, with ``*`` at the end, prefixes."""
    words = [pattern.lower().encode() for pattern in patterns]
    names = frozenset(word for word in words if not word.endswith(b"*"))
    prefixes = tuple(word[:-1] for word in words if word.endswith(b"*"))
    return lambda name: name in names or name.startswith(prefixes)


class Treatments(dict[bytes, int]):
    """The treatment of each field name, asked with the bytes as they came. ``rule`` gets the name in lower case.

    Bounded, because strangers choose the names: when it is full it starts anew.
    """

    __slots__ = ("_rule",)

    def __init__(self, rule: Callable[[bytes], int]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, name: bytes) -> int:
        treatment = self._rule(name.lower())
        if len(name) <= _LONGEST_KEPT_NAME:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[name] = treatment
        return treatment


def write(out: list[bytes], source: Iterable[Field], treatments: Treatments, own: Own) -> int:
    """Append a line for each field that passes to ``out``, in their order and case; lines have no CR LF yet. Returns
    the treatments whose own value has been written."""
    seen = 0
    for field in source:
        treatment = treatments[field[0]]
        if not treatment:  # PASS; written so because this is where the time goes
            out.append(b": ".join(field))
        elif treatment in own and not treatment & seen:
            value = own[treatment]
            if value is AS_IT_CAME:
                out.append(b": ".join(field))
            else:
                out.append(b"%b: %b" % (field[0], value))
                seen |= treatment
    return seen


def write_missing_framing(out: list[bytes], own: Own, seen: int) -> None:
    """What frames the body must be there once, also where an edit has removed it or a buffer has changed it."""
    for treatment, name in ((LENGTH, b"Content-Length"), (CODING, b"Transfer-Encoding")):
        value = own.get(treatment)
        if value is not None and not treatment & seen:
            out.append(b"%b: %b" % (name, value))


def without_nominated(
    source: tuple[Field, ...], connection: Sequence[str], kept: frozenset[bytes] = frozenset()
) -> tuple[Field, ...]:
    """The fields without those that Connection names. Some are needed however they are named: what frames or routes the
    message, and what says who the client is (CVE-2022-31813, CVE-2024-45410); and those in ``kept``, in lower case."""
    value = connection[0] if len(connection) == 1 else ",".join(connection)
    nominated = _kept_nominated(value) if len(value) <= LONGEST_KEPT else _nominated(value)
    nominated -= kept
    return tuple(field for field in source if field[0].lower() not in nominated) if nominated else source


def _nominated(connection: str) -> frozenset[bytes]:
    names = {word.encode("utf-8", "surrogateescape") for word in words_of((connection,))}
    return frozenset(name for name in names - _NEEDED - {b"close"} if not is_claim(name))


_kept_nominated = lru_cache(maxsize=1024)(_nominated)


def editable(fields: tuple[Field, ...]) -> CIMultiDict[str]:
    """A copy that a plugin may change: order and case kept, bytes that are not UTF-8 as surrogate escapes."""
    return CIMultiDict((name.decode("ascii"), value.decode("utf-8", "surrogateescape")) for name, value in fields)


def edited(fields: CIMultiDict[str]) -> tuple[Field, ...]:
    """What a plugin has made of it, as bytes. ValueError for a name or a value that would break the head apart."""
    return tuple((_name(name), edited_value(name, value)) for name, value in fields.items())


def field_line(name: str, value: str) -> bytes:
    """A line without its CR LF. ValueError as in ``edited``."""
    return b"%b: %b" % (_name(name), edited_value(name, value))


def _name(name: str) -> bytes:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not a field name (RFC 9110 section 5.1)")
    return name.encode("ascii")


def edited_value(name: str, value: str) -> bytes:
    if _NOT_IN_A_VALUE.search(value) is not None:
        raise ValueError(f"{name}: a field value must not contain CR, LF, NUL or another control character")
    return value.strip(" \t").encode("utf-8", "surrogateescape")
