"""Certificates for tests: an authority of their own, made once a run; P-256 keys, which take no time."""

from __future__ import annotations

import contextlib
import datetime as dt
import ssl
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
YEAR = dt.timedelta(days=365)


class Authority:
    """``pem``: its own certificate, which a peer has to trust."""

    def __init__(self, name: str = "tests") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(self._name, self._key, NOW + YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.pem = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: dt.datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * YEAR)
            .not_valid_after(until)
        )

    def issue(
        self, *names: str, common: str = "", until: dt.datetime = NOW + YEAR, passphrase: bytes = b""
    ) -> tuple[bytes, bytes]:
        """A certificate for these host names and addresses, and its key, both PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])
        builder = self._builder(subject, key, until)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_name(each) for each in names]), False)
        certificate = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        return certificate, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)


def _name(written: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(written))
    except ValueError:
        return x509.DNSName(written)


@cache
def _authority(name: str) -> Authority:
    return Authority(name)


def authority(name: str = "tests") -> Authority:
    return _authority(name)


def pem(path: Path, *names: str, by: str = "tests", **options: object) -> str:
    """A file with a certificate and its key."""
    certificate, key = authority(by).issue(*names, **options)  # type: ignore[arg-type]  # as they are given
    path.write_bytes(certificate + key)
    return str(path)


def ca_file(path: Path, by: str = "tests") -> str:
    path.write_bytes(authority(by).pem)
    return str(path)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str | None = None) -> tuple[ssl.SSLObject, ...]:
    """Both ends after their handshake, without a socket in between. Raises what either of them raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        server.wrap_bio(to_server, to_client, server_side=True),
        client.wrap_bio(to_client, to_server, server_hostname=name),
    )
    for _ in range(6):
        for end in reversed(ends):
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
    return ends


def trusting(by: str = "tests") -> ssl.SSLContext:
    """A client that trusts the tests' authority, and compares names."""
    return ssl.create_default_context(cadata=authority(by).pem.decode())
