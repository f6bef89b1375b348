"""What is said about the client on the way to the server: its own claims, and what the gateway knows.

A stranger's claims (X-Forwarded-*, Forwarded, X-Real-IP and their kin) are dropped, a trusted proxy's are kept, and the
gateway adds what it has seen itself. ``forwarded_for``:

    replace   A stranger's claims are dropped and its address is written. A trusted proxy's list is kept, on one line,
              with the proxy's address appended.
    append    HAProxy's ``option forwardfor``: nothing is dropped, and a new line with the peer's address is added.
    off       No address is added. A stranger's claims are dropped all the same: an application that reads them would
              believe a stranger, which nobody who writes "off" wants.
    pass      Nothing is dropped and no address is added: HAProxy without option forwardfor.

Address fields have HAProxy's options (``AddressField``). In ``replace``, whatever name the client's address has is
protected: nobody's claim under it passes, ``if_none`` or not.

Names with an underscore count as claims: in a WSGI or CGI environment ``X_Forwarded_For`` is the real one's twin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from multidict import CIMultiDict, CIMultiDictProxy, istr

from affinity_gw.http1.forwarded import Network, is_trusted
from affinity_gw.http1.head import Field

ForwardedFor = Literal["replace", "append", "off", "pass"]

Headers = CIMultiDict[str] | CIMultiDictProxy[str]

_FORWARDED_PROTO = istr("X-Forwarded-Proto")
_FORWARDED_HOST = istr("X-Forwarded-Host")
_FORWARDED_PORT = istr("X-Forwarded-Port")


@dataclass(frozen=True, slots=True)
class AddressField:
    """How an address is told: in the field ``header``, unless it lies in one of the networks ``excepted`` or, with
    ``if_none``, the field is there already (HAProxy's option forwardfor and originalto)."""

    header: str
    excepted: tuple[Network, ...] = ()
    if_none: bool = False


X_FORWARDED_FOR = AddressField("X-Forwarded-For")
X_ORIGINAL_TO = AddressField("X-Original-To")

_CLAIMS = frozenset(
    {
        b"forwarded",
        b"x-real-ip",
        b"true-client-ip",
        b"x-client-ip",
        b"x-original-url",
        b"x-rewrite-url",
        b"x-original-to",
    }
)


def is_claim(name: bytes) -> bool:
    """Whether a lower-case name says something about the client or the way that it came."""
    return name in _CLAIMS or name.startswith(b"x-forwarded-")


class Origin:
    """Where requests come from; one a client connection.

    peer:          the address of the connection's other end, "" for a unix socket.
    client:        the client's address, after trusted proxies.
    local_address, local_port: what the client connected to; "" and 0 for a unix socket.
    scheme:        "http" or "https".
    trusted:       whether the peer's claims are believed.
    peer_port:     of the other end; 0 for a unix socket.
    sni:           the server name that a TLS client asked for; "" for none.
    """

    __slots__ = (
        "client",
        "kept",
        "kept_for",
        "local_address",
        "local_port",
        "peer",
        "peer_port",
        "scheme",
        "sni",
        "tail",
        "tail_by",
        "tail_of",
        "trusted",
    )

    def __init__(
        self, peer: str, client: str, local_address: str, local_port: int, scheme: str = "http", trusted: bool = False
    ) -> None:
        self.peer = peer
        self.client = client
        self.local_address = local_address
        self.local_port = local_port
        self.scheme = scheme
        self.trusted = trusted
        self.peer_port = 0
        self.sni = ""
        self.kept: tuple[bytes, ...] = ()
        """What was added to the connection's last request: the next one's is the same while Host is."""
        self.kept_for: tuple[Claims, str | None] | None = None
        self.tail = b""
        """What followed the request line of the connection's last request, written ``tail_by`` from the fields
        ``tail_of``."""
        self.tail_of: tuple[Field, ...] | None = None
        self.tail_by: object = None


class Claims:
    """Which claims pass, and which are added. ``set_elsewhere``: names that the operator sets, in lower case;
    ``touched``: those that rules wrote, beside which only what ``append`` always adds is added."""

    def __init__(
        self,
        forwarded_for: ForwardedFor,
        proto: bool,
        host: bool,
        port: bool,
        original_to: bool,
        set_elsewhere: frozenset[bytes] = frozenset(),
        touched: frozenset[bytes] = frozenset(),
        forwarded_for_field: AddressField = X_FORWARDED_FOR,
        original_to_field: AddressField = X_ORIGINAL_TO,
    ) -> None:
        self._forwarded_for = istr(forwarded_for_field.header)
        self._original_to = istr(original_to_field.header)
        self._excepted = {
            self._forwarded_for: forwarded_for_field.excepted,
            self._original_to: original_to_field.excepted,
        }
        wanted = {
            self._forwarded_for: forwarded_for in {"replace", "append"},
            _FORWARDED_PROTO: proto,
            _FORWARDED_HOST: host,
            _FORWARDED_PORT: port,
            self._original_to: original_to,
        }
        self._append = forwarded_for in {"append", "pass"}
        always_new = {self._forwarded_for, self._original_to} if self._append else set()
        said = set_elsewhere | (touched - {name.lower().encode() for name in always_new})
        self._added = tuple(name for name, yes in wanted.items() if yes and name.lower().encode() not in said)
        self._replaced = frozenset(name.lower().encode() for name in self._added if name not in always_new)
        self._list = self._forwarded_for.lower().encode()
        self._if_none = forwarded_for_field.if_none and self._forwarded_for in self._added
        self.names = frozenset(name.lower().encode() for name in self._excepted)
        """What Connection must not nominate: the fields in which addresses are told."""

    def may_pass(self, name: bytes, trusted: bool) -> bool:
        """Whether a field of the client's passes; ``name`` in lower case."""
        if trusted:
            return name != self._list or name not in self._replaced  # its list is written anew, with the peer
        if self._append:
            return name not in self._replaced
        return not is_claim(name) and b"_" not in name and name not in self._replaced

    def lines(self, headers: Headers, host: str | None, origin: Origin) -> tuple[bytes, ...]:
        """The gateway's own fields, each a line. ``headers`` are the client's, ``host`` is what it asked for."""
        if origin.trusted:
            return self._beside(headers, self._known(host, origin))
        if self._if_none and self._append and self._forwarded_for in headers:
            return _lines(pair for pair in self._values(host, origin) if pair[0] != self._forwarded_for)
        kept_for = origin.kept_for
        if kept_for is None or kept_for[0] is not self or kept_for[1] != host:
            origin.kept = _lines(self._values(host, origin))
            origin.kept_for = (self, host)
        return origin.kept

    def _values(self, host: str | None, origin: Origin) -> list[tuple[istr, str]]:
        return [(name, value) for name, value in self._known(host, origin) if not self._is_excepted(name, value)]

    def _known(self, host: str | None, origin: Origin) -> list[tuple[istr, str]]:
        known = {
            self._forwarded_for: origin.peer,
            _FORWARDED_PROTO: origin.scheme,
            _FORWARDED_HOST: host or "",
            _FORWARDED_PORT: str(origin.local_port or ""),
            self._original_to: origin.local_address,
        }
        return [(name, value) for name in self._added if (value := known[name])]

    def _is_excepted(self, name: istr, value: str) -> bool:
        excepted = self._excepted.get(name)
        return bool(excepted) and is_trusted(value, excepted or ())

    def _beside(self, headers: Headers, values: list[tuple[istr, str]]) -> tuple[bytes, ...]:
        """Ours beside a trusted proxy's: appended to its list, added where always new, else only what it lacks."""
        beside = []
        for name, value in values:
            theirs = headers.getall(name, ())
            silent = self._is_excepted(name, value) or (self._if_none and name == self._forwarded_for and theirs)
            if name == self._forwarded_for and self._list in self._replaced:
                told = theirs if silent else (*theirs, value)
                beside += [(name, ", ".join(told))] if told else []
            elif not silent and (name.lower().encode() not in self._replaced or not theirs):
                beside.append((name, value))
        return _lines(beside)


def _lines(values: Iterable[tuple[str, str]]) -> tuple[bytes, ...]:
    return tuple(f"{name}: {value}".encode("utf-8", "surrogateescape") for name, value in values)
