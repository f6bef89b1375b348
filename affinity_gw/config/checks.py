"""How servers are probed, and servers that are not because they track another one."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.layers import Layers
from affinity_gw.config.problem import suggestion
from affinity_gw.config.schema_backend import BackendTable, CheckTable
from affinity_gw.routing.address import Address
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import CheckSpec, Server

_BUILT_IN = CheckSpec()


def check_spec(section: BackendTable, own: CheckTable | None = None, at: Address | None = None) -> CheckSpec | None:
    """How a server is probed: its own words, then its backend's; None where checks are switched off.

    A connection may take min(timeout.connect, inter), the answer timeout.check or inter, as in HAProxy.
    """
    merged = {key: value for table in (section.check, own) for key, value in table or () if value is not None}
    if not merged.pop("enabled", True):
        return None
    inter = merged.get("inter", _BUILT_IN.inter)
    timeout = section.timeout
    connect = timeout.connect if timeout and timeout.connect is not None else _CONNECT
    answer = timeout.check if timeout and timeout.check is not None else inter
    merged.pop("tls", None)
    return CheckSpec(
        request=_request(merged.pop("http", None), merged.pop("fields", {}), merged.pop("body", "")),
        expect=tuple(merged.pop("expect", ())),
        address=_address(merged.pop("address", None), merged.pop("port", None), at),
        connect_timeout=min(connect, inter),
        answer_timeout=answer,
        **({"fastinter": inter, "downinter": inter} | merged),
    )


def _request(line: str | None, fields: Mapping[str, str], body: str) -> bytes | None:
    """HAProxy's exact bytes: what the operator wrote, and nothing more than a body and HTTP/1.1 need."""
    if line is None:
        return None
    content = body.encode()
    lines = [line, *(f"{name.lower()}: {value}" for name, value in fields.items())]
    if content:
        lines.append(f"content-length: {len(content)}")
    if line.endswith("HTTP/1.1"):
        lines.append("connection: close")
    return "\r\n".join([*lines, "", ""]).encode() + content


def _address(host: str | None, port: int | None, server: Address | None) -> Address | None:
    """Where to probe; None where that is where the requests go."""
    if server is None or (host is None and port is None):
        return None
    return Address(host or server.host, port or server.port)


_CONNECT = Backend("", ()).timeout_connect


def check_tracks(sections: Mapping[str, Layers], servers: Mapping[str, Server], declared: set[str]) -> None:
    """Complain of each ``track`` that ends at no checked server. ``declared``: every server that was written, those
    with another mistake included."""
    for server in servers.values():
        if server.track:
            problem, advice = _track_fault(server, servers, declared)
            if problem:
                sections[server.backend].complain(("server", server.name, "track"), problem, advice)


def _track_fault(server: Server, servers: Mapping[str, Server], declared: set[str]) -> tuple[str, str]:
    way = [server.id]
    while server.track:
        if server.track in way:
            return f"the tracking goes in a circle: {' → '.join([*way, server.track])}", "let one of them be checked"
        if server.track not in declared:
            return f"there is no server {server.track}", suggestion(server.track, declared)
        if server.track not in servers:
            return "", ""
        way.append(server.track)
        server = servers[server.track]
    if server.check is None and not server.instance:
        return f"{server.id} is not checked, so that nobody knows whether it is up", "switch its check on"
    return "", ""
