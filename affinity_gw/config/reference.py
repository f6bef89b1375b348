"""The manual's table of options: made from the schema, so that neither can say what the other does not.

What an option means is its field's description, what it may be is the last word of its type, and what it is where
nobody says anything is read from the dataclasses of ``routing.configuration``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from affinity_gw.config.faults import model_in
from affinity_gw.config.schema import GlobalTable, Table
from affinity_gw.config.schema_backend import BackendTable
from affinity_gw.config.schema_frontend import CommonOptions, FrontendTable
from affinity_gw.config.schema_rules import ConditionTable, ResponseRuleTable, RuleTable
from affinity_gw.config.schema_users import UserlistTable
from affinity_gw.config.values import SECONDS
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Global
from affinity_gw.routing.sections import Backend, Frontend
from affinity_gw.routing.servers import CheckSpec, FilesSpec, InstancesSpec, Server
from affinity_gw.routing.tls import BindTls, ServerTls


@dataclass(frozen=True, slots=True)
class Row:
    section: str
    key: str
    kind: str
    default: str
    meaning: str


GLOBAL, BOTH = "[global]", "[frontend.NAME], [backend.NAME]"
FRONTEND, BACKEND = "[frontend.NAME]", "[backend.NAME]"
USERLIST = "[userlist.NAME]"
RULE, RESPONSE_RULE = (
    "[[….rule]]",
    "[[….response_rule]]",
)

UNFOLDED = frozenset({("", "bind"), ("", "check"), ("", "redirect"), ("", "return"), ("server.NAME.", "tls")})
"""Tables that have a row of their own, and rows for what is in them."""

_FRONTEND = Frontend("", ())
_BUILT_IN: list[tuple[str, str, Any]] = [
    (GLOBAL, "log.", Global()),
    (GLOBAL, "", Global()),
    (BOTH, "", _FRONTEND.forwarding),
    (BOTH, "", _FRONTEND),
    (FRONTEND, "bind.tls.", BindTls()),
    (FRONTEND, "", _FRONTEND),
    (BACKEND, "server.NAME.tls.", ServerTls()),
    (BACKEND, "server.NAME.", Server("", "", 0, Address())),
    (BACKEND, "check.", CheckSpec()),
    (BACKEND, "instances.", InstancesSpec("", (), (), ())),
    (BACKEND, "files.", FilesSpec("", "")),
    (BACKEND, "", Backend("", ())),
]
"""Who knows the built-in value: in this section, of keys that begin so."""

_SAID: dict[str, str] = {
    "mode": '"http"',
    "connection": '"server-close"',
    "check": "true",
    "timeout.check": "check.inter",
    "check.http": "none",
    "check.fastinter": "check.inter",
    "check.downinter": "check.inter",
    "server.NAME.check": "check",
    "server.NAME.cookie": "NAME",
    "server.NAME.id": "its place",
    "instances.name": '"BACKEND{n}"',
    "instances.count": "1",
    "instances.port": "0",
    "deny": "none",
    "code": "302",
    "redirect.code": "302",
    "return.status": "200",
    "backend": "none",
    "pidfile": "none",
    "affinity": "none",
    "server.NAME.address": "",
    "server.NAME.tls": "false",
    "server.NAME.tls.sni": "the host's name",
    "server.NAME.tls.verifyhost": "sni, or the host",
    "check.tls": "server.NAME.tls",
}
"""Built-in values that a dataclass has in another form, or that another option decides."""


def rows() -> Iterator[Row]:
    """Every option, in the order of the schema."""
    common = frozenset(CommonOptions.model_fields)
    yield from _rows(GLOBAL, GlobalTable)
    yield from _rows(BOTH, CommonOptions)
    yield from _rows(FRONTEND, FrontendTable, without=common)
    yield from _rows(RULE, RuleTable)
    yield from _rows(RESPONSE_RULE, ResponseRuleTable, without=frozenset(ConditionTable.model_fields))
    yield from _rows(BACKEND, BackendTable, without=common)
    yield from _rows(USERLIST, UserlistTable)


def markdown() -> str:
    """The table as README shows it."""
    lines = ["| section | option | type | default | meaning |", "|---|---|---|---|---|"]
    for row in rows():
        default = f"`{row.default}`" if row.default else ""
        lines.append(f"| `{row.section}` | `{row.key}` | {row.kind} | {default} | {row.meaning} |")
    return "\n".join(lines) + "\n"


def plain() -> str:
    """The same for a terminal: a section, then its options."""
    lines: list[str] = []
    section = ""
    for row in rows():
        if row.section != section:
            section = row.section
            lines += ["", section] if lines else [section]
        lines.append(f"  {row.key} = {row.default or '…'}    ({row.kind})")
        lines.append(f"      {row.meaning}")
    return "\n".join(lines) + "\n"


def _rows(section: str, model: type[Table], prefix: str = "", without: frozenset[str] = frozenset()) -> Iterator[Row]:
    for name, field in model.model_fields.items():
        if name in without or field.exclude:
            continue
        name = field.alias or name  # noqa: PLW2901  # "return" and "with" are no names in Python
        below = model_in(field.annotation)
        if field.description:
            kind = _kind(field)
            yield Row(section, prefix + name, kind, _default(section, prefix + name, kind), field.description)
        elif below is not None and below not in {RuleTable, ResponseRuleTable}:
            yield from _rows(section, below, f"{prefix}{name}.NAME." if name == "server" else f"{prefix}{name}.")
        if below is not None and (prefix, name) in UNFOLDED:
            yield from _rows(section, below, f"{prefix}{name}.")


def _kind(field: FieldInfo) -> str:
    """The option's own word, else that of what it is made of."""
    own = [item for item in field.metadata if isinstance(item, str)]
    words = own or [item for item in _metadata(field.annotation) if isinstance(item, str)]
    return words[-1] if words else "string"


def _metadata(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for part in get_args(annotation):
        yield from _metadata(part)


def _default(section: str, key: str, kind: str) -> str:
    if kind == "not supported yet":
        return ""
    if key in _SAID:
        return _SAID[key]
    for where, prefix, owner in _BUILT_IN:
        attribute = _attribute(key, prefix)
        if where == section and key.startswith(prefix) and hasattr(owner, attribute):
            return _shown(getattr(owner, attribute), kind)
    return ""


def _attribute(key: str, prefix: str) -> str:
    """``log.level`` is ``log_level`` and ``timeout.client`` is ``timeout_client``; a server's ``weight`` is itself."""
    return key.replace(".", "_") if prefix in {"", "log."} else key.removeprefix(prefix)


def _shown(value: Any, kind: str) -> str:
    if kind.startswith("duration"):
        return _duration(value)
    if value is None or value in ((), "", b""):
        return "none" if "list" not in kind else "[]"
    if kind == "size or false" and value == 0:
        return "false"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _duration(seconds: float) -> str:
    if seconds == inf:
        return '"none"'
    unit = next(name for name in ("h", "m", "s", "ms") if seconds >= SECONDS[name] and seconds % SECONDS[name] == 0)
    return f'"{seconds / SECONDS[unit]:g}{unit}"'
