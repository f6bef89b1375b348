"""What a rule does where its condition holds: data, in HAProxy's words.

Three kinds. *Edits* change the request (or the answer) and the walk goes on; *ends* answer the client or choose where
the request goes; ``Allow`` ends one section's http-request rules and nothing else. A text may hold expressions
(``%[src]``); such a one is a function of the head, any other a plain string.

HAProxy evaluates a section's rules in phases, whatever their order in the file: http-request, then redirect, then
use_backend or use-server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal

from affinity_gw.http1.fields import NameMatcher

if TYPE_CHECKING:
    from affinity_gw.routing.predicates import Predicate, ResponsePredicate
    from affinity_gw.routing.snapshot import Snapshot

Text = str | Callable[[Any, "Snapshot"], str]
"""Called with a ``RequestHead``, in rules that look at answers with an ``Exchanged``."""


class Phase(IntEnum):
    HTTP_REQUEST = 0
    REDIRECT = 1
    USE = 2


@dataclass(frozen=True, slots=True)
class Deny:
    status: int = 403


@dataclass(frozen=True, slots=True)
class Challenge:
    """Ask for a user and a password (RFC 7617): HAProxy's http-request auth, whose condition says who need not."""

    realm: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """``location``: the whole Location; with ``kind`` prefix what goes before the path, with scheme the scheme alone.

    ``cookies``: values of Set-Cookie that go with it.
    """

    location: Text
    code: int = 302
    kind: Literal["location", "prefix", "scheme"] = "location"
    drop_query: bool = False
    append_slash: bool = False
    ignore_empty: bool = False
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Return:
    """A whole answer of the gateway's own; ``body`` None is none."""

    status: int = 200
    content_type: str = ""
    body: bytes | Text | None = None
    fields: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Allow:
    """No http-request rule of this section after it."""


@dataclass(frozen=True, slots=True)
class UseBackend:
    """``backend`` with expressions is looked up by name for each request; an unknown one is the default backend."""

    backend: Text


@dataclass(frozen=True, slots=True)
class UseServer:
    """Only while that server is up; else the next rule has its say."""

    server: str


@dataclass(frozen=True, slots=True)
class SetField:
    """``name`` as it goes out."""

    name: bytes
    value: Text


@dataclass(frozen=True, slots=True)
class AddField:
    name: bytes
    value: Text


@dataclass(frozen=True, slots=True)
class DeleteFields:
    """``patterns`` as written, for people; ``unwanted`` is asked with lower-case names."""

    patterns: tuple[str, ...]
    unwanted: NameMatcher = field(compare=False)


@dataclass(frozen=True, slots=True)
class ReplaceField:
    """Where ``match`` is found in a field's value, the whole value becomes ``value`` with its groups filled in; with
    ``members`` each comma separated part of a value on its own."""

    name: bytes
    match: re.Pattern[str]
    value: Text
    members: bool = False


Part = Literal["path", "pathq", "query", "uri"]


@dataclass(frozen=True, slots=True)
class SetTarget:
    """``part`` of the request-target becomes ``value``."""

    part: Part
    value: Text


@dataclass(frozen=True, slots=True)
class ReplaceTarget:
    """As ``ReplaceField``, in a part of the request-target."""

    part: Part
    match: re.Pattern[str]
    value: Text


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Of an answer."""

    status: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """Edits of one rule: its condition is asked once."""

    edits: tuple[FieldEdit, ...]


End = Deny | Challenge | Redirect | Return | UseBackend | UseServer
FieldEdit = SetField | AddField | DeleteFields | ReplaceField
Edit = FieldEdit | SetTarget | ReplaceTarget | SetStatus | Together
Action = End | Allow | Edit

ENDS = (Deny, Challenge, Redirect, Return, UseBackend, UseServer)

PHASES: Mapping[type, Phase] = {Redirect: Phase.REDIRECT, UseBackend: Phase.USE, UseServer: Phase.USE}
"""The phase of an action that says nothing else; all others are http-request rules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition with what to do. ``text`` is the condition as written, for ``explain`` and the log."""

    when: Predicate | None
    action: Action
    text: str = ""
    phase: Phase | None = None
    """None: as ``PHASES`` says."""


@dataclass(frozen=True, slots=True)
class ResponseRule:
    """The same about an answer: an edit, or ``Deny``."""

    when: ResponsePredicate | None
    action: Action
    text: str = ""


def phase_of(rule: Rule) -> Phase:
    return rule.phase if rule.phase is not None else PHASES.get(type(rule.action), Phase.HTTP_REQUEST)


def in_order(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """By phase; within one as they were written."""
    return tuple(sorted(rules, key=phase_of))


def described(action: Action) -> str:
    """For people: ``deny 403``, ``set-header X-A``."""
    return _WORDS[type(action)](action)


def shown(text: Any) -> str:
    return text if isinstance(text, str) else "an expression"


def written(text: Text, head: Any, snapshot: Snapshot) -> str:
    """A text with its expressions filled in."""
    return text if isinstance(text, str) else text(head, snapshot)


def _name(name: bytes) -> str:
    return name.decode("ascii")


_KINDS = {"location": "", "prefix": "prefix ", "scheme": "scheme "}

_WORDS: Mapping[type, Callable[[Any], str]] = {
    Deny: lambda action: f"deny {action.status}",
    Challenge: lambda action: f"auth {action.realm}",
    Redirect: lambda action: (
        f"redirect {'' if action.kind == 'location' else f'{action.kind} '}{shown(action.location)}"
    ),
    Return: lambda action: f"return {action.status}",
    Allow: lambda _: "allow",
    UseBackend: lambda action: f"backend {shown(action.backend)}",
    UseServer: lambda action: f"use-server {action.server}",
    SetField: lambda action: f"set-header {_name(action.name)}",
    AddField: lambda action: f"add-header {_name(action.name)}",
    DeleteFields: lambda action: f"del-header {' '.join(action.patterns)}",
    ReplaceField: lambda action: f"replace-{'value' if action.members else 'header'} {_name(action.name)}",
    SetTarget: lambda action: f"set-{action.part}",
    ReplaceTarget: lambda action: f"replace-{action.part}",
    SetStatus: lambda action: f"set-status {action.status}",
    Together: lambda action: ", ".join(map(described, action.edits)),
}
