"""Hashes of passwords, as crypt(3), htpasswd and their kin write them.

A hash is slow to compute on purpose: 0.4 ms (apr1) to some 100 ms (bcrypt, scrypt). libpass does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from passlib import hash as schemes  # type: ignore[import-untyped]  # it has no types

LONGEST = 1024
"""Bytes of a password that is looked at: with some schemes the time grows with the length, and anybody may send one."""

BCRYPT_READS = 72
"""Bytes of a password that bcrypt looks at; the library wants to be told."""

SCHEMES: Mapping[str, Any] = {
    "$1$": schemes.md5_crypt,
    "$2a$": schemes.bcrypt,
    "$2b$": schemes.bcrypt,
    "$2y$": schemes.bcrypt,
    "$5$": schemes.sha256_crypt,
    "$6$": schemes.sha512_crypt,
    "$apr1$": schemes.apr_md5_crypt,
    "$scrypt$": schemes.scrypt,
}
"""By the beginning of a hash, what made it."""


def is_hash(text: str) -> bool:
    """Whether it is a whole hash of a scheme that is known."""
    scheme = _scheme(text)
    if scheme is None:
        return False
    try:
        return scheme.from_string(text).checksum is not None
    except ValueError:
        return False


def matches(hash_: str, password: bytes) -> bool:
    """Whether ``hash_`` was made of ``password``; compared in constant time. What cannot be a password is none."""
    scheme = _scheme(hash_)
    if scheme is None or len(password) > LONGEST or b"\0" in password:
        return False
    if scheme is schemes.bcrypt:
        password = password[:BCRYPT_READS]
    return bool(scheme.verify(password, hash_))


def hashed(password: bytes) -> str:
    """A hash of it, with a salt. bcrypt computes without Python's lock, so that traffic goes on beside it; of what is
    longer than bcrypt reads another scheme reads all."""
    if len(password) > BCRYPT_READS:
        return str(schemes.sha512_crypt.using(rounds=20_000).hash(password))
    return str(schemes.bcrypt.using(rounds=10).hash(password))


def _scheme(text: str) -> Any:
    return SCHEMES.get(text[: text.find("$", 1) + 1])
