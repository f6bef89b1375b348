"""Mode tcp: no requests, so nothing that reads or writes one. HAProxy ignores much of it with a warning; what would
decide where a connection goes is refused here, for a rule that never holds is no rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from affinity_gw.config.layers import Layers
from affinity_gw.config.problem import Problem
from affinity_gw.config.scan import Path
from affinity_gw.plugin import Extractor
from affinity_gw.routing.acl import split_words
from affinity_gw.routing.rules import UseBackend
from affinity_gw.routing.sections import Backend, Frontend

ACTIONS = frozenset({"backend", "server", "deny"})
"""What a rule may do with a connection; ``deny`` closes it, whatever its status."""

BALANCES = ("uri", "url_param", "hdr")
"""They hash a part of the request."""

HTTP_ONLY = frozenset(
    """
    buffer_chunked_requests connection drop_on_upgrade drop_request_headers errorfile expect_timeout forwarded_for
    forwarded_host forwarded_port forwarded_proto http_reuse max_head_bytes max_header_fields min_body_rate monitor_fail
    monitor_uri original_to pretend_keepalive response_rule reuse_after_head set_request_headers strip_lost_key
    """.split()  # noqa: SIM905  # names to read, not a page of quotes
)
HTTP_ONLY_TIMEOUTS = ("http_request", "http_keep_alive", "server_idle")

_CRITERION = re.compile(
    r"base|capture|cook|hdr|http|meth|path|query|req|res|scook|shdr|status|unique-id|url", re.IGNORECASE
)
"""How all names begin that ask about a request or an answer, in HAProxy's language; none of a connection's does."""


def condition_problem(text: str, *, is_acl: bool = False) -> Problem | None:
    """What a condition, or one line of an acl, asks that a connection cannot answer."""
    try:
        words = split_words(text)
    except ValueError:
        return None  # the compiler will say it
    for name in words[:1] if is_acl else _criteria(words):
        if _CRITERION.match(name):
            problem = f"{name} asks about a request, and mode tcp has none"
            return Problem(problem, "a connection has src, dst, dst_port and ssl_fc; nbsrv and its like work too")
    return None


def _criteria(words: list[str]) -> Iterator[str]:
    """Anonymous criteria, and HAProxy's own acls (``METH_GET``). Others are looked at where they are defined."""
    for before, word in zip(["", *words], words, strict=False):
        if before.endswith("{") or word.lstrip("!").isupper():
            yield word.lstrip("!")


def action_problem(action: str) -> Problem | None:
    if action in ACTIONS:
        return None
    return Problem(f"{action} needs a request, and mode tcp has none", "here a rule has backend, server or deny")


def extractor_problem(name: str, extractor: Extractor) -> Problem | None:
    if not extractor.needs_request:
        return None
    return Problem(f"{name} reads requests, and mode tcp has none", "source_ip works here, and so does balance")


def check_balance(layers: Layers, balance: object) -> None:
    """Complain of one that hashes requests. HAProxy falls back to round robin with a warning."""
    if re.split(r"[\s(]", str(balance), maxsplit=1)[0] in BALANCES:
        layers.complain(("balance",), f"{balance} reads requests, and mode tcp has none", 'write "source"')


def check_modes(sections: Mapping[str, Layers], frontends: Iterable[Frontend], backends: Iterable[Backend]) -> None:
    """Complain of each frontend that sends what it speaks to a backend that speaks something else."""
    modes = {backend.name: backend.mode for backend in backends}
    for frontend in frontends:
        layers = sections[frontend.name]
        named = {rule.action.backend for rule in frontend.rules if isinstance(rule.action, UseBackend)}
        for name in [frontend.backend, *(each for each in named if isinstance(each, str))]:
            if modes.get(name, frontend.mode) != frontend.mode:
                problem = f"{name} has mode {modes[name]}, and this frontend has mode {frontend.mode}"
                layers.complain(_where(layers, name), problem, "give both the same")


def _where(layers: Layers, name: str) -> Path:
    """The key that names a backend."""
    merged = layers.merged()
    if merged.get("backend") == name:
        return ("backend",)
    return next(
        (("rule", index, "backend") for index, rule in enumerate(merged["rule"]) if rule.get("backend") == name), ()
    )


def ignored(table: Mapping[str, Any]) -> Iterator[Path]:
    """The options of one section, as it was written, that do nothing in mode tcp."""
    yield from ((key,) for key in table if key in HTTP_ONLY)
    timeout = table.get("timeout")
    if isinstance(timeout, dict):
        yield from (("timeout", key) for key in HTTP_ONLY_TIMEOUTS if key in timeout)
