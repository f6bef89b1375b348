"""What may be said, part two: ``[frontend.NAME]``, its rules, and what it shares with a backend."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from affinity_gw.config.addresses import bind_address
from affinity_gw.config.problem import NotYet, Problem
from affinity_gw.config.schema import Table
from affinity_gw.config.values import (
    Count,
    Duration,
    DurationOrZero,
    Flag,
    Size,
    Text,
    Texts,
    as_list,
    field_value,
    number,
    one_of,
    shown,
    size,
    text,
)
from affinity_gw.http1.claims import ForwardedFor
from affinity_gw.proxy.replies import PAGES, REDIRECTS
from affinity_gw.routing.snapshot import Address, Connection


def protocol(value: Any) -> str:
    if value == "tcp":
        raise NotYet('mode = "tcp"')
    return one_of("http")(value)


def location(value: Any) -> str:
    """What a redirect's Location field says: printable ASCII without blanks (RFC 3986 section 2)."""
    if not all("!" <= character <= "~" for character in field_value(text(value))):
        raise Problem(f"{shown(value)} is not a location", "percent-encode blanks and letters outside of ASCII")
    return str(value)


def deny_status(value: Any) -> int:
    if value is True:
        return 403
    if number(0)(value) not in PAGES:
        raise Problem(f"{value} is no status to refuse with", f"one of {', '.join(map(str, PAGES))}")
    return int(value)


def redirect_code(value: Any) -> int:
    if number(0)(value) not in REDIRECTS:
        raise Problem(f"{value} is no status of a redirect", f"one of {', '.join(map(str, REDIRECTS))}")
    return int(value)


def head_size(value: Any) -> int:
    if size(value) < 1024:
        raise Problem(f"{shown(value)} leaves no room for a request", "1024 bytes or more")
    return size(value)


Bind = Annotated[Address, PlainValidator(bind_address)]


class CommonOptions(Table):
    """Options that a frontend and a backend both have; the backend's word counts, where it says one."""

    mode: Annotated[str | None, PlainValidator(protocol), "string"] = Field(
        None, description='"http"; "tcp" comes later.'
    )
    connection: Annotated[
        Connection | None, PlainValidator(one_of("keep-alive", "server-close", "close")), "string"
    ] = Field(None, description="Which connections outlive an exchange: both, the client's, or none.")
    forwarded_for: Annotated[ForwardedFor | None, PlainValidator(one_of("replace", "append", "off")), "string"] = Field(
        None, description="X-Forwarded-For: replace what untrusted clients claim, append to it, or leave it alone."
    )
    forwarded_proto: Flag | None = Field(None, description="Add X-Forwarded-Proto.")
    forwarded_host: Flag | None = Field(None, description="Add X-Forwarded-Host.")
    forwarded_port: Flag | None = Field(None, description="Add X-Forwarded-Port.")
    original_to: Flag | None = Field(None, description="Add X-Original-To, the address that the client connected to.")


class FrontendTimeouts(Table):
    client: Duration | None = Field(None, description="How long a client may stay silent while its body is awaited.")
    http_request: Duration | None = Field(None, description="How long a request head may take, from its first byte.")
    http_keep_alive: DurationOrZero | None = Field(
        None, description="How long a client connection may stay idle between two requests."
    )


class RuleTable(Table):
    when: Text | None = Field(None, description="The condition, in HAProxy's language; always, where there is none.")
    backend: Text | None = Field(None, description="Send the request to this backend.")
    redirect: Annotated[str | None, PlainValidator(location), "string"] = Field(
        None, description="Answer with a redirect to this location."
    )
    code: Annotated[int | None, PlainValidator(redirect_code), "number"] = Field(
        None, description="The status of the redirect: 301, 302, 303, 307 or 308."
    )
    deny: Annotated[int | None, PlainValidator(deny_status), "number"] = Field(
        None, description="Refuse the request with this status."
    )


class FrontendTable(CommonOptions):
    bind: Annotated[list[Bind] | None, BeforeValidator(as_list), "address or list"] = Field(
        None, description="Where to listen: host:port, [v6]:port, *:port, unix@path, fd@number; port 0 is any free one."
    )
    backend: Text | None = Field(None, description="The backend of requests that no rule sends elsewhere.")
    acl: dict[str, Texts] | None = Field(
        None, description="Named conditions, in HAProxy's language; true where one of a list is."
    )
    rule: list[RuleTable] | None = None
    maxconn: Count | None = Field(
        None, description="Client connections of this frontend; 0: as many as the process has."
    )
    max_head_bytes: Annotated[int | None, PlainValidator(head_size), "size"] = Field(
        None, description="The largest request head; beyond it 431."
    )
    max_header_fields: Annotated[int | None, PlainValidator(number(1, 10000)), "number"] = Field(
        None, description="The most fields in a request head; beyond it 431."
    )
    min_body_rate: Size | None = Field(
        None, description="Bytes a second that a request body must bring, averaged over 30 s; 0: none."
    )
    timeout: FrontendTimeouts | None = None
