"""What may be said, part two: ``[frontend.NAME]``, its rules, and what it shares with a backend."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, Field, PlainValidator

from affinity_gw.config.forwarding import ForwardedForSaid, OriginalToSaid, read_forwarded_for, read_original_to
from affinity_gw.config.problem import Problem
from affinity_gw.config.schema import Table
from affinity_gw.config.schema_rules import ResponseRuleTable, RuleTable
from affinity_gw.config.schema_tls import BindTable
from affinity_gw.config.values import (
    Count,
    Duration,
    DurationOrZero,
    Flag,
    Size,
    Text,
    Texts,
    as_list,
    number,
    one_of,
    shown,
    size,
)
from affinity_gw.proxy.replies import PAGES
from affinity_gw.routing.sections import Connection, LogFormat, Mode


def head_size(value: Any) -> int:
    if size(value) < 1024:
        raise Problem(f"{shown(value)} leaves no room for a request", "1024 bytes or more")
    return size(value)


def error_status(value: Any) -> str:
    if not (isinstance(value, str) and value.isdecimal() and int(value) in PAGES):
        raise Problem(f"{value} is no status with a page", f"one of {', '.join(map(str, PAGES))}")
    return value


ErrorStatus = Annotated[str, PlainValidator(error_status)]


class CommonOptions(Table):
    """Options that a frontend and a backend both have; the backend's word counts, where it says one."""

    mode: Annotated[Mode | None, PlainValidator(one_of("http", "tcp")), "string"] = Field(
        None, description='"http"; "tcp" passes bytes on and looks at none of them.'
    )
    connection: Annotated[
        Connection | None, PlainValidator(one_of("keep-alive", "server-close", "close")), "string"
    ] = Field(None, description="Which connections outlive an exchange: both, the client's, or none.")
    forwarded_for: Annotated[ForwardedForSaid | None, PlainValidator(read_forwarded_for), "string or table"] = Field(
        None,
        description="X-Forwarded-For: replace what untrusted clients claim, append to it, or leave it alone (off). "
        "A table says more: mode, header (another name), except (addresses that are not told), "
        "if_none (only where there is none).",
    )
    forwarded_proto: Flag | None = Field(None, description="Add X-Forwarded-Proto.")
    forwarded_host: Flag | None = Field(None, description="Add X-Forwarded-Host.")
    forwarded_port: Flag | None = Field(None, description="Add X-Forwarded-Port.")
    original_to: Annotated[OriginalToSaid | None, PlainValidator(read_original_to), "true, false or table"] = Field(
        None,
        description="Add X-Original-To, the address that the client connected to. A table says header and except.",
    )
    acl: dict[str, Texts] | None = Field(
        None, description="Named conditions, in HAProxy's language; true where one of a list is."
    )
    rule: list[RuleTable] | None = None
    response_rule: list[ResponseRuleTable] | None = None
    errorfile: Annotated[dict[ErrorStatus, Text] | None, "table of status to file"] = Field(
        None, description="Whole answers in place of the gateway's own; /dev/null closes without a word."
    )


class FrontendTimeouts(Table):
    client: Duration | None = Field(None, description="How long a client may stay silent while its body is awaited.")
    http_request: Duration | None = Field(None, description="How long a request head may take, from its first byte.")
    http_keep_alive: DurationOrZero | None = Field(
        None, description="How long a client connection may stay idle between two requests."
    )


class FrontendTable(CommonOptions):
    bind: Annotated[list[BindTable] | None, BeforeValidator(as_list), "address, table or list"] = Field(
        None,
        description="Where to listen: host:port, [v6]:port, *:port, unix@path, fd@number; port 0 is any free one. "
        "With TLS a table: { address, tls }.",
    )
    backend: Text | None = Field(None, description="The backend of requests that no rule sends elsewhere.")
    log: Flag | None = Field(None, description="Log what comes through this frontend.")
    log_format: Annotated[LogFormat | None, PlainValidator(one_of(*get_args(LogFormat))), "string"] = Field(
        None, description="How its lines are written, if not as log.format says."
    )
    dontlognull: Flag | None = Field(None, description="No line for connections on which nothing was ever sent.")
    dontlog_normal: Flag | None = Field(None, description="No line for what went well.")
    log_separate_errors: Flag | None = Field(
        None, description="Syslog lines for what went wrong are of level err instead of info."
    )
    monitor_uri: Text | None = Field(
        None, description="A request for exactly this target is answered with 200 by the gateway, and not logged."
    )
    monitor_fail: Text | None = Field(None, description="The condition on which monitor_uri is answered with 503.")
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
