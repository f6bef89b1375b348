"""Balances that hash: the same key goes to the same server as long as the same servers are usable.

Which server a number means, a map (``maps``) or a ring (``ring``) says. A server that is full is chosen all the same,
and the request waits for it; a request without a key takes its turn among those that have room. Where only one server
is left HAProxy does not look for a key, except for ``url_param``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing import hashkeys
from affinity_gw.routing.balancewords import Balance, HashType
from affinity_gw.routing.hashfunctions import FUNCTIONS, avalanche
from affinity_gw.routing.servers import Server

_MEMO_KEYS = 8192
_MEMO_KEY_LENGTH = 128
"""Together at most two megabytes a backend, whatever keys clients invent."""

Number = Callable[[RequestHead], int | None]


class Places(Protocol):
    """A map or a ring."""

    servers: Sequence[Server]

    def follow(self, servers: Sequence[Server]) -> None: ...

    def at(self, number: int, avoid: Server | None = None) -> Server: ...

    def turn(self, avoid: Server | None = None) -> Server | None: ...


class Hashed:
    """One of the hashing balances over the places of one backend."""

    __slots__ = ("_alone", "_number", "_places")

    def __init__(self, balance: Balance, hash_type: HashType, places: Places) -> None:
        self._number = number(balance, hash_type)
        self._alone = balance.name != "url_param"
        self._places = places

    def choose(
        self, servers: Sequence[Server], avoid: Server | None = None, head: RequestHead | None = None
    ) -> Server | None:
        if servers is not self._places.servers:
            self._places.follow(servers)
        if self._alone and len(servers) == 1:
            return servers[0]
        hashed = self._number(head) if head is not None else None
        return self._places.at(hashed, avoid) if hashed is not None else self._places.turn(avoid)

    def follow(self, servers: Sequence[Server]) -> None:
        self._places.follow(servers)


def number(balance: Balance, hash_type: HashType) -> Number:
    """From a request to the number that its key hashes to; None for a request without a key. A key is hashed once as
    long as it is remembered (0.1 µs then)."""
    if balance.name == "source":
        return _source(hash_type.avalanche)
    key = hashkeys.key(balance)
    function = FUNCTIONS[hash_type.function]
    memo: dict[bytes, int] = {}

    def hashed(head: RequestHead) -> int | None:
        value = key(head)
        if value is None:
            return None
        found = memo.get(value)
        if found is None:
            found = avalanche(function(value)) if hash_type.avalanche else function(value)
            if len(value) <= _MEMO_KEY_LENGTH:
                if len(memo) >= _MEMO_KEYS:
                    memo.clear()
                memo[value] = found
        return found

    return hashed


def _source(spread: bool) -> Number:
    """An address is its own hash: HAProxy applies no function to it, only the avalanche."""

    def hashed(head: RequestHead) -> int | None:
        address = hashkeys.source(head.peer)
        return avalanche(address) if spread and address is not None else address

    return hashed
