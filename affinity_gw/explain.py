"""What would become of one request, step by step: the same ``decide`` that serves traffic, asked once.

The request is written as a client would write it and read as the proxy reads it, so what the proxy would refuse is
refused here too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.control.escape import escaped
from affinity_gw.errors import BadRequest
from affinity_gw.http1.claims import Origin
from affinity_gw.http1.forwarded import client_address, is_trusted
from affinity_gw.http1.head import RequestHead, connection_head
from affinity_gw.proxy.parser import parse_request
from affinity_gw.routing.affinity import lost_key_target
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.decide import decide
from affinity_gw.routing.decision import Decision, Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.sections import Frontend
from affinity_gw.routing.snapshot import Snapshot, decider
from affinity_gw.routing.userlists import Claim, Unverified

_URL = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*)://)?([^/?#]*)([^#]*)")
_AS_WRITTEN = "".join(map(chr, range(0x21, 0x7F)))
"""A client sends what the user typed, and percent-encodes only what cannot stand in a target."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """``steps`` are sentences; ``server`` is ``backend/server``, None where the gateway answers with ``status`` itself.

    ``target``: the request-target that the server sees. In mode tcp ``method`` and ``target`` are empty, and the
    gateway's own answer is to close the connection.
    """

    frontend: str
    method: str
    target: str
    client: str
    steps: tuple[str, ...]
    pin: str
    extractor: str | None
    key: str | None
    backend: str | None
    server: str | None
    status: int | None
    location: str | None
    reason: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.method or 'a connection'} from {self.client} reaches frontend {self.frontend}"
        yield from (f"  {number}. {step}" for number, step in enumerate(self.steps, start=1))
        facts: list[tuple[str, object]] = [
            ("pin", self.pin),
            ("extractor", self.extractor),
            ("key", self.key),
            ("server", self.server),
            ("status", self.status),
            ("location", self.location),
            ("target", self.target),
            ("reason", self.reason),
        ]
        yield from (f"{name:<10} {escaped(str(value))}" for name, value in facts if value not in {None, ""})


def explain(
    config: Config,
    url: str,
    *,
    method: str = "GET",
    fields: Sequence[tuple[str, str]] = (),
    source: str = "127.0.0.1",
    frontend: str | None = None,
    down: Collection[str] = (),
) -> Explanation:
    """What becomes of a request. ``down``: the ids of servers that are down; all others are up.

    Raises Problem for a frontend or server that does not exist, or a request that would be refused.
    """
    chosen = _frontend(config, url, frontend)
    head = (_connection if chosen.mode == "tcp" else _head)(config, chosen, url, method, fields, source)
    snapshot = Snapshot.of(config, _down(config, down))
    decision, steps = _decided(head, chosen, snapshot)
    return _explanation(chosen, head, decision, snapshot, steps)


def _decided(head: RequestHead, frontend: Frontend, snapshot: Snapshot) -> tuple[Decision, list[str]]:
    """Passwords are looked at where the rules ask for them."""
    known: dict[Claim, bool] = {}
    snapshot = replace(snapshot, verified=known.get)
    while True:
        steps: list[str] = []
        try:
            return decide(head, frontend, snapshot, Live(), steps), steps
        except Unverified as question:
            # Slow to import, and few configurations have users.
            from affinity_gw.routing.passwords import matches  # noqa: PLC0415

            known[question.claim] = matches(question.claim.hash, question.claim.password)


def _explanation(
    frontend: Frontend, head: RequestHead, decision: Decision, snapshot: Snapshot, steps: list[str]
) -> Explanation:
    target, server = head.target, None
    if isinstance(decision, Forward):
        server = decision.server.id
        stripped = lost_key_target(decision, snapshot)
        if stripped is not None and stripped != target:
            target = stripped
            steps.append("strip_lost_key takes the dead key out of the target")
    return Explanation(
        frontend=frontend.name,
        method=head.method,
        target=target,
        client=head.client,
        steps=tuple(steps),
        pin=decision.pin,
        extractor=decision.extractor,
        key=decision.key,
        backend=decision.backend.name if decision.backend else None,
        server=server,
        status=None if isinstance(decision, Forward) or frontend.mode == "tcp" else decision.status,
        location=None if isinstance(decision, Forward) else decision.location or None,
        reason=decision.reason,
    )


def _frontend(config: Config, url: str, name: str | None) -> Frontend:
    """The one that is named, else the first that listens on the URL's port, else the first."""
    known = {frontend.name: frontend for frontend in config.frontends}
    if name is not None:
        if name not in known:
            raise Problem(f'there is no frontend "{name}"', suggestion(name, known))
        return known[name]
    port = _split(url)[1]
    listening = [each for each in config.frontends if any(bind.port == port for bind in each.binds)]
    return (*listening, *config.frontends)[0]


def _down(config: Config, names: Collection[str]) -> frozenset[str]:
    """The ids whose checks decide: a server that tracks another one is down when that one is."""
    servers = {server.id: server for backend in config.backends for server in backend.servers}
    for name in names:
        if name not in servers:
            raise Problem(f'there is no server "{name}"', suggestion(name, servers))
    return frozenset(decider(servers[name], servers) for name in names)


def _split(url: str) -> tuple[str, int, str]:
    """Host field, port and target of a URL; one that begins with a slash has no host of its own."""
    match = _URL.match(url)
    scheme, authority, target = match.groups() if match else ("", "", "")
    if (scheme or "http").lower() not in {"http", "https", "tcp"}:
        raise Problem(f"{url} is not an http URL", "write http://host/path?query, or /path?query")
    try:
        port = urlsplit(f"//{authority}").port or (443 if scheme == "https" else 80)
    except ValueError as error:
        raise Problem(f"{url} is not a URL: {error}", "write http://host/path?query, or /path?query") from None
    host = authority.rpartition("@")[2] or "localhost"
    return host, port, quote(target if target.startswith("/") else f"/{target}", safe=_AS_WRITTEN)


def _connection(
    config: Config, frontend: Frontend, url: str, method: str, fields: Sequence[tuple[str, str]], source: str
) -> RequestHead:
    """In mode tcp nobody looks at a request, so that only its source and its port are of account."""
    if method != "GET" or fields:
        raise Problem(f"frontend {frontend.name} has mode tcp and reads no requests", "leave -X and -H out")
    peer = _address(source)
    port = _split(url)[1]
    return connection_head(Origin(peer, peer, "", port, "tcp", is_trusted(peer, config.general.trusted_proxies)))


def _address(source: str) -> str:
    try:
        return str(ip_address(source))
    except ValueError:
        raise Problem(f"{source} is not an address", 'write one, as in "192.168.1.7"') from None


def _head(
    config: Config, frontend: Frontend, url: str, method: str, fields: Sequence[tuple[str, str]], source: str
) -> RequestHead:
    host, port, target = _split(url)
    own = [] if any(name.lower() == "host" for name, _ in fields) else [("Host", host)]
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in (*own, *fields)), "", ""]
    peer = _address(source)
    try:
        head = parse_request("\r\n".join(lines).encode("utf-8", "surrogateescape"), frontend.max_header_fields, peer)
    except BadRequest as error:
        raise Problem(f"this request is refused with {error.status}: {error.reason}") from None
    head.client = client_address(head.headers, peer, config.general.trusted_proxies)
    head.origin = Origin(peer, head.client, "", port, "https" if url.lower().startswith("https:") else "http")
    return head
