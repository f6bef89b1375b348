"""What an operator may say of TLS, in HAProxy's words: only words and paths, nothing has been read yet.

The same specification means the same context, so it is also the key under which ``tls.store`` keeps what it read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Version = Literal["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]

SYSTEM_CA = "@system-ca"
"""HAProxy's word for the certificate authorities that the system trusts."""


@dataclass(frozen=True, slots=True)
class BindTls:
    """How clients are spoken to. ``crt``: files and directories, of which the first certificate is the one for clients
    whose server name nobody has (``strict_sni`` refuses them). ``verify``: of client certificates, by ``ca_file``."""

    crt: tuple[str, ...] = ()
    ca_file: str = ""
    verify: Literal["none", "optional", "required"] = "none"
    ssl_min_ver: Version = "TLSv1.2"
    ssl_max_ver: Version = "TLSv1.3"
    ciphers: str = ""
    alpn: tuple[str, ...] = ()
    strict_sni: bool = False


@dataclass(frozen=True, slots=True)
class ServerTls:
    """How a server is spoken to. ``sni``: the name that it is told, ``verifyhost``: the name that its certificate must
    have; empty for none. ``crt``: the certificate that the gateway shows. ``write_sni`` is an ``sni`` that depends on
    the request, compiled; a ``verifyhost`` that is the same text means whatever name was told."""

    verify: Literal["none", "required"] = "required"
    ca_file: str = SYSTEM_CA
    sni: str = ""
    verifyhost: str = ""
    crt: str = ""
    ssl_min_ver: Version = "TLSv1.2"
    ssl_max_ver: Version = "TLSv1.3"
    ciphers: str = ""
    alpn: tuple[str, ...] = ()
    write_sni: Callable[[Any, Any], str] | None = field(default=None, compare=False)
