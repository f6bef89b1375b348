"""A head that is being changed: heads are never edited, so whoever changes one writes a draft and reads the head of it.

Changes are collected and become one new head at the first question (``head``), so that ten rules in a row cost one.
What would break the message apart is refused here: a control character in a value (RFC 9110 section 5.5), a target that
is no single word (RFC 9112 section 3.2). Expressions can write what a client chose, percent-decoded even.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from multidict import CIMultiDictProxy

from affinity_gw.http1.fields import NameMatcher, editable, edited_value
from affinity_gw.http1.head import Field, RequestHead, ResponseHead
from affinity_gw.http1.target import is_printable, is_valid_authority, split_absolute

MOST_KEPT = 128
"""Sets of fields that were changed in the same way before: clients repeat theirs, and a rule that says the same of each
request then costs 4 µs instead of 9 (and the head's bytes are found again, too)."""

Replace = Callable[[str], str | None]
"""A field's value, or one member of its list; what takes its place, None for "leave it"."""


class FieldsDraft:
    """Fields in their order. ``touched``: the names, in lower case, that were written here."""

    __slots__ = ("_fields", "_stale", "touched")

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self._fields = fields
        self._stale = False
        self.touched: frozenset[bytes] = frozenset()

    def set(self, name: bytes, value: str) -> None:
        """One field of that name, at the end, instead of all that there are (HAProxy's set-header)."""
        self._fields = _with_field(self._fields, name, _sendable(name, value))
        self._touch(name.lower())

    def add(self, name: bytes, value: str) -> None:
        """One field more. ValueError for a value that cannot be sent."""
        self._fields += ((name, _sendable(name, value)),)
        self._touch(name.lower())

    def remove(self, unwanted: NameMatcher) -> None:
        """Without the fields whose lower-case names are ``unwanted``."""
        self._fields = tuple(field for field in self._fields if not unwanted(field[0].lower()))
        self._stale = True

    def replace(self, name: bytes, change: Replace) -> None:
        """Each field of that name on its own. ValueError as in ``add``."""
        wanted = name.lower()
        self._fields = tuple(
            _replaced(field, change) if field[0].lower() == wanted else field for field in self._fields
        )
        self._touch(wanted)

    def _touch(self, name: bytes) -> None:
        self.touched |= {name}
        self._stale = True


@lru_cache(maxsize=MOST_KEPT)
def _with_field(fields: tuple[Field, ...], name: bytes, value: bytes) -> tuple[Field, ...]:
    unwanted = name.lower()
    return (*(field for field in fields if field[0].lower() != unwanted), (name, value))


@lru_cache(maxsize=MOST_KEPT)
def _headers(fields: tuple[Field, ...]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(editable(fields))


def _replaced(field: Field, change: Replace) -> Field:
    value = change(field[1].decode("utf-8", "surrogateescape"))
    return field if value is None else (field[0], _sendable(field[0], value))


def _sendable(name: bytes, value: str) -> bytes:
    if name.lower() == b"host" and not is_valid_authority(value):
        raise ValueError(f"{value!r} is no host")
    return edited_value(name.decode("ascii"), value)


class RequestDraft(FieldsDraft):
    """A request on its way through the rules."""

    __slots__ = ("_head", "_target")

    def __init__(self, head: RequestHead) -> None:
        FieldsDraft.__init__(self, head.fields)
        self._head = head
        self._target = head.target

    @property
    def head(self) -> RequestHead:
        """The request as it is now."""
        if self._stale:
            old = self._head
            headers = _headers(self._fields) if self._fields is not old.fields else old.headers
            self._head = RequestHead(old.method, self._target, old.minor, self._fields, headers, old.peer, old.client)
            self._head.origin = old.origin
            self._stale = False
        return self._head

    def set_target(self, target: str) -> None:
        """ValueError for what is no request-target in origin-form, absolute-form or ``*``."""
        if not is_printable(target) or "#" in target or not _is_target(target):
            raise ValueError(f"{target!r} is no request-target")
        self._target = target
        self._stale = True

    def set_path(self, path: str) -> None:
        """Another path; the query, and an authority in front of it, stay."""
        before, _, query = self._parts()
        self.set_target(f"{before}{path}{query}")

    def set_query(self, query: str) -> None:
        """Another query, given without its question mark; empty: none."""
        before, path, _ = self._parts()
        self.set_target(f"{before}{path}?{query}" if query else f"{before}{path}")

    def _parts(self) -> tuple[str, str, str]:
        absolute = None if self._target.startswith("/") else split_absolute(self._target)
        rest = self._target if absolute is None else absolute[2]
        path, mark, query = rest.partition("?")
        return self._target[: len(self._target) - len(rest)], path, mark + query


def _is_target(target: str) -> bool:
    return target.startswith("/") or target == "*" or split_absolute(target) is not None


class ResponseDraft(FieldsDraft):
    """An answer on its way through the rules."""

    __slots__ = ("_head", "_status")

    def __init__(self, head: ResponseHead) -> None:
        FieldsDraft.__init__(self, head.fields)
        self._head = head
        self._status = (head.status, head.reason)

    @property
    def head(self) -> ResponseHead:
        """The answer as it is now."""
        if self._stale:
            self._head = ResponseHead(*self._status, self._head.minor, self._fields, _headers(self._fields))
            self._stale = False
        return self._head

    def set_status(self, status: int, reason: str) -> None:
        self._status = (status, reason)
        self._stale = True
