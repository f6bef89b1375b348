"""Servers' host names become addresses once, at start: a lookup at each connect would take a thread each time.

A name without an address ends the start, unless the server's ``init_addr`` says ``none``: then that server is down, and
the name is asked for again until it has one. From then on its connections are looked up one by one.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import ip_address

from affinity_gw.errors import GatewayError
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import Server

AGAIN = 5.0
"""Seconds after which a name without an address is asked for again."""

SetState = Callable[[str, bool, str], None]
"""A server's id, whether it is up, and why: ``Checks.set_state``."""


async def with_addresses(config: Config) -> Config:
    """The same configuration with each server's host as an address, but for those that may start without. Raises
    GatewayError for a name without one."""
    backends = [await _with_addresses(backend) for backend in config.backends]
    return replace(config, backends=tuple(backends))


def without_address(config: Config) -> list[Server]:
    """The servers that start as names."""
    servers = [server for backend in config.backends for server in backend.servers]
    return [server for server in servers if server.address.host and not _is_address(server.address.host)]


async def watch(servers: Sequence[Server], set_state: SetState) -> None:
    """Ask for names until each has an address."""
    waiting = list(servers)
    for server in waiting:
        set_state(server.id, False, f"the host name {server.address.host} has no address")
    while waiting:
        await asyncio.sleep(AGAIN)
        for server in list(waiting):
            if not isinstance(await _lookup(server.address), Exception):
                waiting.remove(server)
                set_state(server.id, True, f"the host name {server.address.host} has an address now")


async def _with_addresses(backend: Backend) -> Backend:
    servers = tuple([await _resolved(server) for server in backend.servers])
    return backend if servers == backend.servers else replace(backend, servers=servers)


async def _resolved(server: Server) -> Server:
    host = server.address.host
    if not host or _is_address(host):
        return server
    address = await _lookup(server.address)
    if isinstance(address, str):
        return replace(server, address=replace(server.address, host=address))
    if server.init_addr != "libc":
        return server
    reason = address.strerror if isinstance(address, OSError) else address
    raise GatewayError(
        f"server {server.id}: the host name {host} has no address ({reason}); "
        "write an address, make the name known to the resolver, "
        'or let it start without: init_addr = "libc,none"'
    ) from address


async def _lookup(address: Address) -> str | OSError | UnicodeError:
    """Of several addresses, IPv4 first: "localhost" may mean ::1 as well, where few applications listen."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: no label of a name is empty or longer than 63
        return error
    return str(min(found, key=lambda each: each[0] != socket.AF_INET)[4][0])


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
