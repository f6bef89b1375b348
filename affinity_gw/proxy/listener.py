"""Where clients connect: our own accept loop, because accepting has to be paused.

Beyond ``maxconn``, of the frontend or of the process, HAProxy leaves connections in the kernel's backlog and answers
nothing; asyncio's servers cannot. The same pause, for a moment, is the answer to a lack of file descriptors: those who
are connected are served, and their leaving lets the next ones in.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
from typing import cast

import structlog

from affinity_gw.proxy.downstream import Downstream
from affinity_gw.proxy.handshake import Handshakes
from affinity_gw.proxy.shared import Shared
from affinity_gw.proxy.tcp import TcpDownstream
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.tls import BindTls

logger = structlog.get_logger("affinity_gw.proxy")

BATCH = 64
"""Connections that are accepted in one turn of the loop, so that those under way get theirs."""

OUT_OF_DESCRIPTORS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})

SO_ORIGINAL_DST = 80
"""linux/netfilter_ipv4.h: where the client meant to go before a REDIRECT rule brought it here."""


class Listener:
    """One bound socket of one frontend; ``occupancy`` is shared by all sockets of that frontend."""

    def __init__(
        self,
        shared: Shared,
        frontend: Frontend,
        listening: socket.socket,
        occupancy: Occupancy,
        tls: BindTls | None = None,
    ) -> None:
        self._shared = shared
        self._frontend = frontend
        self._socket = listening
        self._occupancy = occupancy
        self._handshakes = None if tls is None else Handshakes(shared, frontend, tls)
        self._loop = asyncio.get_running_loop()
        self._accepting = False
        self._retry: asyncio.TimerHandle | None = None
        listening.setblocking(False)

    def start(self) -> None:
        self._shared.on_room.append(self._resume)
        self._resume()

    def close(self) -> None:
        self._pause()
        if self._resume in self._shared.on_room:
            self._shared.on_room.remove(self._resume)
        if self._retry is not None:
            self._retry.cancel()
        self._socket.close()

    def _has_room(self) -> bool:
        limit = self._frontend.maxconn
        return (not limit or self._occupancy.connections < limit) and (
            len(self._shared.connections) + self._shared.arriving < self._shared.general.maxconn
        )

    def _resume(self) -> None:
        if not self._accepting and self._retry is None and not self._shared.stopping and self._has_room():
            self._accepting = True
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _pause(self) -> None:
        if self._accepting:
            self._accepting = False
            self._loop.remove_reader(self._socket.fileno())

    def _accept(self) -> None:
        for _ in range(BATCH):
            if not self._has_room():
                self._pause()
                return
            try:
                client, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._cannot_accept(error)
                return
            self._shared.arriving += 1
            self._occupancy.connections += 1
            self._shared.spawn(self._loop.create_task(self._serve(client, address)))

    def _cannot_accept(self, error: OSError) -> None:
        if error.errno not in OUT_OF_DESCRIPTORS:
            logger.error("a connection could not be accepted", frontend=self._frontend.name, error=str(error))
            return
        logger.warning(
            "out of file descriptors: new connections wait; raise the limit of open files or lower maxconn",
            frontend=self._frontend.name,
            error=error.strerror,
        )
        self._pause()
        self._retry = self._loop.call_later(0.5, self._try_again)

    def _try_again(self) -> None:
        self._retry = None
        self._resume()

    async def _serve(self, client: socket.socket, address: object) -> None:
        client.setblocking(False)
        speaks = TcpDownstream if self._frontend.mode == "tcp" else Downstream
        downstream = speaks(self._shared, self._frontend, self._occupancy)
        handshakes, peer = self._handshakes, ""
        try:
            downstream.remote = address
            downstream.local = _original_destination(client)
            if handshakes is None:
                await self._loop.connect_accepted_socket(lambda: downstream, client)
            else:
                downstream.over_tls = True
                peer = _peer(client)  # nobody knows it any more once the handshake has failed
                await self._loop.connect_accepted_socket(lambda: downstream, client, **handshakes.options())
        except OSError as error:
            # It went away between its arrival and now, or there is no speaking with it.
            if handshakes is not None:
                handshakes.failed(peer, error)
            client.close()
        finally:
            if cast("object", downstream.transport) is None:  # it was never connected: no end of it will be told
                self._occupancy.connections -= 1
            # While both arriving and connected it counted twice: a listener may have paused for that place.
            self._shared.arriving -= 1
            self._shared.room()


class Occupancy:
    """How many connections a frontend has."""

    __slots__ = ("connections",)

    def __init__(self) -> None:
        self.connections = 0


def _peer(client: socket.socket) -> str:
    try:
        return str(client.getpeername()[0])
    except (OSError, IndexError):  # gone, or a unix socket's
        return ""


def _original_destination(client: socket.socket) -> tuple[str, int]:
    """The address and port that the client connected to; empty for a unix socket."""
    if client.family == socket.AF_INET and sys.platform == "linux":
        try:
            answer = client.getsockopt(socket.IPPROTO_IP, SO_ORIGINAL_DST, 16)
        except OSError:
            pass  # no connection tracking, or not redirected: the socket's own name is the truth
        else:
            port, address = struct.unpack_from("!2xH4s", answer)
            return socket.inet_ntoa(address), port
    if client.family in {socket.AF_INET, socket.AF_INET6}:
        host, port = client.getsockname()[:2]
        return host, port
    return "", 0
