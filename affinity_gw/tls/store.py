"""The contexts in force, each under its specification: all are read at start, and all or none are replaced.

A connection keeps the context that it began with; new ones get what is here then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from affinity_gw.routing.configuration import Config
from affinity_gw.routing.tls import BindTls, ServerTls

if TYPE_CHECKING:
    import asyncio
    import ssl

    from affinity_gw.tls.certificates import Certificate

Spec = BindTls | ServerTls


class WrongName(OSError):  # noqa: N818  # as ssl's own, it is one way in which a connection does not come about
    """A server has shown a certificate for somebody else."""


class Contexts:
    """Made from every specification of a configuration. Raises TlsError; a ``reload`` that does changes nothing."""

    def __init__(self, specs: Iterable[Spec] = ()) -> None:
        self._specs = tuple(dict.fromkeys(specs))
        self._contexts: dict[Spec, ssl.SSLContext] = {}
        self.certificates: tuple[Certificate, ...] = ()
        self.reload()

    @classmethod
    def of(cls, config: Config) -> Contexts:
        return cls(specs_of(config))

    def __getitem__(self, spec: Spec) -> ssl.SSLContext:
        return self._contexts[spec]

    def reload(self) -> None:
        """Read every file again."""
        contexts: dict[Spec, ssl.SSLContext] = {}
        certificates: dict[str, Certificate] = {}
        for spec in self._specs:
            contexts[spec], read = made(spec)
            certificates |= {certificate.file: certificate for certificate in read}
        self._contexts = contexts
        self.certificates = tuple(certificates.values())

    def options(self, spec: ServerTls, name: str) -> dict[str, Any]:
        """What the loop needs to know for a connection to a server. ``name`` is what it is told where that depends on
        requests. Raises WrongName where there is none to compare its certificate with."""
        from affinity_gw.tls.names import is_possible  # noqa: PLC0415  # as in ``made``

        context = self._contexts[spec]
        told = name if spec.write_sni is not None else spec.sni
        if context.check_hostname and not told:
            if spec.write_sni is not None:
                raise WrongName("the request has no name to verify the server's certificate with")
            told = spec.verifyhost  # an address: compared, and told to nobody
        if told and not is_possible(told):
            raise WrongName(f"{told!r} cannot be told as a server name")
        return {"ssl": context, "server_hostname": told}


def verify_name(spec: ServerTls, transport: asyncio.WriteTransport) -> None:
    """Compare where OpenSSL has not done it. Raises WrongName, and then the connection is closed."""
    if spec.verify == "none" or not spec.verifyhost:
        return
    from affinity_gw.tls.contexts import compares_itself  # noqa: PLC0415  # as in ``made``
    from affinity_gw.tls.names import has_name  # noqa: PLC0415  # as in ``made``

    if not compares_itself(spec) and not has_name(transport.get_extra_info("peercert") or {}, spec.verifyhost):
        transport.abort()
        raise WrongName(f"its certificate is not for {spec.verifyhost}")


def made(spec: Spec) -> tuple[ssl.SSLContext, list[Certificate]]:
    """Raises TlsError."""
    # Not above: who has no TLS need not load two libraries (40 ms, 8 MB).
    from affinity_gw.tls.contexts import for_clients, for_server  # noqa: PLC0415

    return for_clients(spec) if isinstance(spec, BindTls) else for_server(spec)


def specs_of(config: Config) -> Iterable[Spec]:
    """Every specification, those of checks included."""
    for frontend in config.frontends:
        yield from (bind.tls for bind in frontend.binds if bind.tls is not None)
    for backend in config.backends:
        for server in backend.servers:
            checked = server.check.tls if server.check is not None else None
            yield from (tls for tls in (server.tls, checked) if tls is not None)
