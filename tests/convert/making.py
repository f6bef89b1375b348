"""What a reading of haproxy.cfg leaves behind, made by hand."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from affinity_gw.convert.carried import Carried, Note

WT: dict[str, Any] = {
    "global": {"maxconn": 4096},
    "defaults": {
        "mode": "http",
        "connection": "server-close",
        "redispatch": True,
        "timeout": {"connect": "5s", "client": "50s", "server": "50s", "tunnel": "none"},
        "check": False,
        "abortonclose": False,
    },
    "frontend": {
        "wt": {
            "bind": "0.0.0.0:80",
            "backend": "bck_lb",
            "acl": {
                "srv1": "url_sub wtd=wt1",
                "srv2": "url_sub wtd=wt2",
                "srv1_up": "nbsrv(bck1) gt 0",
                "srv2_up": "nbsrv(bck2) gt 0",
            },
            "rule": [
                {"when": "srv1_up srv1", "backend": "bck1"},
                {"when": "srv2_up srv2", "backend": "bck2"},
            ],
        }
    },
    "backend": {
        "bck_lb": {
            "balance": "roundrobin",
            "server": {
                "srv1": {"address": "127.0.0.1:9090", "track": "bck1/srv1"},
                "srv2": {"address": "127.0.0.1:9091", "track": "bck2/srv2"},
            },
        },
        "bck1": {"balance": "roundrobin", "server": {"srv1": {"address": "127.0.0.1:9090", "check": True}}},
        "bck2": {"balance": "roundrobin", "server": {"srv2": {"address": "127.0.0.1:9091", "check": True}}},
    },
}
"""One backend a server, as Wt's users wrote it for HAProxy."""

LINES = {
    ("global", "maxconn"): 2,
    ("defaults", "mode"): 4,
    ("defaults", "connection"): 5,
    ("defaults", "redispatch"): 6,
    ("defaults", "timeout", "connect"): 7,
    ("defaults", "timeout", "client"): 8,
    ("defaults", "timeout", "server"): 9,
    ("frontend", "wt"): 10,
    ("frontend", "wt", "bind"): 11,
    ("frontend", "wt", "acl", "srv1"): 12,
    ("frontend", "wt", "acl", "srv2"): 13,
    ("frontend", "wt", "acl", "srv1_up"): 14,
    ("frontend", "wt", "acl", "srv2_up"): 15,
    ("frontend", "wt", "rule", 0): 16,
    ("frontend", "wt", "rule", 1): 17,
    ("frontend", "wt", "backend"): 18,
    ("backend", "bck_lb"): 19,
    ("backend", "bck_lb", "balance"): 20,
    ("backend", "bck_lb", "server", "srv1"): 21,
    ("backend", "bck_lb", "server", "srv2"): 22,
    ("backend", "bck1"): 23,
    ("backend", "bck1", "balance"): 24,
    ("backend", "bck1", "server", "srv1"): 25,
    ("backend", "bck2"): 26,
    ("backend", "bck2", "balance"): 27,
    ("backend", "bck2", "server", "srv2"): 28,
}


def carried(data: dict[str, Any] | None = None, lines: dict[Any, int] | None = None, *notes: Note) -> Carried:
    """Without arguments ``WT``; with data alone all of it is one of HAProxy's defaults."""
    if data is None:
        return Carried("haproxy.cfg", deepcopy(WT), dict(LINES), {}, list(notes))
    return Carried("haproxy.cfg", data, dict(lines or {}), {}, list(notes))
