"""What a request line, a status line and the target in it give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from affinity_gw.http1.head import RequestHead, ResponseHead
from affinity_gw.routing.fields import header_values
from affinity_gw.routing.samples import Arguments, Fetch, Sample


def url(head: RequestHead) -> str:
    """The request-target exactly as received."""
    return head.target


def path(head: RequestHead) -> str | None:
    """From the first slash after the authority to the question mark; ``*`` has none."""
    return head.path if head.target != "*" else None


def path_and_query(head: RequestHead) -> str | None:
    text, mark, parameters = head.target.partition("?")
    return None if text == "*" else f"{head.path}{mark}{parameters}"


def query(head: RequestHead) -> str | None:
    _, mark, text = head.target.partition("?")
    return text if mark else None


_HOSTS = header_values("Host")


def _beside_host(take: Callable[[RequestHead], str | None]) -> Callable[[RequestHead], str | None]:
    """The first value of Host, and the path behind it."""

    def value(head: RequestHead) -> str | None:
        hosts, rest = _HOSTS(head), take(head)
        return hosts[0] + (rest or "") if hosts and hosts[0] else rest

    return value


def _simple(take: Callable[[Any], Any]) -> Callable[[Arguments], Sample]:
    def build(arguments: Arguments) -> Sample:
        arguments.at_most(0)
        return Sample(lambda head, _snapshot: take(head))

    return build


def _version(head: RequestHead | ResponseHead) -> str:
    return f"1.{head.minor}"


def _method(head: RequestHead) -> str:
    return head.method


def _status(head: ResponseHead) -> int:
    return head.status


LINE: Mapping[str, Fetch] = MappingProxyType(
    {
        "url": Fetch("string", "request", _simple(url)),
        "path": Fetch("string", "request", _simple(path)),
        "pathq": Fetch("string", "request", _simple(path_and_query)),
        "query": Fetch("string", "request", _simple(query)),
        "base": Fetch("string", "request", _simple(_beside_host(path))),
        "baseq": Fetch("string", "request", _simple(_beside_host(path_and_query))),
        "req.ver": Fetch("string", "request", _simple(_version)),
        "req_ver": Fetch("string", "request", _simple(_version)),
        "method": Fetch("method", "connection", _simple(_method)),
        "capture.req.method": Fetch("string", "connection", _simple(_method)),
        "capture.req.uri": Fetch("string", "connection", _simple(path_and_query)),
        "res.ver": Fetch("string", "answer", _simple(_version)),
        "resp_ver": Fetch("string", "answer", _simple(_version)),
        "status": Fetch("integer", "answer", _simple(_status)),
    }
)
"""The method and what HAProxy captures of a request are still known when its answer comes."""
