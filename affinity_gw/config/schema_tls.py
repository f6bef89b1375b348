"""What may be said of TLS: at a ``bind``, and at a ``server`` or its check. The words are HAProxy's."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PlainValidator

from affinity_gw.config.addresses import bind_address
from affinity_gw.config.problem import NotYet, Problem
from affinity_gw.config.schema import Table
from affinity_gw.config.values import Flag, Text, Texts, as_list, one_of, shown, text
from affinity_gw.routing.address import Address
from affinity_gw.routing.tls import Version


def protocol(value: Any) -> str:
    """One name for ALPN. HTTP/2 is not spoken: a client that was offered it would speak it."""
    name = text(value)
    if name in {"h2", "h3"}:
        raise Problem(f"{shown(name)} is not spoken", 'write "http/1.1"')
    if len(name.encode()) > 255:
        raise Problem(f"{shown(name)} is too long", "255 bytes fit (RFC 7301 section 3.1)")
    return name


def name_or_false(value: Any) -> str:
    """False is no name."""
    return "" if value is False else text(value)


def no_choice(_value: Any) -> str:
    raise NotYet("the choice of TLS 1.3's ciphers", "leave it out: OpenSSL's own choice has strong ones only")


Protocols = Annotated[list[Annotated[str, PlainValidator(protocol)]] | None, BeforeValidator(as_list), "string or list"]
TlsVersion = Annotated[Version | None, PlainValidator(one_of(*get_args(Version))), "string"]
Name = Annotated[str | None, PlainValidator(name_or_false), "string or false"]


class TlsTable(Table):
    """What both have."""

    ssl_min_ver: TlsVersion = Field(None, description="The oldest version of TLS that is spoken.")
    ssl_max_ver: TlsVersion = Field(None, description="The latest one.")
    ciphers: Text | None = Field(None, description="Ciphers up to TLS 1.2, in OpenSSL's words; none: OpenSSL's choice.")
    ciphersuites: Annotated[str | None, PlainValidator(no_choice), "not supported yet"] = Field(
        None, description="Ciphers of TLS 1.3."
    )
    alpn: Protocols = Field(None, description='What to agree on by ALPN, as in "http/1.1".')


class BindTlsTable(TlsTable):
    crt: Texts | None = Field(
        None,
        description="Files with a certificate, its chain and its key, and directories of them; the server name chooses "
        "among them, the first is for all other names.",
    )
    verify: Annotated[
        Literal["none", "optional", "required"] | None, PlainValidator(one_of("none", "optional", "required")), "string"
    ] = Field(None, description="Whether clients need a certificate.")
    ca_file: Text | None = Field(None, description="The authorities whose client certificates are good.")
    strict_sni: Flag | None = Field(None, description="Refuse clients that ask for a name that no certificate has.")


class BindTable(Table):
    address: Annotated[Address | None, PlainValidator(bind_address), "address"] = Field(
        None, description="Where to listen.", exclude=True
    )
    tls: BindTlsTable | None = None


class ServerTlsTable(TlsTable):
    enabled: Flag | None = Field(None, description="What tls = true and tls = false mean.", exclude=True)
    verify: Annotated[Literal["none", "required"] | None, PlainValidator(one_of("none", "required")), "string"] = Field(
        None, description="Whether its certificate has to be good."
    )
    ca_file: Text | None = Field(None, description="The authorities that are trusted; @system-ca: the system's.")
    sni: Name = Field(
        None,
        description="The server name that it is told; may hold %[expressions]; false: none.",
    )
    verifyhost: Name = Field(None, description="The name or address that its certificate has to be for; false: any.")
    crt: Text | None = Field(None, description="The file with the certificate and the key that it is shown.")
