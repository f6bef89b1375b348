"""A request's walk through the rules of its frontend, and then of its backend.

Rules are tried in HAProxy's order; where a condition holds, an edit changes the request for all that comes after it,
conditions included, and an end ends the walk. What a rule would write and HTTP cannot carry is the request's fault (the
expression took it from there): 400.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from affinity_gw.errors import BadRequest
from affinity_gw.http1.draft import FieldsDraft, RequestDraft
from affinity_gw.http1.head import RequestHead
from affinity_gw.routing import reasons
from affinity_gw.routing.decision import Decision, Forward
from affinity_gw.routing.fields import split_members
from affinity_gw.routing.respond import answer
from affinity_gw.routing.rules import (
    ENDS,
    AddField,
    Allow,
    DeleteFields,
    Phase,
    ReplaceField,
    ReplaceTarget,
    Rule,
    SetField,
    SetTarget,
    Text,
    Together,
    UseBackend,
    UseServer,
    described,
    phase_of,
    written,
)
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.snapshot import Snapshot


class Walk:
    """One request's. ``head`` is the request as the rules have left it, ``touched`` the fields that they wrote."""

    __slots__ = ("_draft", "_head", "_snapshot", "_trace")

    def __init__(self, head: RequestHead, snapshot: Snapshot, trace: list[str] | None) -> None:
        self._head = head
        self._snapshot = snapshot
        self._trace = trace
        self._draft: RequestDraft | None = None

    @property
    def head(self) -> RequestHead:
        return self._head if self._draft is None else self._draft.head

    @property
    def touched(self) -> frozenset[bytes]:
        return frozenset() if self._draft is None else self._draft.touched

    def through(self, section: Frontend | Backend, start: int = 0) -> Decision | UseBackend | None:
        """How the walk ends in a section, if one of its rules ends it; no rule before ``start`` matches. Raises
        BadRequest."""
        rules = section.rules
        backend = section if isinstance(section, Backend) else None
        position = start - 1
        while (position := self._next(section, position + 1)) >= 0:
            rule = rules[position]
            if isinstance(rule.action, Allow):
                later = (index for index, rule in enumerate(rules) if phase_of(rule) is not Phase.HTTP_REQUEST)
                position = next(later, len(rules)) - 1
            elif not isinstance(rule.action, ENDS):
                self._edit(rule)
            elif (end := self._end(rule, backend)) is not None:
                return end
        return None

    def _next(self, section: Frontend | Backend, start: int) -> int:
        """The position of the next rule that matches, -1 for none."""
        if self._trace is None:
            return section.search(self.head, self._snapshot, start)
        for position, rule in enumerate(section.rules[start:], start):
            matches = rule.when is None or rule.when(self.head, self._snapshot)
            outcome = "matches" if matches else "no match"
            self._trace.append(f"rule {described(rule.action)} when {rule.text or 'always'}: {outcome}")
            if matches:
                return position
        return -1

    def _end(self, rule: Rule, backend: Backend | None) -> Decision | UseBackend | None:
        """None where the rule does not end it after all: its server is down."""
        action = rule.action
        if isinstance(action, UseBackend):
            return action
        if isinstance(action, UseServer) and backend is not None:
            server = backend.named[action.server]
            if not self._snapshot.is_up(server):
                return None
            return Forward(self.head, backend, server, reason=reasons.used(server.name, rule.text), persistent=True)
        return answer(rule, self.head, self._snapshot, backend)

    def _edit(self, rule: Rule) -> None:
        draft = self._draft
        if draft is None:
            draft = self._draft = RequestDraft(self._head)
        try:
            EDITS[type(rule.action)](draft, rule.action, lambda text: written(text, draft.head, self._snapshot))
        except ValueError as error:
            raise BadRequest(f"{described(rule.action)}: {error}") from None


Write = Callable[[Text], str]


def _set_field(draft: FieldsDraft, action: SetField, write: Write) -> None:
    draft.set(action.name, write(action.value))


def _add_field(draft: FieldsDraft, action: AddField, write: Write) -> None:
    draft.add(action.name, write(action.value))


def _delete_fields(draft: FieldsDraft, action: DeleteFields, _write: Write) -> None:
    draft.remove(action.unwanted)


def _replace_field(draft: FieldsDraft, action: ReplaceField, write: Write) -> None:
    def whole(value: str) -> str | None:
        found = action.match.search(value)
        return None if found is None else filled_in(write(action.value), found)

    def members(value: str) -> str:
        # The blanks around a member that is replaced go with it, as in HAProxy.
        return ",".join(part if (new := whole(part.strip(" \t"))) is None else new for part in split_members(value))

    draft.replace(action.name, members if action.members else whole)


def _set_target(draft: RequestDraft, action: SetTarget, write: Write) -> None:
    _write_part(draft, action.part, write(action.value))


def _replace_target(draft: RequestDraft, action: ReplaceTarget, write: Write) -> None:
    found = action.match.search(part_of(draft.head, action.part))
    if found is not None:
        _write_part(draft, action.part, filled_in(write(action.value), found))


def part_of(head: RequestHead, part: str) -> str:
    if part == "uri":
        return head.target
    if part == "path":
        return head.path
    if part == "query":
        return head.query
    return f"{head.path}?{head.query}" if "?" in head.target else head.path


def _write_part(draft: RequestDraft, part: str, value: str) -> None:
    if part == "uri":
        draft.set_target(value)
    elif part == "query":
        draft.set_query(value)
    elif part == "path":
        draft.set_path(value)
    else:
        path, _, query = value.partition("?")
        draft.set_path(path)
        draft.set_query(query)


def filled_in(text: str, found: Any) -> str:
    """A backslash with a digit becomes that group of what was found, 0 the whole; two are one (HAProxy's regsub)."""
    if "\\" not in text:
        return text
    out: list[str] = []
    characters = iter(text)
    for character in characters:
        if character != "\\":
            out.append(character)
            continue
        after = next(characters, "\\")
        if after in "0123456789" and after.isascii():
            out.append((found[int(after)] or "") if int(after) <= found.re.groups else "")
        else:
            out.append(after)
    return "".join(out)


def _together(draft: FieldsDraft, action: Together, write: Write) -> None:
    for edit in action.edits:
        EDITS[type(edit)](draft, edit, write)


EDITS: Mapping[type, Callable[[Any, Any, Write], None]] = {
    SetField: _set_field,
    AddField: _add_field,
    DeleteFields: _delete_fields,
    ReplaceField: _replace_field,
    SetTarget: _set_target,
    ReplaceTarget: _replace_target,
    Together: _together,
}
"""What an edit does to a draft; those of fields also to an answer's."""
