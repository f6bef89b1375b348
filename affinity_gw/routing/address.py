"""Where to connect to or to listen on, as configurations write it."""

from __future__ import annotations

from dataclasses import dataclass, field

from affinity_gw.routing.tls import BindTls


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to or to listen on: ``host`` and ``port``, or the ``path`` of a unix socket, or an inherited
    descriptor ``fd``. ``tls``: how clients are spoken to there; an address is the same with and without."""

    host: str = ""
    port: int = 0
    path: str = ""
    fd: int | None = None
    tls: BindTls | None = field(default=None, compare=False)

    def __str__(self) -> str:
        if self.path:
            return f"unix@{self.path}"
        if self.fd is not None:
            return f"fd@{self.fd}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
