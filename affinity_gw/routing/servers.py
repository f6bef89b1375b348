"""Servers as the operator wrote them: where they are, how they are probed, and those that the gateway starts itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from affinity_gw.routing.address import Address
from affinity_gw.routing.expect import Expect
from affinity_gw.routing.tls import ServerTls

InitAddr = Literal["libc", "libc,none"]


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
