"""A client's connection, whatever is spoken on it: where it comes from, what it counts for, how it leaves."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, cast

from affinity_gw.http1.claims import Origin
from affinity_gw.http1.forwarded import is_trusted
from affinity_gw.proxy.connection import Connection
from affinity_gw.routing.sections import Frontend

if TYPE_CHECKING:
    from affinity_gw.proxy.listener import Occupancy
    from affinity_gw.proxy.shared import Shared

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: closing sends a reset, which nobody takes for the end of what was sent."""


WRITE_LIMIT = 65536
"""Bytes that may wait for a slow client before its server has to wait; for TLS the loops' own limit is 512 KB."""


class ClientConnection(Connection):
    """``local`` is the address and port that the client connected to, ``remote`` its own as it was accepted, ``buffer``
    what it sent and nobody has taken, ``ended`` whether it has ended its stream, ``over_tls`` whether that was also the
    end of the connection: TLS has no half-close in asyncio; ``log`` is None where nobody wants to hear of it."""

    __slots__ = (
        "buffer",
        "ended",
        "frontend",
        "local",
        "log",
        "occupancy",
        "origin",
        "over_tls",
        "peer_port",
        "remote",
        "shared",
    )

    def __init__(self, shared: Shared, frontend: Frontend, occupancy: Occupancy) -> None:
        Connection.__init__(self)
        self.shared = shared
        self.frontend = frontend
        self.occupancy = occupancy
        self.log = shared.logs.get(frontend.name)
        self.local = ("", 0)
        self.over_tls = False
        self.remote: object = None
        self.origin: Origin = cast("Origin", None)  # from connection_made on
        self.peer_port = 0
        self.buffer = b""
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.shared.admit(self)
        # A client that has reset already has no name any more, but what it asked for counts.
        peer = transport.get_extra_info("peername") or self.remote
        address, self.peer_port = _plain_address(peer) if isinstance(peer, tuple) else ("", 0)
        trusted = is_trusted(address, self.shared.general.trusted_proxies)
        self.origin = Origin(address, address, *self.local, "https" if self.over_tls else "http", trusted)
        self.origin.peer_port = self.peer_port
        if self.over_tls:
            self.origin.sni = transport.get_extra_info("ssl_object").server_name  # by ``tls.contexts``
            self.transport.set_write_buffer_limits(WRITE_LIMIT)

    def stop(self) -> None:
        """Close as soon as nothing is under way."""
        raise NotImplementedError

    def abort(self) -> None:
        self.shared.deadlines.forget(self)
        self.unsent = b""
        self.transport.abort()

    def reset(self) -> None:
        """Close so that nobody can take what was sent for all there was."""
        linger_not(self.transport)
        self.abort()

    def connection_lost(self, _error: Exception | None) -> None:
        self.unsent = b""
        self.shared.deadlines.forget(self)
        self.occupancy.connections -= 1
        self.shared.dismiss(self)


def linger_not(transport: asyncio.BaseTransport) -> None:
    """Have the close that follows send a reset."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


def _plain_address(peer: tuple[str, int]) -> tuple[str, int]:
    """An IPv4 client of a dual-stack socket is an IPv4 client."""
    address = peer[0]
    return (address[7:] if address.startswith("::ffff:") and "." in address else address), peer[1]
