"""``defaults``, ``frontend``, ``backend`` and ``listen``: every directive by its first word, those that are left out
with their reason among them."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.affinity import AFFINITY
from affinity_gw.convert.balance import BALANCE
from affinity_gw.convert.binds import BINDS
from affinity_gw.convert.http_check import HTTP_CHECK
from affinity_gw.convert.leftovers import PROXY_LEFTOVERS, directives
from affinity_gw.convert.logs import log_line, log_to
from affinity_gw.convert.options import option
from affinity_gw.convert.optionwords import whole_number
from affinity_gw.convert.rules import RULES
from affinity_gw.convert.sections import Context, Directive, spelt
from affinity_gw.convert.servers import SERVERS
from affinity_gw.convert.timeouts import TIMEOUTS
from affinity_gw.convert.words import number


def _mode(context: Context) -> None:
    mode = str(context.argument(1, "the mode"))
    context.only(2)
    if mode == "health":
        raise Problem("mode health is refused since HAProxy 2.1", "write monitor-uri in a frontend of mode http")
    if mode not in {"http", "tcp"}:
        raise Problem(f'"{mode}" is no mode', "tcp or http")
    context.say("mode", mode)


def _maxconn(context: Context) -> None:
    if not context.ignored_here("frontend"):
        context.say("maxconn", max(0, whole_number(context, context.argument(1, "a number"), "maxconn")))
        context.only(2)


def _retries(context: Context) -> None:
    if not context.ignored_here("backend"):
        context.say("retries", max(0, whole_number(context, context.argument(1, "a number"), "retries")))
        context.only(2)


def _retry_on(context: Context) -> None:
    context.argument(1, "when to try again")
    words = {str(word) for word in context.words[1:]}
    if odd := sorted(words - _RETRY_ON):
        raise Problem(f'retry-on does not know "{odd[0]}"', suggestion(odd[0], _RETRY_ON))
    if "none" in words and len(words) > 1:
        raise Problem("retry-on none stands alone", "take out none, or the others")
    if words - {"conn-failure", "none"}:
        context.leave_out("nothing that was sent is sent again, so only failed connections are tried again")
    elif "none" in words:
        context.say("retries", 0)


_RETRY_ON = {"none", "conn-failure", "empty-response", "junk-response", "response-timeout", "0rtt-rejected"}
_RETRY_ON |= {"all-retryable-errors", "401", "403", "404", "408", "425", "500", "501", "502", "503", "504"}
_REUSE = ("never", "safe", "aggressive", "always")


def _http_reuse(context: Context) -> None:
    word = str(context.argument(1, "never, safe, aggressive or always"))
    if word not in _REUSE:
        raise Problem(f'"{word}" is no way to reuse connections', f"one of {', '.join(_REUSE)}")
    context.only(2)
    if not context.ignored_here("backend"):
        context.say("http_reuse", word)


def _log(context: Context) -> None:
    """``log global`` switches a frontend's lines on; a target of a section's own becomes everybody's."""
    if context.negated:
        context.say("log", False)
        return
    if list(context.words[1:]) == ["global"]:
        context.say("log", True)
        return
    target = log_line(context, context.words[1:])
    context.say("log", True)
    log_to(context, target)
    context.warn("log targets are the whole gateway's: every frontend that logs writes there too")


def _errorfile(context: Context) -> None:
    status = number(context.argument(1, "the status"), "status", 200, 504)
    name = spelt(context.argument(2, "the file"))
    if len(context.words) > 3:
        context.warn("HAProxy reads no further than the file's name", "take the rest out")
    context.say(f"errorfile {status}", name)


def _switch_off(context: Context) -> None:
    """Nothing here would switch a section on again."""
    context.say("disabled", context.words[0] == "disabled")


PROXY: Mapping[str, Directive] = {
    **directives(PROXY_LEFTOVERS),
    **dict.fromkeys(("disabled", "enabled"), _switch_off),
    **TIMEOUTS,
    **RULES,
    **SERVERS,
    **BALANCE,
    **AFFINITY,
    **BINDS,
    "option": option,
    "mode": _mode,
    "maxconn": _maxconn,
    "retries": _retries,
    "retry-on": _retry_on,
    "http-reuse": _http_reuse,
    "http-check": HTTP_CHECK,
    "log": _log,
    "errorfile": _errorfile,
}
"""By the first word."""
