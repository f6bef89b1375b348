"""Frontends and backends as the operator wrote them, checked and compiled (``config/build``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from affinity_gw.http1.claims import AddressField, ForwardedFor
from affinity_gw.plugin import Extractor, Pin
from affinity_gw.routing.address import Address
from affinity_gw.routing.first_match import Search, next_match
from affinity_gw.routing.predicates import Predicate
from affinity_gw.routing.rules import ResponseRule, Rule
from affinity_gw.routing.servers import FilesSpec, InstancesSpec, Server

Mode = Literal["http", "tcp"]
Connection = Literal["keep-alive", "server-close", "close"]
HttpReuse = Literal["never", "safe", "aggressive", "always"]
LogFormat = Literal["auto", "console", "json", "httplog", "tcplog", "clf", "connect"]


@dataclass(frozen=True, slots=True)
class AffinityEntry:
    """One line of a backend's ``affinity``: ``name`` as the configuration spells the extractor."""

    name: str
    extractor: Extractor
    pin: Pin


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What is added about the client. In a backend, None means "as the frontend says"."""

    forwarded_for: ForwardedFor | None = None
    forwarded_proto: bool | None = None
    forwarded_host: bool | None = None
    forwarded_port: bool | None = None
    original_to: bool | None = None
    forwarded_for_field: AddressField | None = None
    original_to_field: AddressField | None = None


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An operator's own answer in place of the gateway's (HAProxy's ``errorfile``). ``head`` ends before its blank
    line and says nothing of the connection; no head at all closes without a word."""

    head: bytes
    body: bytes
    delimited: bool
    """It has a Content-Length, so that the connection may stay open."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A named set of servers with its balance, affinity and checks. Seconds everywhere; ``inf`` is no limit."""

    name: str
    servers: tuple[Server, ...]
    mode: Mode = "http"
    balance: str = "roundrobin"
    """In HAProxy's words, as is ``hash_type``; ``balancewords`` reads them."""
    hash_type: str = "map-based"
    hash_balance_factor: int = 0
    """Consistent hashing lets no server have more than so many percent of its share; 0: no such bound."""
    allbackups: bool = False
    """Backups serve all together, not only the first one."""
    affinity: tuple[AffinityEntry, ...] = ()
    connection: Connection | None = None
    """None where the section does not say; see ``proxy/route``."""
    pretend_keepalive: bool = True
    retries: int = 3
    redispatch: bool = True
    redispatch_after: int = -1
    """Which retry may go elsewhere: 2 is every second one, -1 the last, -2 the last but one (``option redispatch``)."""
    persist: bool = False
    """A key sends its request to its server even where that is down (HAProxy's option persist)."""
    abortonclose: bool = True
    forwarding: Forwarding = Forwarding()
    timeout_connect: float = 5.0
    timeout_server: float = 50.0
    timeout_tunnel: float = 3600.0
    timeout_queue: float = 5.0
    timeout_server_idle: float = 5.0
    drop_request_headers: tuple[str, ...] = ()
    """Names in any case; one that ends in ``*`` is a prefix."""
    drop_on_upgrade: tuple[str, ...] = ()
    set_request_headers: tuple[tuple[str, str], ...] = ()
    """Each replaces what the client sent under that name."""
    buffer_chunked_requests: int = 0
    """Chunked request bodies up to so many bytes are sent with a Content-Length; 0 passes them as they come."""
    reuse_after_head: bool = True
    http_reuse: HttpReuse = "always"
    """Which idle connections a request may have that another client's left behind; see ``proxy/sending``."""
    strip_lost_key: Predicate | None = None
    """Which requests reach their new server without a key whose pin is lost."""
    expect_timeout: float = 1.0
    """How long the server may stay silent on Expect: 100-continue before the gateway says 100 itself."""
    rules: tuple[Rule, ...] = ()
    response_rules: tuple[ResponseRule, ...] = ()
    errorfiles: Mapping[int, ErrorPage] = field(default_factory=dict)
    """By status; before the frontend's."""
    instances: InstancesSpec | None = None
    files: FilesSpec | None = None
    """Its one server is a site of the gateway's own, whose address is known once it has been started."""
    words: Mapping[str, Server] = field(init=False, repr=False)
    """Servers by their word, those that are down included; of two with one word the first."""
    named: Mapping[str, Server] = field(init=False, repr=False)
    """Servers by name."""
    search: Search = field(init=False, repr=False, compare=False)
    """Through the rules."""

    def __post_init__(self) -> None:
        words: dict[str, Server] = {}
        for server in self.servers:
            if server.word:
                words.setdefault(server.word, server)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "named", {server.name: server for server in self.servers})
        object.__setattr__(self, "search", next_match(self.rules))


@dataclass(frozen=True, slots=True)
class Frontend:
    """Where clients connect. ``rules`` are already in HAProxy's order (``rules.in_order``)."""

    name: str
    binds: tuple[Address, ...]
    backend: str = ""
    """The default backend; empty for none (503)."""
    rules: tuple[Rule, ...] = ()
    response_rules: tuple[ResponseRule, ...] = ()
    """Tried after the backend's, as in HAProxy; their conditions look at an ``Exchanged``."""
    log: bool = True
    """Whether its exchanges are logged at all."""
    log_format: LogFormat | None = None
    """None: the general one."""
    dontlognull: bool = True
    """No line for a connection on which nothing was ever sent."""
    dontlog_normal: bool = False
    """No line for what went well (HAProxy: no error, no timeout, no retry, no redispatch)."""
    log_separate_errors: bool = False
    """Syslog lines for what went wrong are of level err, not info."""
    errorfiles: Mapping[int, ErrorPage] = field(default_factory=dict)
    monitor_uri: str = ""
    """A request for exactly this target is answered with 200 by the gateway itself, and not logged."""
    monitor_fail: Predicate | None = None
    """Where it holds, with 503."""
    mode: Mode = "http"
    maxconn: int = 0
    connection: Connection | None = None
    """None where the section does not say; see ``proxy/route``."""
    forwarding: Forwarding = Forwarding("replace", True, True, True, True)
    max_head_bytes: int = 16384
    max_header_fields: int = 100
    min_body_rate: int = 64
    timeout_client: float = 50.0
    timeout_http_request: float = 10.0
    timeout_http_keep_alive: float = 10.0
    search: Search = field(init=False, repr=False, compare=False)
    """Through the rules."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "search", next_match(self.rules))
