"""Compiled conditions: functions of what is looked at and of the moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from affinity_gw.http1.head import Exchanged, RequestHead

if TYPE_CHECKING:
    from affinity_gw.routing.snapshot import Snapshot

Predicate = Callable[[RequestHead, "Snapshot"], bool]
"""A compiled condition."""

ResponsePredicate = Callable[[Exchanged, "Snapshot"], bool]
"""A compiled condition of a rule that looks at answers."""
