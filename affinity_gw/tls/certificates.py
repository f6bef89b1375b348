"""A certificate with its chain and its key, as HAProxy's ``crt`` names it: one PEM file, or a directory of them.

The key stands in the file itself or beside it in ``FILE.key``. OpenSSL reads the same files once more when a context is
made: what is asked here is what OpenSSL does not tell (names, dates), or tells without saying which file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from affinity_gw.errors import TlsError

BESIDE = frozenset({".key", ".ocsp", ".issuer", ".sctl", ".dh"})
"""Files of a directory that belong to another file and are no certificate (HAProxy's manual, ``crt``)."""


_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Certificate:
    """``names`` in lower case, a wildcard as ``*.example.org``; ``until`` with its time zone."""

    file: str
    key_file: str
    names: tuple[str, ...]
    until: dt.datetime

    def has_expired(self, now: dt.datetime) -> bool:
        return self.until < now


def files_of(crt: Sequence[str]) -> list[str]:
    """Every certificate's file, a directory's in alphabetical order. Raises TlsError for one that has none."""
    return [file for path in crt for file in _files_at(Path(path))]


def _files_at(path: Path) -> Iterable[str]:
    if not path.is_dir():
        return [str(path)]
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise _unreadable(path, error) from error
    found = [
        str(file) for file in inside if file.suffix not in BESIDE and not file.name.startswith(".") and file.is_file()
    ]
    if not found:
        raise TlsError(f"there is no certificate in the directory {path}")
    return found


def read(file: str) -> Certificate:
    """Raises TlsError where there is no certificate, no key, or one that does not belong to it."""
    data = _bytes(Path(file))
    leaf = _first(file, data)
    key_file = _key_file(file, data)
    if _public_key_of(key_file) != leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        where = "in it" if key_file == file else f"in {key_file}"
        raise TlsError(f"{file}: the private key {where} does not match the certificate")
    return Certificate(file, key_file, _names(leaf), leaf.not_valid_after_utc)


def _first(file: str, data: bytes) -> x509.Certificate:
    """Found by its marks: whatever is wrong with the rest of the file is said of that."""
    block = _CERTIFICATE.search(data)
    try:
        return x509.load_pem_x509_certificate(block[0] if block else b"")
    except ValueError as error:
        raise TlsError(f"{file}: there is no certificate in it; write it as PEM, the chain behind it") from error


def _key_file(file: str, data: bytes) -> str:
    if b"PRIVATE KEY-----" in data:
        return file
    beside = f"{file}.key"
    if not Path(beside).is_file():
        raise TlsError(f"{file}: there is no private key in it, and no file {beside}")
    return beside


def _public_key_of(file: str) -> bytes:
    try:
        key = load_pem_private_key(_bytes(Path(file)), password=None)
    except TypeError as error:
        raise TlsError(f"{file}: the private key is encrypted; store it without a passphrase") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TlsError(f"{file}: the private key cannot be read") from error
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    """As HAProxy: the subject's common name and the alternative names, all that are host names."""
    common = [str(each.value) for each in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        alternative = extension.value.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        alternative = []
    return tuple(dict.fromkeys(name.lower() for name in (*common, *alternative)))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> TlsError:
    return TlsError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}")
