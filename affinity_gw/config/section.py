"""A frontend or a backend while it is being built: what its rules and conditions may name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from affinity_gw.config.layers import Layers
from affinity_gw.config.problem import suggestion
from affinity_gw.config.scan import Path as Keys
from affinity_gw.routing.sections import Mode


@dataclass(slots=True)
class Section:
    """``acls``: the criteria of each name; ``backends``: all names; ``servers``: the section's own, by name;
    ``userlists``: all names."""

    layers: Layers
    kind: Literal["frontend", "backend"]
    name: str
    backends: Collection[str]
    acls: Mapping[str, Sequence[str]] = field(default_factory=dict)
    servers: Collection[str] = ()
    mode: Mode = "http"
    userlists: Collection[str] = ()

    @property
    def own_backend(self) -> str | None:
        """What a criterion about a backend means where it names none."""
        return self.name if self.kind == "backend" else None

    def known_backend(self, path: Keys, name: str) -> None:
        """Complain of a backend that does not exist."""
        if name not in self.backends:
            advice = suggestion(name, self.backends) or f"write [backend.{name}]"
            self.layers.complain(path, f'there is no backend "{name}"', advice)
