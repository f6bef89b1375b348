"""A scenario: one haproxy.cfg, a script of steps, and what the servers answer.

In ``config`` stand ``{bind.web}`` for an address to listen on, ``{server.a}`` for the address of the recording server
a, ``{log}`` for a UDP socket that keeps lines, and ``{file.name}`` for the path of a file of ``files``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.differential.seen import Value
from tests.differential.servers import Answer
from tests.differential.steps import Step

PLACE = re.compile(r"\{(bind|server|file)\.(\w+)\}|\{(log)\}")

DEFAULTS = """
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
"""
"""The head of most configurations."""

ONE_SERVER = (
    DEFAULTS
    + """
frontend web
    bind {bind.web}
    default_backend app
backend app
    server a {server.a}
"""
)


Level = Callable[[str, Value, Value], tuple[Value, Value]]
"""A place, HAProxy's value there and ours: both, made equal in one respect."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A difference on purpose that some scenarios show; they fail once nothing differs there any more.

    ``row``: its row in README. ``level``: takes just that difference off; without it, ``theirs`` and ``here`` are the
    statuses of all answers, 0 for a connection that was closed without one, and nothing else is compared.
    """

    row: str
    theirs: tuple[int, ...] = ()
    here: tuple[int, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """``down``: servers that refuse from the start. ``raw``: servers speak no HTTP.

    ``checks``: targets of health checks, which are not compared request by request.
    ``answers_only``: what the servers saw is not compared, since only the choice among them matters.
    ``not_yet``: why the gateway cannot do it yet.
    """

    name: str
    config: str
    steps: tuple[Step, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    down: tuple[str, ...] = ()
    raw: bool = False
    checks: tuple[str, ...] = ()
    answers_only: bool = False
    apart: Apart | None = None
    not_yet: str = ""

    @property
    def servers(self) -> list[str]:
        return list(dict.fromkeys(self._places("server")))

    @property
    def frontends(self) -> list[str]:
        return list(dict.fromkeys(self._places("bind")))

    @property
    def checked(self) -> bool:
        """Some connections without a byte are checks, and how many there are is a matter of time."""
        return re.search(r"^\s*(default-)?server .*\bcheck\b", self.config, re.MULTILINE) is not None

    def _places(self, kind: str) -> Iterator[str]:
        return (found[2] for found in PLACE.finditer(self.config) if found[1] == kind)
