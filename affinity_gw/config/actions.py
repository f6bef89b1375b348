"""What a rule does: each key of its table becomes an action, or is complained of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from affinity_gw.config.layers import given
from affinity_gw.config.making import Making
from affinity_gw.config.problem import suggestion
from affinity_gw.config.schema_rules import (
    FieldReplacementTable,
    RedirectTable,
    ReplacementTable,
    ReturnTable,
)
from affinity_gw.http1.fields import matcher
from affinity_gw.proxy.replies import reason_phrase
from affinity_gw.routing.rules import (
    Action,
    AddField,
    Allow,
    Challenge,
    DeleteFields,
    Deny,
    FieldEdit,
    Part,
    Redirect,
    ReplaceField,
    ReplaceTarget,
    Return,
    SetField,
    SetStatus,
    SetTarget,
    Text,
    Together,
    UseBackend,
    UseServer,
)


def _backend(making: Making, name: str) -> Action | None:
    section = making.section
    if section.kind == "backend":
        making.complain("a backend cannot send a request to another one", "move the rule to the frontend")
        return None
    if "%[" in name:
        return UseBackend(making.text(name))
    section.known_backend(making.path, name)
    return UseBackend(name)


def _server(making: Making, name: str) -> Action | None:
    section = making.section
    if section.kind == "frontend":
        making.complain("a frontend has no servers", "move the rule to the backend")
        return None
    if name not in section.servers:
        making.complain(f'there is no server "{name}" in this backend', suggestion(name, section.servers))
        return None
    return UseServer(name)


def _redirect(making: Making, table: RedirectTable) -> Action | None:
    kinds = given(location=table.location, prefix=table.prefix, scheme=table.scheme)
    if len(kinds) != 1:
        if not making.section.layers.broken(*making.path):
            making.complain("a redirect has one of location, prefix and scheme", 'write redirect = "/new"')
        return None
    ((kind, where),) = kinds.items()
    cookies = [f"{table.set_cookie}; path=/;"] if table.set_cookie else []
    cookies += [f"{table.clear_cookie}; path=/; Max-Age=0;"] if table.clear_cookie else []
    options: dict[str, Any] = {key: getattr(table, key) for key in ("drop_query", "append_slash", "ignore_empty")}
    code = table.code if table.code is not None else making.table.code
    return Redirect(making.literal(where), cookies=tuple(cookies), **given(kind=kind, code=code, **options))


def _return(making: Making, table: ReturnTable) -> Action | None:
    if table.body is not None and table.file is not None:
        making.complain("the answer has body and file", "keep one", "file")
    body: Text | bytes | None = None if table.body is None else making.literal(table.body, "body")
    if table.file is not None:
        body = _contents(making, table.file)
    fields = tuple((name, making.text(value, "fields", name)) for name, value in (table.fields or {}).items())
    return Return(body=body, fields=fields, **given(status=table.status, content_type=table.content_type))


def _contents(making: Making, name: str) -> bytes | None:
    path = making.section.layers.file((*making.path, "file"), name)
    try:
        return Path(path).read_bytes()
    except OSError as error:
        making.complain(f"{name} cannot be read: {error.strerror}", "name a file that the gateway may read", "file")
        return None


def _deny(making: Making, status: int) -> Action:
    raw = making.section.layers.holder(making.path).raw
    said = raw[making.path[0]][making.path[1]]["deny"]
    return Deny(502 if making.response and said is True else status)


def _auth(making: Making, userlist: str | bool) -> Action:
    section = making.section
    if isinstance(userlist, str) and userlist not in section.userlists:
        advice = suggestion(userlist, section.userlists) or f"write [userlist.{userlist}]"
        making.complain(f'there is no userlist "{userlist}"', advice)
    return Challenge(making.table.realm or (section.name if userlist is True else str(userlist)))


def _assign(kind: type[SetField | AddField]) -> Callable[[Making, Mapping[str, str]], Action | None]:
    def make(making: Making, fields: Mapping[str, str]) -> Action | None:
        if kind is AddField and not making.response and any(name.lower() == "host" for name in fields):
            making.complain("a request has one Host", "write set_header")
        return _together([kind(name.encode(), making.text(value, name)) for name, value in fields.items()])

    return make


def _delete(making: Making, patterns: list[str]) -> Action | None:
    unwanted = matcher(patterns)
    if not making.response and unwanted(b"host"):
        making.complain("every request has a Host", "leave it, or write set_header")
    return DeleteFields(tuple(patterns), unwanted)


def _replace_field(*, members: bool) -> Callable[[Making, FieldReplacementTable], Action | None]:
    def make(making: Making, table: FieldReplacementTable) -> Action | None:
        pattern = making.pattern(table)
        if table.name is None:
            making.complain("it does not say which field", 'write name = "…"')
        if pattern is None or table.name is None:
            return None
        return ReplaceField(table.name.encode(), pattern, making.text(table.value or "", "with"), members)

    return make


def _set_target(part: Part) -> Callable[[Making, str], Action | None]:
    return lambda making, value: SetTarget(part, making.text(value))


def _replace_target(part: Part) -> Callable[[Making, ReplacementTable], Action | None]:
    def make(making: Making, table: ReplacementTable) -> Action | None:
        pattern = making.pattern(table)
        return None if pattern is None else ReplaceTarget(part, pattern, making.text(table.value or "", "with"))

    return make


def _set_status(making: Making, status: int) -> Action:
    return SetStatus(status, making.table.reason or reason_phrase(status))


def _together(edits: Sequence[FieldEdit]) -> Action | None:
    return edits[0] if len(edits) == 1 else Together(tuple(edits)) if edits else None


ACTIONS: Mapping[str, Callable[[Making, Any], Action | None]] = {
    "auth": _auth,
    "deny": _deny,
    "redirect": _redirect,
    "return": _return,
    "allow": lambda _making, _value: Allow(),
    "backend": _backend,
    "server": _server,
    "set_header": _assign(SetField),
    "add_header": _assign(AddField),
    "del_header": _delete,
    "replace_header": _replace_field(members=False),
    "replace_value": _replace_field(members=True),
    "set_path": _set_target("path"),
    "set_pathq": _set_target("pathq"),
    "set_query": _set_target("query"),
    "set_uri": _set_target("uri"),
    "replace_path": _replace_target("path"),
    "replace_pathq": _replace_target("pathq"),
    "replace_uri": _replace_target("uri"),
    "set_status": _set_status,
}
"""What each key of a rule makes; what cannot be made has been complained of."""
