"""Everything that routing reads, frozen at one moment.

``Frontend``, ``Backend`` and ``Server`` are what the operator wrote, already checked and compiled (``config/build``).
A ``Snapshot`` is all of them plus which servers are down. It is never changed: a change of health or a reload makes a
new one, which takes the old one's place by a single assignment. An exchange takes the snapshot once and keeps it, so a
decision never sees half of a change. Counters that live (connections, round-robin positions) stand beside it, in
``live``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from affinity_gw.http1.claims import AddressField, ForwardedFor
from affinity_gw.http1.forwarded import Network
from affinity_gw.http1.head import Exchanged, RequestHead
from affinity_gw.plugin import Extractor, Pin
from affinity_gw.routing.address import Address as Address  # noqa: PLC0414  # re-exported: a part of a snapshot
from affinity_gw.routing.expect import Expect
from affinity_gw.routing.first_match import Search, next_match
from affinity_gw.routing.logs import LogTarget
from affinity_gw.routing.rules import ResponseRule, Rule
from affinity_gw.routing.tls import ServerTls
from affinity_gw.routing.userlists import Claim, Userlist

Mode = Literal["http", "tcp"]
Connection = Literal["keep-alive", "server-close", "close"]
InitAddr = Literal["libc", "libc,none"]
HttpReuse = Literal["never", "safe", "aggressive", "always"]
LogFormat = Literal["auto", "console", "json", "httplog", "tcplog", "clf", "connect"]

Predicate = Callable[[RequestHead, "Snapshot"], bool]
"""A compiled condition."""

ResponsePredicate = Callable[[Exchanged, "Snapshot"], bool]
"""A compiled condition of a rule that looks at answers."""


def nobody_waits(_backend: str) -> int:
    return 0


def nothing_is_verified(_claim: Claim) -> None:
    return None


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """How a server is probed. ``request`` is the exact bytes of an HTTP check; None is a TCP connect.

    Seconds; ``fastinter`` holds while a server is between two states, ``downinter`` while it is down.
    """

    request: bytes | None = None
    inter: float = 2.0
    fastinter: float = 2.0
    downinter: float = 2.0
    rise: int = 2
    fall: int = 3
    connect_timeout: float = 2.0
    answer_timeout: float = 2.0
    expect: tuple[Expect, ...] = ()
    """All must be met; without any, a status of 2xx or 3xx is well."""
    address: Address | None = None
    """Where to probe, if not where the requests go."""
    tls: ServerTls | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """One address in a backend. ``number`` is HAProxy's ``id``, the place in the file where none is given; it decides
    where the server stands on the ring of consistent hashing. ``maxconn`` 0 is no limit."""

    backend: str
    name: str
    number: int
    address: Address
    weight: int = 1
    maxconn: int = 0
    cookie: str | Literal[False] = ""
    """False: no key means this server (HAProxy's server without a cookie)."""
    backup: bool = False
    init_addr: InitAddr = "libc"
    """What to do about a host name without an address: give up, or start with the server down."""
    check: CheckSpec | None = None
    tls: ServerTls | None = None
    track: str = ""
    """``backend/server`` whose state is this one's; empty for none."""
    instance: bool = False
    """Started by the gateway itself: down until it listens."""
    id: str = field(init=False)
    """``backend/server``, unique in a configuration."""
    word: str = field(init=False)
    """What a key must be to mean this server; empty where none does."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", f"{self.backend}/{self.name}")
        object.__setattr__(self, "word", "" if self.cookie is False else self.cookie or self.name)


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


LOOPBACK = "127.0.0.1"
"""Where instances listen: nobody but their gateway has to reach them."""


@dataclass(frozen=True, slots=True)
class InstancesSpec:
    """Processes that the gateway starts itself. ``command`` is already split into words; ``{name}``, ``{port}``,
    ``{n}`` and ``{python}`` in it are filled in per instance. ``directory``: where they run (the file's). ``log``: the
    file for what they print, with the same words in it; empty: the gateway's own log."""

    backend: str
    command: tuple[str, ...]
    names: tuple[str, ...]
    ports: tuple[int, ...]
    """One a name; 0 until a free port has been found."""
    directory: str = "."
    environment: tuple[tuple[str, str], ...] = ()
    start_timeout: float = 30.0
    log: str = ""


@dataclass(frozen=True, slots=True)
class FilesSpec:
    """A directory that the gateway serves itself. ``root`` is an absolute path; ``index`` empty: there is none."""

    backend: str
    root: str
    listing: bool = False
    index: str = "index.html"


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


@dataclass(frozen=True, slots=True)
class Global:
    """What holds for the whole process."""

    maxconn: int = 4096
    trusted_proxies: tuple[Network, ...] = ()
    hard_stop_after: float = 30.0
    log_access: bool = True
    log_format: LogFormat = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_targets: tuple[LogTarget, ...] = ()
    log_tag: str = "affinity_gw"
    """What syslog lines call the program."""
    user: str = ""
    """A name, or a number in digits; empty: as it is. Likewise ``group``."""
    group: str = ""
    chroot: str = ""
    daemon: bool = False
    pidfile: str = ""
    ulimit_n: int = 0
    """0: computed from maxconn."""
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration, checked and compiled; ``warnings`` are sentences for the operator."""

    file: str
    general: Global
    frontends: tuple[Frontend, ...]
    backends: tuple[Backend, ...]
    warnings: tuple[str, ...] = ()
    userlists: tuple[Userlist, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``down``: the ids of all servers that are down, tracking ones included. ``usable``: by backend, the servers that
    balance may choose: up, with a weight, and backups only where nothing else is left (the first one, or all where
    ``allbackups`` says so)."""

    frontends: Mapping[str, Frontend]
    backends: Mapping[str, Backend]
    down: frozenset[str] = frozenset()
    usable: Mapping[str, tuple[Server, ...]] = field(default_factory=dict)
    queued: Callable[[str], int] = nobody_waits
    """How many requests wait in a backend and its servers now: the one live count that conditions read."""
    userlists: Mapping[str, Userlist] = field(default_factory=dict)
    verified: Callable[[Claim], bool | None] = nothing_is_verified
    """Whether a password is the right one, as far as that has been found out; None: not yet."""

    @classmethod
    def of(cls, config: Config, down: frozenset[str] = frozenset()) -> Snapshot:
        """The first snapshot of a configuration. ``down`` holds servers that are down by their own checks."""
        empty = cls(
            {f.name: f for f in config.frontends},
            {b.name: b for b in config.backends},
            userlists={each.name: each for each in config.userlists},
        )
        return empty.with_down(down)

    def with_down(self, down: frozenset[str]) -> Snapshot:
        """The same configuration with other servers down; those that track one of them go down with it."""
        everyone = {server.id: server for backend in self.backends.values() for server in backend.servers}
        all_down = frozenset(name for name, server in everyone.items() if decider(server, everyone) in down)
        usable = {name: _usable(backend, all_down) for name, backend in self.backends.items()}
        return replace(self, down=all_down, usable=usable)

    def is_up(self, server: Server) -> bool:
        return server.id not in self.down

    def may_choose(self, server: Server) -> bool:
        """Whether the server is usable for balance now: as ``server in usable``, however many they are."""
        usable = self.usable.get(server.backend)
        if not usable or usable[0].backup != server.backup:
            return False
        if server.backup:
            return any(server.id == each.id for each in usable)
        return server.weight > 0 and self.is_up(server)

    def nbsrv(self, backend: str) -> int:
        """HAProxy's ``nbsrv``: how many servers of a backend are usable now."""
        return len(self.usable[backend])


def decider(server: Server, everyone: Mapping[str, Server]) -> str:
    """The id of the server whose checks decide about this one: itself, or the end of what it tracks. ``everyone``: all
    servers by id; ``config`` has made sure that there is no circle."""
    while server.track:
        server = everyone[server.track]
    return server.id


def _usable(backend: Backend, down: frozenset[str]) -> tuple[Server, ...]:
    up = [server for server in backend.servers if server.id not in down and server.weight > 0]
    active = tuple(server for server in up if not server.backup)
    return active or tuple(up if backend.allbackups else up[:1])
