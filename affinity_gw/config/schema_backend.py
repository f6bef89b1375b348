"""What may be said, part three: ``[backend.NAME]`` with its servers, checks and instances; ``[defaults]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, PlainValidator

from affinity_gw.config.addresses import server_address
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.config.schema import Table
from affinity_gw.config.schema_frontend import CommonOptions, FrontendTable, FrontendTimeouts
from affinity_gw.config.schema_tls import ServerTlsTable
from affinity_gw.config.values import (
    Count,
    Duration,
    DurationOrZero,
    FieldPatterns,
    FieldTable,
    Flag,
    Period,
    Positive,
    SizeOrFalse,
    Text,
    as_list,
    flag,
    number,
    one_of,
    shown,
    text,
)
from affinity_gw.routing.address import Address
from affinity_gw.routing.balancewords import WordError, read_balance, read_hash_type
from affinity_gw.routing.expect import Expect, compile_expect
from affinity_gw.routing.sections import HttpReuse
from affinity_gw.routing.servers import InitAddr

_CHECK = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~]+)(?: (HTTP/1\.[01]))?")
_COOKIE_WORD = re.compile(r"[!#-+\--:<-\[\]-~]+")


def balance_words(value: Any) -> str:
    """The words of ``balance``, one blank between two."""
    return _words(value, read_balance)


def hash_type_words(value: Any) -> str:
    return _words(value, read_hash_type)


def redispatch_word(value: Any) -> bool | int:
    """Whether, or which retries: a number is HAProxy's interval."""
    if value is True or value is False or value in ("true", "false"):
        return flag(value)
    interval = number(-1000, 1000)(value)
    if not interval:
        raise Problem("0 is no retry", "write false for none, or true for the last one")
    return interval


def balance_factor(value: Any) -> int:
    factor = number(0, 65535)(value)
    if 0 < factor <= 100:
        raise Problem(f"{factor} leaves no server more than its share", "write 0 for no bound, or more than 100")
    return factor


def _words(value: Any, read: Callable[[str], object]) -> str:
    words = " ".join(text(value).split())
    try:
        read(words)
    except WordError as error:
        raise Problem(error.problem, error.advice or suggestion(error.word, error.known)) from error
    return words


def check_request(value: Any) -> str:
    """The request line of an HTTP check: method, target and version."""
    match = _CHECK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Problem(f"{shown(value)} is not a request line", 'write a method and a path, as in "HEAD /check.txt"')
    return f"{match[1]} {match[2]} {match[3] or 'HTTP/1.0'}"


def expectation(value: Any) -> Expect:
    try:
        return compile_expect(text(value))
    except ValueError as error:
        problem, _, advice = str(error).partition("; ")
        raise Problem(problem, advice) from None


def cookie_word(value: Any) -> str | Literal[False]:
    """A server's word: what a cookie may hold without quotes (RFC 6265 section 4.1.1). False: it has none."""
    if value is False:
        return False
    if not _COOKIE_WORD.fullmatch(text(value)):
        raise Problem(
            f"{shown(value)} cannot stand in a cookie", "no blanks, quotes, commas, semicolons or backslashes"
        )
    return str(value)


