"""The contexts in force, each under its specification: all are read at start, and all or none are replaced.

A connection keeps the context that it began with; new ones get what is here then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from affinity_gw.routing.snapshot import Config
from affinity_gw.routing.tls import BindTls, ServerTls

if TYPE_CHECKING:
    import ssl

    from affinity_gw.tls.certificates import Certificate

Spec = BindTls | ServerTls


class Contexts:
    """Made from every specification of a configuration. Raises TlsError; a ``reload`` that does changes nothing."""

    def __init__(self, specs: Iterable[Spec] = ()) -> None:
        self._specs = tuple(dict.fromkeys(specs))
        self._contexts: dict[Spec, ssl.SSLContext] = {}
        self.reload()

    @classmethod
    def of(cls, config: Config) -> Contexts:
        return cls(_specs(config))

    def __getitem__(self, spec: Spec) -> ssl.SSLContext:
        return self._contexts[spec]

    def reload(self) -> list[Certificate]:
        """Read every file again; the certificates that are in force now."""
        contexts: dict[Spec, ssl.SSLContext] = {}
        certificates: dict[str, Certificate] = {}
        for spec in self._specs:
            contexts[spec], read = made(spec)
            certificates |= {certificate.file: certificate for certificate in read}
        self._contexts = contexts
        return list(certificates.values())


def made(spec: Spec) -> tuple[ssl.SSLContext, list[Certificate]]:
    # Not above: who has no TLS need not load two libraries (40 ms, 8 MB).
    from affinity_gw.tls.contexts import for_clients, for_server  # noqa: PLC0415

    return for_clients(spec) if isinstance(spec, BindTls) else for_server(spec)


def _specs(config: Config) -> Iterable[Spec]:
    for frontend in config.frontends:
        yield from (bind.tls for bind in frontend.binds if bind.tls is not None)
    for backend in config.backends:
        for server in backend.servers:
            checked = server.check.tls if server.check is not None else None
            yield from (tls for tls in (server.tls, checked) if tls is not None)
