"""A whole configuration: what holds for the process, and all sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from affinity_gw.http1.forwarded import Network
from affinity_gw.routing.logs import LogTarget
from affinity_gw.routing.sections import Backend, Frontend, LogFormat
from affinity_gw.routing.userlists import Userlist


@dataclass(frozen=True, slots=True)
class Global:
    """What holds for the whole process."""

    maxconn: int = 4096
    trusted_proxies: tuple[Network, ...] = ()
    hard_stop_after: float = 30.0
    log_access: bool = True
    log_format: LogFormat = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_targets: tuple[LogTarget, ...] = ()
    log_tag: str = "affinity_gw"
    """What syslog lines call the program."""
    user: str = ""
    """A name, or a number in digits; empty: as it is. Likewise ``group``."""
    group: str = ""
    chroot: str = ""
    daemon: bool = False
    pidfile: str = ""
    ulimit_n: int = 0
    """0: computed from maxconn."""
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration, checked and compiled; ``warnings`` are sentences for the operator."""

    file: str
    general: Global
    frontends: tuple[Frontend, ...]
    backends: tuple[Backend, ...]
    warnings: tuple[str, ...] = ()
    userlists: tuple[Userlist, ...] = ()
