"""The tables ``tls`` become specifications. Every file is read once here, so that ``check`` finds what is wrong with
it; what a running gateway uses is read when it starts (``tls.store``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from affinity_gw.config.conditions import expression
from affinity_gw.config.layers import Layers
from affinity_gw.config.scan import Path
from affinity_gw.config.schema_backend import CheckTable
from affinity_gw.config.schema_tls import BindTable, ServerTlsTable
from affinity_gw.config.section import Section
from affinity_gw.config.source import Source
from affinity_gw.errors import Complaint, TlsError
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.tls import SYSTEM_CA, BindTls, ServerTls
from affinity_gw.tls.names import is_address
from affinity_gw.tls.store import Spec, made

Compile = Callable[[Path, str], str | Callable[[Any, Any], str]]
"""What makes a format of a text, and complains of one that is none."""


def binds(layers: Layers, tables: list[BindTable]) -> tuple[Address, ...]:
    """Where a frontend listens, and how."""
    return tuple(
        _bind(layers, index, table) for index, table in enumerate(tables) if _has_address(layers, index, table)
    )


def _has_address(layers: Layers, index: int, table: BindTable) -> bool:
    if table.address is None and not layers.broken("bind"):
        layers.complain(("bind", index), "the bind has no address", 'write address = "0.0.0.0:443"')
    return table.address is not None


def _bind(layers: Layers, index: int, table: BindTable) -> Address:
    address = table.address or Address()
    if address.path:
        address = replace(address, path=layers.file(("bind",), address.path))
    if table.tls is None:
        return address
    path: Path = ("bind", index, "tls")
    words = _said(table.tls, layers, path)
    if not words.get("crt"):
        if not layers.broken(*path):
            layers.complain(path, "TLS needs a certificate", 'write crt = "site.pem"')
        return address
    spec = BindTls(**words)
    if spec.verify != "none" and not spec.ca_file:
        layers.complain((*path, "verify"), "nobody says whose certificates are good", 'write ca_file = "ca.pem"')
    _try(layers, path, spec)
    return replace(address, tls=spec)


def server_tls(
    layers: Layers, path: Path, table: ServerTlsTable | None, host: str, compiled: Compile
) -> ServerTls | None:
    """How the server at ``host`` is spoken to; None without TLS. Who says nothing of names has its host's: it is told
    and its certificate has to be for it."""
    if table is None or not table.enabled:
        return None
    words = _said(table, layers, path)
    sni = words.pop("sni", "" if is_address(host) else host)
    write = compiled((*path, "sni"), sni) if sni else ""
    if isinstance(write, str):
        sni = write
    verifyhost = words.pop("verifyhost", sni or host)
    spec = ServerTls(sni=sni, verifyhost=verifyhost, write_sni=None if isinstance(write, str) else write, **words)
    if spec.verify == "required" and table.verifyhost is None and not verifyhost:
        layers.complain(path, "there is no name that its certificate could be for", "write verifyhost, or false")
    _try(layers, path, spec)
    return spec


def check_tls(
    section: Section, server: str, common: CheckTable | None, own: CheckTable | None, tls: ServerTls | None, host: str
) -> ServerTls | None:
    """How a server is probed: as it is spoken to, but where a check goes elsewhere in clear, as in HAProxy."""
    said = [table for table in (own, common) if table is not None]
    table = next((each.tls for each in said if each.tls is not None), None)
    if table is None and any(each.address is not None or each.port is not None for each in said):
        return None
    if table is not None and (tls is None or not table.enabled or table.model_fields_set != {"enabled"}):
        path: Path = ("server", server, "check", "tls") if own is not None and own.tls is table else ("check", "tls")
        return server_tls(section.layers, path, table, host, partial(expression, section))
    if tls is None or tls.write_sni is None:
        return tls
    # There is no request that could say which name.
    verifyhost = "" if tls.verifyhost == tls.sni else tls.verifyhost
    return replace(tls, sni="", verifyhost=verifyhost, write_sni=None)


def _said(table: Any, layers: Layers, path: Path) -> dict[str, Any]:
    """The table's words, its files relative to the configuration's, without those that are not the specification's."""
    words = {key: value for key, value in table if value is not None and key != "enabled"}
    words |= {key: tuple(words[key]) for key in ("alpn",) if key in words}
    if isinstance(words.get("crt"), list):
        words["crt"] = tuple(layers.file((*path, "crt"), each) for each in words["crt"])
    elif "crt" in words:
        words["crt"] = layers.file((*path, "crt"), words["crt"])
    if words.get("ca_file", SYSTEM_CA) != SYSTEM_CA:
        words["ca_file"] = layers.file((*path, "ca_file"), words["ca_file"])
    return words


def _try(layers: Layers, path: Path, spec: Spec) -> None:
    try:
        made(spec)
    except TlsError as error:
        layers.complain((*path, error.word), str(error))


def expired(config: Config, source: Source) -> Iterator[Complaint]:
    """One sentence for each certificate that clients will not believe any more."""
    for frontend in config.frontends:
        for index, bind in enumerate(frontend.binds):
            for certificate in made(bind.tls)[1] if bind.tls is not None else ():
                if certificate.has_expired(dt.datetime.now(dt.UTC)):
                    problem = f"the certificate in {certificate.file} expired on {certificate.until:%Y-%m-%d}"
                    path: Path = ("frontend", frontend.name, "bind", index, "tls", "crt")
                    yield source.complaint(path, problem, "renew it")
