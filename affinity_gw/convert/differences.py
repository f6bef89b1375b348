"""What becomes different where Wt's idiom is said in affinity_gw's own words (``idiom``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from affinity_gw.config import presets
from affinity_gw.config.scan import Path as Keys
from affinity_gw.convert.literals import key, value
from affinity_gw.convert.pinned import PRESETS
from affinity_gw.convert.pins import Pin

_SAID_ELSEWHERE = {"affinity", "check"}


def differences(data: Mapping[str, Any], shared: str, found: list[Pin]) -> Iterator[str]:
    """One sentence or setting a line. ``data``: the new form, ``shared`` the name of its backend."""
    pin = found[0]
    key_of = f"{pin.parameter}={pin.prefix}"
    yield f"What becomes different in [backend.{shared}]:"
    yield f"- only the first {pin.parameter} of the query counts: {key_of}… elsewhere in the URL means nothing,"
    yield f"  and {key_of}0… is {pin.prefix}0's, where there is such a server"
    yield f"- logs, explain and conditions say {shared}/{pin.prefix} instead of {pin.old}"
    if pin.parameter in PRESETS:
        yield from _preset(PRESETS[pin.parameter], _flat(data["backend"][shared]), _flat(data.get("defaults", {})))


def _preset(name: str, own: Mapping[Keys, Any], defaults: Mapping[Keys, Any]) -> Iterator[str]:
    yield f'- the preset "{name}" counts more than [defaults]:'
    source, _ = presets.find(name, Path())
    for path, item in _flat(source.data).items():
        if path not in own and path[0] not in _SAID_ELSEWHERE and defaults.get(path) != item:
            instead = f" instead of {value(defaults[path])}" if path in defaults else ""
            yield f"    {key(path)} = {value(item)}{instead}"


def _flat(table: Mapping[str, Any], path: Keys = ()) -> dict[Keys, Any]:
    result: dict[Keys, Any] = {}
    for name, item in table.items():
        result |= _flat(item, (*path, name)) if isinstance(item, dict) else {(*path, name): item}
    return result
