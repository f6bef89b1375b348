"""Free ports for instances whose configuration leaves the choice to us (port 0)."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import replace

from affinity_gw.routing.configuration import Config
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import LOOPBACK, Server


def with_ports(config: Config) -> Config:
    """The same configuration with each port 0 of an instance, and of its server's address, replaced by a free one.

    All are held open until the last one is found, so they differ; another program may take one before its instance
    does, and then the log says so.
    """
    with ExitStack() as held:
        return replace(config, backends=tuple(_with_ports(backend, held) for backend in config.backends))


def _with_ports(backend: Backend, held: ExitStack) -> Backend:
    spec = backend.instances
    if spec is None or 0 not in spec.ports:
        return backend
    ports = tuple(port or free_port(held) for port in spec.ports)
    by_name = dict(zip(spec.names, ports, strict=True))
    servers = tuple(_at_port(server, by_name) for server in backend.servers)
    return replace(backend, servers=servers, instances=replace(spec, ports=ports))


def _at_port(server: Server, by_name: dict[str, int]) -> Server:
    if not server.instance or server.name not in by_name:
        return server
    return replace(server, address=replace(server.address, port=by_name[server.name]))


def free_port(held: ExitStack) -> int:
    """A port that nobody else gets before ``held`` is closed."""
    listener = held.enter_context(socket.socket())
    listener.bind((LOOPBACK, 0))
    port: int = listener.getsockname()[1]
    return port
