"""All that can be taken out of a request, an answer or their connection: HAProxy's sample fetches, by name.

Beside them stand the names that only conditions have. ``path_beg`` is the fetch ``path`` compared by ``beg``; with a
converter behind it, it is no more than ``path``. HAProxy knows them for the names in ``DERIVED`` only:
``req.hdr(host) -m beg`` has no shorter form.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from affinity_gw.routing.fetches_connection import CONNECTION
from affinity_gw.routing.fetches_fields import FIELDS
from affinity_gw.routing.fetches_line import LINE
from affinity_gw.routing.fetches_state import STATE
from affinity_gw.routing.fetches_users import USERS
from affinity_gw.routing.samples import Fetch

FETCHES: Mapping[str, Fetch] = MappingProxyType({**LINE, **FIELDS, **CONNECTION, **STATE, **USERS})

DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "base": "base",
        "cook": "req.cook",
        "hdr": "req.hdr",
        "path": "path",
        "scook": "res.cook",
        "shdr": "res.hdr",
        "url": "url",
        "urlp": "urlp",
    }
)
_METHODS = ("beg", "dir", "dom", "end", "len", "reg", "sub")

KEYWORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **{name: (fetch, "str") for name, fetch in DERIVED.items()},
        **{f"{name}_{method}": (fetch, method) for name, fetch in DERIVED.items() for method in _METHODS},
    }
)
"""The fetch and the method that a name of a condition stands for."""

CRITERIA = frozenset((*FETCHES, *KEYWORDS))
"""Every name that a criterion can have."""
