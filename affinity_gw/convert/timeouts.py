"""``timeout …``, and the spellings that HAProxy 2.1 took away (``contimeout`` and its like)."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.sections import Context, Directive
from affinity_gw.convert.words import time

CARRIED = ("client", "connect", "server", "queue", "check", "tunnel", "http-request", "http-keep-alive")

_NOT_CARRIED = {
    "client-fin": "a half-closed client has timeout.client",
    "server-fin": "a half-closed server has timeout.server",
    "tarpit": "nobody is kept waiting on purpose",
    "client-hs": "a handshake has timeout.http_request",
}


def _timeout(context: Context) -> None:
    what = str(context.argument(1, "which time it is"))
    length = time(context.argument(2, "the time"))
    context.only(3)
    if what in _NOT_CARRIED:
        context.warn(_NOT_CARRIED[what], "leave it out")
    elif what in CARRIED:
        context.say(f"timeout {what}", length)
    else:
        raise Problem(f'there is no "timeout {what}"', suggestion(what, (*CARRIED, *_NOT_CARRIED)))


def _old(what: str) -> Directive:
    def read(context: Context) -> None:
        context.say(f"timeout {what}", time(context.argument(1, "the time")))
        context.only(2)
        context.repaired(f"{context.words[0]} is refused since HAProxy 2.1; it means timeout {what}")

    return read


TIMEOUTS: Mapping[str, Directive] = {
    "timeout": _timeout,
    "contimeout": _old("connect"),
    "clitimeout": _old("client"),
    "srvtimeout": _old("server"),
}
