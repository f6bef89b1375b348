"""What works, but probably not as it was meant: sentences for ``check`` and for the log at start."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from affinity_gw.config.mode import ignored
from affinity_gw.config.rules import BESIDE
from affinity_gw.config.scan import Path
from affinity_gw.config.source import Source
from affinity_gw.config.tls import expired
from affinity_gw.errors import Complaint
from affinity_gw.proxy.route import connection_mode
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.rules import Phase, Redirect, Return, UseBackend
from affinity_gw.routing.sections import Backend, Frontend

ANSWERS = (UseBackend, Return, Redirect)
"""What a frontend without a backend may do."""

PHASE_OF = {"redirect": Phase.REDIRECT, "backend": Phase.USE, "server": Phase.USE}
"""Keys of a rule that are tried after all others."""


def advisories(config: Config, source: Source) -> Iterator[Complaint]:
    """Each with its place, as a complaint has it."""
    if config.general.workers != 1:
        problem = "one process serves: several are not supported yet"
        yield source.complaint(("global", "workers"), problem, "write workers = 1")
    if config.general.daemon:
        yield from _in_the_background(config.general, source)
    yield from expired(config, source)
    for frontend in config.frontends:
        yield from _ignored("frontend", frontend, source)
        yield from _order("frontend", frontend, source)
        yield from _limits(frontend, config, source)
    for backend in config.backends:
        yield from _ignored("backend", backend, source)
        yield from _order("backend", backend, source)
        yield from _backend(backend, source)
        yield from _use(backend, [frontend for frontend in config.frontends if _sends(frontend, backend)], source)


def _in_the_background(general: Global, source: Source) -> Iterator[Complaint]:
    if general.log_access and not general.log_targets:
        problem = "stdout is closed in the background, so the access log goes nowhere"
        yield source.complaint(("global", "daemon"), problem, "name a target in log.syslog")
    for index, target in enumerate(general.log_targets):
        if target.address.fd in {1, 2}:
            problem = "stdout and stderr are closed in the background, so these lines go nowhere"
            advice = 'leave daemon out, or send them elsewhere: "/dev/log local0"'
            yield source.complaint(("global", "log", "syslog", index), problem, advice)


def _ignored(kind: str, section: Frontend | Backend, source: Source) -> Iterator[Complaint]:
    """As HAProxy, which ignores what needs HTTP with a warning."""
    for key in ignored(_own(source, kind, section.name)) if section.mode == "tcp" else ():
        yield source.complaint((kind, section.name, *key), "it does nothing in mode tcp", "leave it out")


def _sends(frontend: Frontend, backend: Backend) -> bool:
    """Expressions may name any backend."""
    named = [rule.action.backend for rule in frontend.rules if isinstance(rule.action, UseBackend)]
    return backend.name in {frontend.backend, *named} or any(not isinstance(name, str) for name in named)


def _use(backend: Backend, frontends: list[Frontend], source: Source) -> Iterator[Complaint]:
    path: Path = ("backend", backend.name)
    kept = any(connection_mode(each, backend) == "keep-alive" for each in frontends)
    if not frontends:
        yield source.complaint(path, "no frontend sends requests here", "name it in one")
    elif backend.connection == "keep-alive" and not kept:
        problem = f"the frontend's {frontends[0].connection} is stronger, so no server connection is kept"
        yield source.complaint((*path, "connection"), problem, "write it in the frontend too, or in [defaults]")


def _order(kind: str, section: Frontend | Backend, source: Source) -> Iterator[Complaint]:
    """One sentence for each rule that stands below one that is tried after it."""
    last, above = Phase.HTTP_REQUEST, ""
    for index, table in enumerate(_own(source, kind, section.name).get("rule", ())):
        action = next(key for key in table if key not in BESIDE)
        phase = PHASE_OF.get(action, Phase.HTTP_REQUEST) if "phase" not in table else Phase.HTTP_REQUEST
        if phase < last:
            problem = f"this {action} is tried before the {above} rules above it"
            advice = "as in HAProxy, backend and server come last, and redirect comes before them; move it up"
            yield source.complaint((kind, section.name, "rule", index, action), problem, advice)
        else:
            last, above = phase, action


def _limits(frontend: Frontend, config: Config, source: Source) -> Iterator[Complaint]:
    path: Path = ("frontend", frontend.name)
    if frontend.maxconn > config.general.maxconn:
        problem = f"{frontend.maxconn} connections are more than the process may have ({config.general.maxconn})"
        yield source.complaint((*path, "maxconn"), problem, "raise global maxconn")
    if not frontend.backend and not any(isinstance(rule.action, ANSWERS) for rule in frontend.rules):
        problem = "the frontend has no backend, so requests get 503"
        yield source.complaint(path, problem, 'write backend = "…", or rules that choose one')
    for key in ("client", "http_request") if frontend.mode == "http" else ("client",):
        if getattr(frontend, f"timeout_{key}") == inf:
            problem = "a client that says nothing is kept for ever"
            yield source.complaint((*path, "timeout", key), problem, "set a time")
    appends = frontend.mode == "http" and frontend.forwarding.forwarded_for == "append"
    if appends and not config.general.trusted_proxies:
        problem = "whatever a client claims in X-Forwarded-For reaches the servers"
        yield source.complaint((*path, "forwarded_for"), problem, 'write "replace", or name your trusted_proxies')


def _backend(backend: Backend, source: Source) -> Iterator[Complaint]:
    path: Path = ("backend", backend.name)
    if any(server.maxconn for server in backend.servers) and backend.timeout_queue == inf:
        yield source.complaint(
            (*path, "timeout", "queue"), "requests may wait for a full server for ever", "set a time"
        )
    yield from _shared_cookies(backend, source)
    if not backend.servers:
        problem = "the backend has no servers, so every request gets 503"
        yield source.complaint(path, problem, 'write server.NAME = "127.0.0.1:9090"')
    elif not any(server.weight for server in backend.servers):
        problem = "all servers have weight 0, so that only pinned requests reach one"
        yield source.complaint((*path, "server"), problem, "give one a weight")
    if backend.strip_lost_key and not any(hasattr(each.extractor, "without_key") for each in backend.affinity):
        problem = "no extractor of this backend can take its key out of a request"
        yield source.complaint((*path, "strip_lost_key"), problem, "leave it out")


def _shared_cookies(backend: Backend, source: Source) -> Iterator[Complaint]:
    """One sentence for each server whose sessions another one has as long as that is up."""
    for server in backend.servers:
        first = backend.words.get(server.word, server)
        if first is not server and not server.backup and not server.instance:
            problem = f"sessions with this cookie go to {first.name} as long as that is up"
            path = ("backend", backend.name, "server", server.name, "cookie")
            yield source.complaint(path, problem, "give each server a cookie of its own, or make this one a backup")


def _own(source: Source, *path: str) -> dict[str, Any]:
    table: Any = source.data
    for part in path:
        table = table[part]
    return dict(table)
