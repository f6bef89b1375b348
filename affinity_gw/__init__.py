"""A gateway for stateful applications: every request reaches the process that holds its session.

Names are loaded at their first use: a plugin that imports ``affinity_gw.plugin`` needs no server, and the process that
guards instances stays small.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from affinity_gw.version import __version__

if TYPE_CHECKING:
    from affinity_gw.errors import BindError, Complaint, ConfigError, GatewayError
    from affinity_gw.process.worker import Gateway

__all__ = ["BindError", "Complaint", "ConfigError", "Gateway", "GatewayError", "__version__"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = "affinity_gw.process.worker" if name == "Gateway" else "affinity_gw.errors"
    return getattr(import_module(room), name)
