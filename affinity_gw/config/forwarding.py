"""What is said about the client: ``forwarded_for`` and ``original_to``, each a word or a table."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from affinity_gw.config.addresses import network
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.values import as_list, field_name, flag, one_of
from affinity_gw.http1.claims import X_FORWARDED_FOR, X_ORIGINAL_TO, AddressField, ForwardedFor

MODES = ("replace", "append", "off", "pass")
PLAIN = ("forwarded_proto", "forwarded_host", "forwarded_port")

ForwardedForSaid = tuple[ForwardedFor, AddressField | None]
OriginalToSaid = tuple[bool, AddressField | None]
"""The word, and how the address is told where a table says so."""


def read_forwarded_for(value: Any) -> ForwardedForSaid:
    """``"append"``, or ``{ mode = "append", header = "X-Client", except = ["10.0.0.0/8"], if_none = true }``."""
    if not isinstance(value, dict):
        word: Any = one_of(*MODES)(value)
        return word, X_FORWARDED_FOR if word in {"replace", "append"} else None
    table = _table(value, ("mode", "header", "except", "if_none"))
    if "mode" not in table:
        raise Problem("forwarded_for does not say its mode", f"write mode = one of {', '.join(MODES)}")
    mode: Any = one_of(*MODES)(table.pop("mode"))
    return mode, _field(X_FORWARDED_FOR, table)


def read_original_to(value: Any) -> OriginalToSaid:
    """``true``, or ``{ header = "X-Dst", except = ["10.0.0.1"] }``."""
    if isinstance(value, dict):
        return True, _field(X_ORIGINAL_TO, _table(value, ("header", "except")))
    return (True, X_ORIGINAL_TO) if flag(value) else (False, None)


def forwarding(table: Any) -> dict[str, Any]:
    """The fields of a section's ``Forwarding`` that it says something about."""
    said = {key: value for key in PLAIN if (value := getattr(table, key)) is not None}
    for key in ("forwarded_for", "original_to"):
        if (value := getattr(table, key)) is not None:
            said[key], told = value
            said |= {f"{key}_field": told} if told is not None else {}
    return said


def _table(value: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    for key in value:
        if key not in known:
            raise Problem(f'there is no option "{key}" here', suggestion(key, known) or f"there is {', '.join(known)}")
    return dict(value)


def _field(usual: AddressField, table: dict[str, Any]) -> AddressField:
    return AddressField(
        field_name(table["header"]) if "header" in table else usual.header,
        tuple(network(each) for each in as_list(table.get("except", []))),
        flag(table.get("if_none", False)),
    )
