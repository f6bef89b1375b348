"""Servers' host names become addresses once, at start: a lookup at each connect would take a thread each time."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from ipaddress import ip_address

from affinity_gw.errors import GatewayError
from affinity_gw.routing.snapshot import Backend, Config, Server


async def with_addresses(config: Config) -> Config:
    """The same configuration with each server's host as an address. Raises GatewayError for a name without one."""
    backends = [await _with_addresses(backend) for backend in config.backends]
    return replace(config, backends=tuple(backends))


async def _with_addresses(backend: Backend) -> Backend:
    servers = tuple([await _resolved(server) for server in backend.servers])
    return backend if servers == backend.servers else replace(backend, servers=servers)


async def _resolved(server: Server) -> Server:
    host = server.address.host
    if not host or _is_address(host):
        return server
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, server.address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: no label of a name is empty or longer than 63
        reason = error.strerror if isinstance(error, OSError) else error
        raise GatewayError(
            f"server {server.id}: the host name {host} has no address ({reason}); "
            "write an address, or make the name known to the resolver"
        ) from error
    # Of several, IPv4 first: "localhost" may mean ::1 as well, where few applications listen.
    address = str(min(found, key=lambda each: each[0] != socket.AF_INET)[4][0])
    return replace(server, address=replace(server.address, host=address))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
