"""One specification becomes one ``ssl.SSLContext``; a frontend's chooses among its certificates by server name.

HAProxy's order: the exact name, then the wildcard that stands for its first label, then the first certificate, unless
``strict_sni`` says that there is none for strangers. Of two certificates with one name the first counts.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from affinity_gw.errors import TlsError
from affinity_gw.routing.tls import SYSTEM_CA, BindTls, ServerTls, Version
from affinity_gw.tls.certificates import Certificate, files_of, read
from affinity_gw.tls.names import find, is_address

VERSIONS: Mapping[Version, ssl.TLSVersion] = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
VERIFY = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


def for_clients(spec: BindTls) -> tuple[ssl.SSLContext, list[Certificate]]:
    """What a frontend answers with, and the certificates that it read. Raises TlsError."""
    certificates = [read(file) for file in files_of(spec.crt)]
    contexts = [_with_certificate(spec, certificate) for certificate in certificates]
    by_name: dict[str, ssl.SSLContext] = {}
    for certificate, context in zip(certificates, contexts, strict=True):
        for name in certificate.names:
            by_name.setdefault(name, context)
    contexts[0].sni_callback = _choosing(by_name, contexts[0], strict=spec.strict_sni)
    return contexts[0], certificates


def for_server(spec: ServerTls) -> tuple[ssl.SSLContext, list[Certificate]]:
    """What a server is spoken to with, and the certificate that it is shown. Raises TlsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = spec.verify == "required" and compares_itself(spec)
    context.verify_mode = VERIFY[spec.verify]
    if spec.verify == "required":
        _trust(context, spec.ca_file)
    _common(context, spec)
    certificates = [read(spec.crt)] if spec.crt else []
    for certificate in certificates:
        _load(context, certificate)
    return context, certificates


def compares_itself(spec: ServerTls) -> bool:
    """OpenSSL compares the certificate with the one name that it is given, which it also tells the server, unless that
    is an address. Where the two differ the comparison is ``store``'s."""
    return bool(spec.verifyhost) and (spec.verifyhost == spec.sni or (not spec.sni and is_address(spec.verifyhost)))


def _with_certificate(spec: BindTls, certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, certificate)
    context.verify_mode = VERIFY[spec.verify]
    if spec.ca_file:
        _trust(context, spec.ca_file)
    _common(context, spec)
    return context


def _load(context: ssl.SSLContext, certificate: Certificate) -> None:
    try:
        context.load_cert_chain(certificate.file, certificate.key_file, password="")  # or OpenSSL asks the terminal
    except (OSError, ValueError) as error:
        raise TlsError(f"{certificate.file}: {_reason(error)}") from error


def _trust(context: ssl.SSLContext, ca_file: str) -> None:
    if ca_file == SYSTEM_CA:
        _trust_the_systems(context)
        return
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ValueError) as error:
        raise TlsError(f"{ca_file}: no certificates can be read from it: {_reason(error)}", "ca_file") from error


def _trust_the_systems(context: ssl.SSLContext) -> None:
    """All of them now: OpenSSL looks into a directory only when a certificate comes, which may be in a chroot."""
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    directory = ssl.get_default_verify_paths().capath
    if not context.cert_store_stats()["x509_ca"] and directory is not None:
        for file in Path(directory).iterdir():
            with contextlib.suppress(OSError):  # ssl.SSLError is one: no certificate
                context.load_verify_locations(file)
    if not context.cert_store_stats()["x509_ca"]:
        raise TlsError("the system's authorities cannot be read; install ca-certificates, or name a ca_file", "ca_file")


def _common(context: ssl.SSLContext, spec: BindTls | ServerTls) -> None:
    context.minimum_version = VERSIONS[spec.ssl_min_ver]
    context.maximum_version = VERSIONS[spec.ssl_max_ver]
    # A client that renegotiates costs the gateway more than itself (CVE-2011-1473); HAProxy refuses it too.
    context.options |= ssl.OP_NO_RENEGOTIATION
    if spec.ciphers:
        try:
            context.set_ciphers(spec.ciphers)
        except ssl.SSLError as error:
            raise TlsError(f'OpenSSL knows no cipher in "{spec.ciphers}"', "ciphers") from error
    if spec.alpn:
        context.set_alpn_protocols(spec.alpn)


def _reason(error: Exception) -> str:
    """``no start line``, without OpenSSL's numbers and Python's line."""
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return (getattr(error, "strerror", None) or str(error)).lower()


Chooser = Callable[[ssl.SSLObject | ssl.SSLSocket, str, ssl.SSLContext], int | None]


def _choosing(by_name: Mapping[str, ssl.SSLContext], default: ssl.SSLContext, *, strict: bool) -> Chooser:
    def choose(connection: ssl.SSLObject | ssl.SSLSocket, asked: str | None, _: ssl.SSLContext) -> int | None:
        chosen = find(by_name, asked or "")
        if chosen is None and strict:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.server_name = asked or ""  # type: ignore[union-attr]  # for Origin.sni; ssl keeps it to itself
        if chosen is not None and chosen is not default:
            connection.context = chosen
        return None

    return choose
