"""Weighted rendezvous hashing: a key goes to the server that bids highest for it.

Each server's bid for a key depends on that server, its weight and the key alone (Thaler and Ravishankar, 1998; the
logarithm that makes weights exact is from Schindelhauer and Schomaker, 2005). So taking a server away moves only the
keys that it had won, and every process that knows the same names and weights agrees, whatever its version of Python
or its PYTHONHASHSEED: the hash is BLAKE2b over the server's name and the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from math import log

from affinity_gw.routing.servers import Server

_MEMO_KEYS = 8192
_MEMO_KEY_LENGTH = 128
"""Together at most a few megabytes a backend, whatever keys clients invent."""


def draw(name: str, key: bytes) -> int:
    """64 uniform bits out of a server's name and a key."""
    # A name holds no NUL, so no two pairs make the same bytes.
    return int.from_bytes(blake2b(name.encode() + b"\0" + key, digest_size=8).digest(), "big")


class Rendezvous:
    """Keys over some servers, each with a weight above zero; made anew when those servers change.

    A key costs 1 µs a server when it is met first and 0.1 µs as long as it is remembered.
    """

    __slots__ = ("_equal", "_memo", "servers")

    def __init__(self, servers: Sequence[Server]) -> None:
        self.servers = servers
        self._equal = len({server.weight for server in servers}) == 1
        self._memo: dict[str, Server] = {}

    def choose(self, key: str) -> Server:
        """The server of a key. The servers must not be empty."""
        server = self._memo.get(key)
        return server if server is not None else self._remember(key)

    def _remember(self, key: str) -> Server:
        server = self._highest(key.encode("utf-8", "surrogatepass"))
        if len(key) <= _MEMO_KEY_LENGTH:
            if len(self._memo) >= _MEMO_KEYS:
                self._memo.clear()
            self._memo[key] = server
        return server

    def _highest(self, key: bytes) -> Server:
        if self._equal:
            return max(self.servers, key=lambda server: draw(server.name, key))
        return max(self.servers, key=lambda server: log((draw(server.name, key) + 1) / (1 << 64)) / server.weight)
