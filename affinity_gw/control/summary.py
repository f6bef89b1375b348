"""What a person sees when the gateway has started: where to connect, which servers there are, what it runs on."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

import aiohttp

from affinity_gw.control.console import Style, styling
from affinity_gw.control.state import ServerState
from affinity_gw.routing.balance import hashes
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.rules import UseBackend, shown
from affinity_gw.routing.sections import Backend, Frontend, Mode
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot
from affinity_gw.version import __version__

MAX_SERVERS = 8
"""Servers of one backend that are listed; the others are counted."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  # a name to be shown, nothing binds here


def startup(
    config: Config,
    addresses: Mapping[str, Sequence[str]],
    snapshot: Snapshot,
    states: Mapping[str, ServerState] | None = None,
    *,
    colours: bool | None = None,
) -> str:
    """Several lines, without the last one's end. ``addresses``: what each frontend is bound to, by its name.

    ``states`` is ``Checks.statistics()``: with it, servers that are down say why. ``colours`` None looks at stderr, and
    at NO_COLOR.
    """
    coloured = os.isatty(2) and "NO_COLOR" not in os.environ if colours is None else colours
    style = styling(colours=coloured)
    names = [frontend.name for frontend in config.frontends] + [backend.name for backend in config.backends]
    width = max(map(len, names), default=0)
    lines = [_title(style), *([style(f"  {config.file}", dim=True)] if config.file else []), ""]
    for frontend in config.frontends:
        lines += _frontend(frontend, addresses.get(frontend.name, ()), width, style)
    for backend in config.backends:
        lines += ["", *_backend(backend, snapshot, states or {}, width, style)]
    return "\n".join([*lines, ""])


def _title(style: Style) -> str:
    engine = f"Python {platform.python_version()}, aiohttp {aiohttp.__version__} (llhttp), {_loop()}"
    return f"{style('affinity_gw', bold=True)} {__version__}  {style(engine, dim=True)}"


def _loop() -> str:
    """The event loop that runs this, or the one that would by default."""
    try:
        module = sys.modules[type(asyncio.get_running_loop()).__module__.partition(".")[0]]
    except RuntimeError:
        return "asyncio"
    return f"uvloop {module.__version__}" if module.__name__ == "uvloop" else "asyncio"


def _frontend(frontend: Frontend, addresses: Sequence[str], width: int, style: Style) -> Iterator[str]:
    by_rule = dict.fromkeys(
        shown(rule.action.backend) for rule in frontend.rules if isinstance(rule.action, UseBackend)
    )
    targets = [f"{name} by rule" for name in by_rule] + ([frontend.backend] if frontend.backend else [])
    head = f"  frontend {frontend.name:<{width}}  "
    for address, bind in zip_longest(addresses, frontend.binds[: len(addresses)]):
        scheme = _scheme(frontend.mode, over_tls=bind is not None and bind.tls is not None)
        arrow = style(f"→ {', '.join(targets) or 'no backend'}", dim=True)
        yield f"{head}{style(url(address, scheme), fg='cyan', underline=True)}{_note(address)}  {arrow}"
        head = " " * len(head)


def _scheme(mode: Mode, *, over_tls: bool) -> str:
    if mode == "tcp":
        return "tls" if over_tls else "tcp"
    return "https" if over_tls else "http"


def url(address: str, scheme: str = "http") -> str:
    """What to click on, or in mode tcp to read. An address that means all of the machine's is shown as its own."""
    if address.startswith(("unix@", "fd@")):
        return address
    host, _, port = address.rpartition(":")
    host = EVERYWHERE.get(host, host)
    if scheme not in USUAL_PORT:
        return f"{scheme}://{host}:{port}"
    return f"{scheme}://{host}/" if port == USUAL_PORT[scheme] else f"{scheme}://{host}:{port}/"


USUAL_PORT = {"http": "80", "https": "443"}
"""Which a browser takes where a URL has none."""


def _note(address: str) -> str:
    return " and all other addresses" if address.rpartition(":")[0] in EVERYWHERE else ""


def _balance(backend: Backend) -> str:
    return f"{backend.balance}, {backend.hash_type}" if hashes(backend) else backend.balance


def _backend(
    backend: Backend, snapshot: Snapshot, states: Mapping[str, ServerState], width: int, style: Style
) -> Iterator[str]:
    facts = [_balance(backend), *(f"affinity {entry.name}" for entry in backend.affinity)]
    if backend.mode == "tcp":
        facts.append("mode tcp")
    elif backend.connection is not None:
        facts.append(backend.connection)
    up = sum(snapshot.is_up(server) for server in backend.servers)
    count = style(f"{up} of {len(backend.servers)} up", fg="green" if up == len(backend.servers) else "red")
    yield f"  backend  {backend.name:<{width}}  {count}  {style(', '.join(facts), dim=True)}"
    names = max((len(server.name) for server in backend.servers), default=0)
    places = max((len(str(server.address)) for server in backend.servers), default=0)
    for server in backend.servers[:MAX_SERVERS]:
        mark = style("●", fg="green") if snapshot.is_up(server) else style("○", fg="red")
        told = style(_server(server, snapshot.is_up(server), states.get(server.id)), dim=True)
        yield f"           {mark} {server.name:<{names}}  {server.address!s:<{places}}  {told}"
    if (more := len(backend.servers) - MAX_SERVERS) > 0:
        yield f"             and {more} more"


def _server(server: Server, up: bool, state: ServerState | None) -> str:
    """How the server stands: ``up, TCP check every 2s``; ``DOWN: exited with status 1, instance``."""
    reason = f": {state.reason}" if state is not None and state.reason and not up else ""
    parts = (
        "up" if up else f"DOWN{reason}",
        _checking(server),
        "instance" if server.instance else "",
        "backup" if server.backup else "",
        f"weight {server.weight}" if server.weight != 1 else "",
    )
    return ", ".join(part for part in parts if part)


def _checking(server: Server) -> str:
    if server.track:
        return f"tracks {server.track}"
    if server.check is None:
        return "not checked"
    return f"{'TCP' if server.check.request is None else 'HTTP'} check every {server.check.inter:g}s"
