"""The servers of a backend: those that are listed, and those that the gateway itself starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, repeat

from affinity_gw.config.checks import check_spec
from affinity_gw.config.conditions import expression
from affinity_gw.config.files import files_server
from affinity_gw.config.instances import instance_servers
from affinity_gw.config.layers import Layers, given
from affinity_gw.config.schema_backend import BackendTable, ServerTable
from affinity_gw.config.section import Section
from affinity_gw.config.tls import check_tls, server_tls
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import FilesSpec, InstancesSpec, Server

NAME = re.compile(r"[A-Za-z0-9_.:-]+")
"""What HAProxy lets into a name."""

DISPATCH = "<DISPATCH>"


def all_servers(
    section: Section, table: BackendTable, spec: InstancesSpec | None, files: FilesSpec | None
) -> tuple[Server, ...]:
    """Servers in the order of the file, then the instances; or the one that serves files."""
    layers, name = section.layers, section.name
    tables = {
        server_name: server
        for server_name, server in (table.server or {}).items()
        if server.address is not None or not _no_address(layers, server_name)
    }
    numbers = _numbers(layers, tables)
    servers = [_server(section, next(numbers), *named, table) for named in tables.items()]
    servers += instance_servers(spec, table, numbers)
    if table.dispatch is not None:
        servers.append(_dispatch(layers, name, table.dispatch, servers))
    servers += files_server(files, next(numbers))
    _one_word_each(layers, servers)
    return tuple(servers)


def _dispatch(layers: Layers, backend: str, address: Address, servers: Sequence[Server]) -> Server:
    """HAProxy's ``dispatch``, and the name that its log gives it."""
    if servers:
        layers.complain(("dispatch",), "the backend has servers and dispatch", "keep one")
    if address.path:
        address = Address(path=layers.file(("dispatch",), address.path))
    return Server(backend, DISPATCH, 1, address)


def _numbers(layers: Layers, tables: dict[str, ServerTable]) -> Iterator[int]:
    """The servers' numbers, and on for the instances: its ``id``, or as HAProxy counts, the place in the file or the
    next number that nobody has."""
    taken: dict[int, str] = {}
    for name, table in tables.items():
        if table.id is not None and taken.setdefault(table.id, name) != name:
            problem = f"{taken[table.id]} has the id {table.id} too"
            layers.complain(("server", name, "id"), problem, "give each server an id of its own")
    place = 0
    for own in chain((table.id for table in tables.values()), repeat(None)):
        place += 1
        while own is None and place in taken:
            place += 1
        yield own or place


def _no_address(layers: Layers, server_name: str) -> bool:
    """Complain of a server without an address, unless something else in it is wrong already."""
    if not layers.broken("server", server_name):
        layers.complain(("server", server_name), "the server has no address", 'write address = "127.0.0.1:9090"')
    return True


def _server(section: Section, number: int, name: str, table: ServerTable, backend: BackendTable) -> Server:
    layers = section.layers
    if not NAME.fullmatch(name):
        layers.complain(
            ("server", name), f'"{name}" cannot be a server\'s name', "letters, digits and _ . : - make one"
        )
    if table.track is not None and layers.mentions("server", name, "check") and _enabled(table, backend):
        problem = "a server that tracks another one is not checked itself"
        layers.complain(("server", name, "check"), problem, "keep either track or check")
    path = table.address.path if table.address else ""
    address = Address(path=layers.file(("server", name), path)) if path else table.address
    host = address.host if address else ""
    tls = server_tls(layers, ("server", name, "tls"), table.tls, host, partial(expression, section))
    check = None if table.track else check_spec(backend, table.check, address)
    if check is not None:
        check = replace(check, tls=check_tls(section, name, backend.check, table.check, tls, host))
    return Server(
        section.name,
        name,
        number,
        address or Address(),
        check=check,
        tls=tls,
        track="" if table.track is None else table.track if "/" in table.track else f"{section.name}/{table.track}",
        **given(**{key: getattr(table, key) for key in ("weight", "maxconn", "cookie", "backup", "init_addr")}),
    )


def _enabled(table: ServerTable, section: BackendTable) -> bool:
    return check_spec(section, table.check) is not None


def _one_word_each(layers: Layers, servers: Sequence[Server]) -> None:
    """Two servers with one name, or with one word that a key could mean, would be one to their clients.

    A cookie that is written at two servers is meant for both, as in HAProxy: the first that is up has the sessions. A
    name is one server's, but for a backup that takes the keys of that server over.
    """
    names: set[str] = set()
    words: dict[str, Server] = {}
    for server in servers:
        path = ("instances", "name") if server.instance else ("server", server.name)
        other = words.setdefault(server.word, server) if server.word else server
        if server.name in names:
            layers.complain(path, f"two servers are called {server.name}", "give each a name of its own")
        elif other is not server and not (server.cookie and (server.backup or other.cookie)):
            problem = f'the key "{server.word}" means {other.name} as well as {server.name}'
            layers.complain((*path, "cookie"), problem, "give each server a cookie of its own")
        names.add(server.name)
