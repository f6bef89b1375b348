"""Why a request went where it went, in words for people: one sentence a decision.

There are only as many sentences as there are entries, servers and pairs of them, so each is made once and looked up
from then on (0.1 µs). Keys, and whatever else a client wrote, never stand in one."""

from __future__ import annotations

from functools import lru_cache

MONITOR_IS_WELL = "monitor_uri: all is well"
MONITOR_FAILS = "monitor_uri: monitor_fail holds"

_made_once = lru_cache(maxsize=4096)


@_made_once
def up(extractor: str, server: str) -> str:
    return f"{extractor} names {server}, which is up"


@_made_once
def down(extractor: str, server: str) -> str:
    return f"{extractor} names {server}, which is down"


@_made_once
def forced(extractor: str, server: str) -> str:
    return f"{extractor} names {server}, which is down, and persist sends it there"


@_made_once
def unknown(extractor: str) -> str:
    return f"the key of {extractor} names no server"


@_made_once
def hashed(extractor: str, server: str) -> str:
    return f"the key of {extractor} hashes to {server}"


@_made_once
def balanced(balance: str, server: str) -> str:
    return f"{balance} chose {server}"


@_made_once
def waiting(backend: str) -> str:
    return f"all servers of {backend} are full, the first free one takes it"


@_made_once
def no_server(backend: str) -> str:
    return f"no server of {backend} is up"


@_made_once
def no_backend(frontend: str) -> str:
    return f"no rule of {frontend} chose a backend, and it has no default one"


@_made_once
def used(server: str, condition: str) -> str:
    return f"the rule for {server}: {condition}" if condition else f"a rule without a condition names {server}"


@_made_once
def ruled(action: str, condition: str) -> str:
    return f"{action} by the rule: {condition}" if condition else f"{action} by a rule without a condition"


@_made_once
def then(noted: str, outcome: str) -> str:
    """What was noted first, and what became of the request after all."""
    return f"{noted}: {outcome}" if noted else f"no key: {outcome}"
