"""The sockets that frontends listen on: bound before all else starts, so that a port in use costs nobody anything."""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Sequence
from pathlib import Path

from affinity_gw.errors import BindError
from affinity_gw.routing.address import Address
from affinity_gw.routing.sections import Frontend

BACKLOG = 1024
"""Connections that the kernel keeps for us while accepting is paused; it takes less where somaxconn is less."""


def bind_all(frontends: Sequence[Frontend]) -> dict[str, list[socket.socket]]:
    """Every frontend's listening sockets, by its name. Raises BindError, with nothing left bound."""
    bound: dict[str, list[socket.socket]] = {}
    try:
        for frontend in frontends:
            sockets = bound.setdefault(frontend.name, [])
            for address in frontend.binds:
                sockets.append(_bind(frontend, address))
    except BindError:
        close_all(bound)
        raise
    return bound


def close_all(bound: dict[str, list[socket.socket]]) -> None:
    for listening in (each for sockets in bound.values() for each in sockets):
        listening.close()


def address_of(listening: socket.socket) -> str:
    """What a client has to connect to: the real port where 0 was asked for."""
    name = listening.getsockname()
    if listening.family == socket.AF_UNIX:
        return str(Address(path=name))
    return str(Address(name[0], name[1]))


def _bind(frontend: Frontend, address: Address) -> socket.socket:
    try:
        if address.fd is not None:
            return _take_over(address.fd)
        return _bind_unix(address.path) if address.path else _bind_tcp(address)
    except (OSError, OverflowError, UnicodeError) as error:  # the last one: a name with a label beyond 63 characters
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BindError(
            f"frontend {frontend.name} cannot listen on {address}: {reason.lower()}; {_advice(address, error)}"
        ) from error


class UnixListener(socket.socket):
    """Takes its file along when it closes. One that was inherited (fd@) is not ours to remove."""

    def close(self) -> None:
        if self.fileno() >= 0 and (path := self.getsockname()):
            with contextlib.suppress(OSError):
                Path(path).unlink()
        super().close()


def _take_over(fd: int) -> socket.socket:
    """A socket that somebody else has bound: systemd, or who started us. Listening twice does no harm."""
    inherited = socket.socket(fileno=fd)
    try:
        inherited.listen(BACKLOG)
    except OSError:
        inherited.detach()
        raise
    return inherited


def _bind_tcp(address: Address) -> socket.socket:
    """As HAProxy binds: an address is reused at once, and an IPv6 socket is IPv6's alone."""
    host = address.host or "0.0.0.0"  # noqa: S104  # the operator wrote ":80" or "*:80", which says so
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, address.port))
        listening.listen(BACKLOG)
    except (OSError, UnicodeError):
        listening.close()
        raise
    return listening


def _bind_unix(path: str) -> socket.socket:
    _remove_stale(path)
    listening = UnixListener(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(path)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def _remove_stale(path: str) -> None:
    """A socket that nobody listens on any more is what a killed process leaves behind: it refuses. Any other answer,
    a full backlog's or a lack of rights, is that of a program which has it."""
    if Path(path).is_socket():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            if probe.connect_ex(path) == errno.ECONNREFUSED:
                Path(path).unlink()


def _advice(address: Address, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return NEEDED_RIGHT["unix" if address.path else "tcp"]
    if address.path and not Path(address.path).is_socket() and Path(address.path).exists():
        return "a file that is no socket stands there: choose another path, or remove it"
    return WHAT_TO_DO.get(getattr(error, "errno", None), "write an address of this machine in the frontend's bind")


NEEDED_RIGHT = {
    "tcp": "ports below 1024 need the right to bind them (root, or CAP_NET_BIND_SERVICE)",
    "unix": "the gateway's user has to be allowed to write in its directory",
}

WHAT_TO_DO: dict[int | None, str] = {
    errno.EADDRINUSE: "stop the program that has it, or choose another address",
    errno.ENOENT: "make its directory first",
    errno.EBADF: "whoever starts the gateway has to leave a listening socket open under that number",
    errno.ENOTSOCK: "whoever starts the gateway has to leave a listening socket open under that number",
}
"""By the system's error."""