def affinity_value(value: Any) -> str | list[dict[str, Any]]:
    """The name or path of a preset, or a list of tables."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        raise Problem("affinity is a table, not a list of tables", 'write affinity = [{ extractor = "…" }]')
    for item in value if isinstance(value, list) else [None]:
        if not isinstance(item, dict):
            raise Problem(
                f"{shown(item or value)} is no extractor with its options", 'write affinity = [{ extractor = "…" }]'
            )
    return list(value)


def condition_or_flag(value: Any) -> str | bool:
    return value if isinstance(value, bool) else text(value)


def variable_name(value: Any) -> str:
    if not value or "=" in value or "\0" in value:
        raise Problem(f"{shown(value)} is not the name of a variable")
    return str(value)


def variable(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise Problem(f"a variable cannot be {shown(value)}", "write a string in quotes")
    return value


def index_name(value: Any) -> str:
    if not isinstance(value, str) or re.search(r"[/\\\0]", value) or value.startswith("."):
        raise Problem(f"{shown(value)} is not the name of a file", 'write "index.html", or "" for none')
    return value


Environment = dict[Annotated[str, PlainValidator(variable_name)], Annotated[str, PlainValidator(variable)]]


Expectation = Annotated[Expect, PlainValidator(expectation)]


class BackendTimeouts(Table):
    connect: Duration | None = Field(None, description="How long a connection to a server may take to come about.")
    server: Duration | None = Field(None, description="How long a server may stay silent while its answer is awaited.")
    tunnel: Duration | None = Field(
        None, description="How long both sides of a WebSocket or other tunnel may stay silent."
    )
    queue: Duration | None = Field(
        None, description="How long a request may wait for a server whose maxconn is reached."
    )
    server_idle: DurationOrZero | None = Field(None, description="How long an idle connection to a server is kept.")
    check: Duration | None = Field(None, description="How long a check may wait for the answer; else its interval.")


class AllTimeouts(FrontendTimeouts, BackendTimeouts):
    """Those of both, for ``[defaults]``."""


class CheckTable(Table):
    enabled: Flag | None = Field(None, description="What check = true and check = false mean.", exclude=True)
    http: Annotated[str | None, PlainValidator(check_request), "string"] = Field(
        None, description='The request of an HTTP check, as in "HEAD /check.txt"; without it a TCP connect is enough.'
    )
    fields: FieldTable | None = Field(None, description="Header fields of that request.")
    body: str | None = Field(None, description="Its body.")
    expect: Annotated[list[Expectation] | None, BeforeValidator(as_list), "string or list"] = Field(
        None, description='What must be true of the answer, as in "status 200" or "! rstring error"; else 2xx and 3xx.'
    )
    address: Text | None = Field(None, description="The host to probe, if not the server's own.")
    port: Annotated[int | None, PlainValidator(number(1, 65535)), "number"] = Field(
        None, description="The port to probe, if not the server's own."
    )
    inter: Period | None = Field(None, description="The time between two checks.")
    fastinter: Period | None = Field(None, description="The same while a server is between two states; else inter.")
    downinter: Period | None = Field(None, description="The same while a server is down; else inter.")
    tls: Annotated[ServerTlsTable | None, "true, false or table"] = Field(
        None, description="Probe over TLS; else as requests go, but in clear where address or port is given."
    )
    rise: Positive | None = Field(None, description="So many checks must go well before a server is up again.")
    fall: Positive | None = Field(None, description="So many checks must fail before a server is down.")


class ServerTable(Table):
    address: Annotated[Address | None, PlainValidator(server_address), "address"] = Field(
        None, description="Where the server is reached: host:port, [v6]:port or unix@path."
    )
    id: Annotated[int | None, PlainValidator(number(1, 2**31 - 1)), "number"] = Field(
        None, description="Its number, on which consistent hashing and first depend; else its place in the file."
    )
    weight: Annotated[int | None, PlainValidator(number(0, 256)), "number"] = Field(
        None, description="Its share of what balance hands out, 0 to 256; 0: only what is pinned to it."
    )
    maxconn: Count | None = Field(None, description="Requests at one time; the others wait. 0: no limit.")
    cookie: Annotated[str | Literal[False] | None, PlainValidator(cookie_word), "string or false"] = Field(
        None, description="What a key must be to mean this server; else its name. false: no key means it."
    )
    backup: Flag | None = Field(None, description="Used only where no other server is up.")
    init_addr: Annotated[InitAddr | None, PlainValidator(one_of("libc", "libc,none")), "string"] = Field(
        None,
        description="A host name that has no address at the start: libc ends the start with an error; libc,none lets "
        "the server be down until it has one.",
    )
    track: Text | None = Field(None, description="backend/server whose checks decide about this one too.")
    tls: Annotated[ServerTlsTable | None, "true, false or table"] = Field(
        None, description="Speak TLS with it; true verifies its certificate by the system's authorities and its name."
    )
    check: Annotated[CheckTable | None, "true, false or table"] = Field(
        None, description="How this server alone is checked; its words count more than the backend's."
    )


class InstancesTable(Table):
    command: Text | None = Field(
        None,
        description="What to start, split as a shell splits words; {name}, {port}, {n} and {python} are filled in.",
    )
    name: Text | None = Field(
        None, description="The servers' names, with {n} counting from 1; else the backend's and {n}."
    )
    count: Annotated[int | None, PlainValidator(number(1, 1000)), "number"] = Field(None, description="How many.")
    port: Annotated[int | None, PlainValidator(number(0, 65535)), "number"] = Field(
        None, description="The first one's port on 127.0.0.1, the others' follow; 0: free ones."
    )
    environment: Annotated[Environment | None, "table"] = Field(
        None, description="Variables that are added to the environment."
    )
    start_timeout: Duration | None = Field(None, description="How long an instance may take until it listens.")
    log: Text | None = Field(
        None,
        description='A file for what each prints, as in "logs/{name}.log"; else the gateway\'s own log has it.',
    )


class FilesTable(Table):
    root: Text | None = Field(None, description="The directory to serve, relative to the file; instead of servers.")
    listing: Flag | None = Field(None, description="Show what is in a directory that has no index.")
    index: Annotated[str | None, PlainValidator(index_name), "string"] = Field(
        None, description='The file that stands for its directory; "" for none.'
    )


class BackendTable(CommonOptions):
    server: dict[str, ServerTable] | None = None
    instances: InstancesTable | None = None
    files: FilesTable | None = None
    balance: Annotated[str | None, PlainValidator(balance_words), "string"] = Field(
        None,
        description="Who gets a request that no key pins: roundrobin, static-rr, leastconn, first, sqf, random(N), "
        "source, uri, hdr(name) or url_param name.",
    )
    dispatch: Annotated[Address | None, PlainValidator(server_address), "address"] = Field(
        None, description="The one address that requests go to, instead of servers; it is not checked."
    )
    hash_type: Annotated[str | None, PlainValidator(hash_type_words), "string"] = Field(
        None,
        description="How balance hashes: map-based or consistent, then sdbm, djb2, wt6 or crc32, then avalanche.",
    )
    hash_balance_factor: Annotated[int | None, PlainValidator(balance_factor), "number"] = Field(
        None,
        description="With consistent hashing, the percentage of its share that a server may have at most; 0: any.",
    )
    allbackups: Flag | None = Field(None, description="Let all backups serve together, not only the first one.")
    affinity: Annotated[
        str | list[dict[str, Any]] | None, PlainValidator(affinity_value), "preset or list of tables"
    ] = Field(None, description="The extractors in the order in which they are tried, or a preset's name or path.")
    check: Annotated[CheckTable | None, "true, false or table"] = Field(
        None, description="Probe the servers: true is a TCP connect; a table says more, and switches checks on."
    )
    pretend_keepalive: Flag | None = Field(
        None, description="In server-close, do not tell the server that the connection will be closed."
    )
    retries: Count | None = Field(
        None, description="How often a connection that could not be established is tried again."
    )
    redispatch: Annotated[bool | int | None, PlainValidator(redispatch_word), "true, false or number"] = Field(
        None,
        description="Let a retry go to another server: true is the last one; 2 every second one, -2 the last but one.",
    )
    persist: Flag | None = Field(
        None, description="Send a request to the server that its key names even where that server is down."
    )
    abortonclose: Flag | None = Field(None, description="Abort the exchange when the client closes its side.")
    drop_request_headers: FieldPatterns | None = Field(
        None, description="Fields of clients that no server sees; * at the end makes a name a prefix."
    )
    drop_on_upgrade: FieldPatterns | None = Field(
        None, description="The same, only in requests that ask for an Upgrade."
    )
    set_request_headers: FieldTable | None = Field(
        None, description="Fields that every request carries, instead of what the client sent under these names."
    )
    buffer_chunked_requests: SizeOrFalse | None = Field(
        None,
        description="Send chunked request bodies up to this size with a Content-Length, beyond it 413; false: as is.",
    )
    http_reuse: Annotated[HttpReuse | None, PlainValidator(one_of(*get_args(HttpReuse))), "string"] = Field(
        None,
        description="Which idle server connections requests share: always (all), aggressive (a client's first one "
        "only those used twice), safe (its first request none), never (each client its own).",
    )
    reuse_after_head: Flag | None = Field(None, description="Keep a server connection that has answered a HEAD.")
    strip_lost_key: Annotated[bool | str | None, PlainValidator(condition_or_flag), "true, false or condition"] = Field(
        None, description="Which requests reach their new server without a key whose own server is gone."
    )
    expect_timeout: DurationOrZero | None = Field(
        None, description="How long a server may ignore Expect: 100-continue before the gateway says 100 itself."
    )
    timeout: BackendTimeouts | None = None


class DefaultsTable(FrontendTable, BackendTable):
    """Any key of a frontend or a backend."""

    timeout: AllTimeouts | None = None
