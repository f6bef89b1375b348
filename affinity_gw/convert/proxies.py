"""``defaults``, ``frontend``, ``backend`` and ``listen``: every directive by its first word, those that are left out
with their reason among them."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem
from affinity_gw.convert.affinity import AFFINITY
from affinity_gw.convert.balance import BALANCE
from affinity_gw.convert.binds import BINDS
from affinity_gw.convert.http_check import HTTP_CHECK
from affinity_gw.convert.logs import log_line, log_to
from affinity_gw.convert.options import option
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
        context.say("maxconn", number(context.argument(1, "a number"), "maxconn"))
        context.only(2)


def _retries(context: Context) -> None:
    if not context.ignored_here("backend"):
        context.say("retries", number(context.argument(1, "a number"), "retries"))
        context.only(2)


def _retry_on(context: Context) -> None:
    words = {str(word) for word in context.words[1:]}
    if words - {"conn-failure", "none"}:
        context.leave_out("nothing that was sent is sent again, so only failed connections are tried again")
    elif "none" in words:
        context.say("retries", 0)


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
    context.only(3)
    context.say(f"errorfile {status}", name)


def _silent(reason: str) -> Directive:
    return lambda context: context.warn(reason)


def _left_out(reason: str, advice: str = "") -> Directive:
    return lambda context: context.leave_out(reason, advice)


def _gone(advice: str) -> Directive:
    """Removed in HAProxy 2.1: a rule of the request's or the answer's head by regular expression."""
    return _left_out("it is refused since HAProxy 2.1", advice)


_STICK = _left_out("there are no stick tables", "affinity does what stick-on is used for: see source_ip and cookie")
_TCP_RULES = _left_out("connections are not inspected before they are served", "write a deny rule, or a firewall's")
_REQUEST = _gone("write http-request rules: set_header, del_header, deny, redirect")
_RESPONSE = _gone("write http-response rules: set_header, del_header")
_CAPTURE = _left_out("the log has its own fields", "log.format json holds host, path, key and reason")
_HEADERS = ("add", "del", "idel", "irep", "rep")

NOT_CARRIED: Mapping[str, Directive] = {
    "stats": _left_out("there are no statistics pages", "use the access log"),
    "stick": _STICK,
    "stick-table": _STICK,
    "tcp-request": _TCP_RULES,
    "tcp-response": _TCP_RULES,
    "tcp-check": _left_out("checks of mode tcp are a connect", "write an HTTP check, or leave it at that"),
    "compression": _left_out("answers are passed on as they come", "let the server compress"),
    "filter": _left_out("there are no filters"),
    "capture": _CAPTURE,
    "declare": _CAPTURE,
    "log-format": _left_out("lines have fixed formats", "json, httplog, tcplog and clf"),
    "log-format-sd": _left_out("lines have fixed formats", "json, httplog, tcplog and clf"),
    "error-log-format": _left_out("lines have fixed formats", "json, httplog, tcplog and clf"),
    "log-tag": _left_out("the tag is the whole gateway's", "write log-tag in global"),
    "unique-id-format": _left_out("requests get no identifier of the gateway's"),
    "unique-id-header": _left_out("requests get no identifier of the gateway's"),
    "email-alert": _left_out("the gateway sends no mail", "watch its log"),
    "source": _left_out("connections to servers leave from where the system lets them"),
    "rate-limit": _left_out("there is no limit of sessions a second"),
    "force-persist": _left_out("persistence is not forced"),
    "ignore-persist": _left_out("persistence is not ignored"),
    "persist": _left_out("there is no RDP cookie"),
    "http-after-response": _left_out("the gateway's own answers have no rules", "http-response rules change servers'"),
    "http-error": _left_out("pages are whole files", "write errorfile"),
    "errorloc": _left_out("an error is answered with a page, not with a redirect", "write errorfile"),
    "errorloc302": _left_out("an error is answered with a page, not with a redirect", "write errorfile"),
    "errorloc303": _left_out("an error is answered with a page, not with a redirect", "write errorfile"),
    "errorfiles": _left_out("there is no section http-errors", "write errorfile"),
    "http-send-name-header": _left_out("servers are not told their names", "write set_request_headers"),
    "use-fcgi-app": _left_out("servers speak HTTP"),
    "load-server-state-from-file": _left_out("servers begin anew", "checks find out in seconds"),
    "server-state-file-name": _left_out("servers begin anew", "checks find out in seconds"),
    "external-check": _left_out("checks cannot run programs", "write an HTTP check"),
    "fullconn": _silent("it matters only beside minconn, which is not carried over"),
    "backlog": _silent("the kernel keeps 1024 connections, or as many as it is allowed to"),
    "max-keep-alive-queue": _silent("whether a connection is kept does not depend on queues"),
    "description": _silent("it describes, and changes nothing"),
    "id": _silent("sections have no numbers"),
    "bind-process": _silent("all processes serve all frontends"),
    "enabled": _silent("it is what a section is anyhow"),
    "guid": _silent("sections have no identifiers"),
    "hash-preserve-affinity": _silent("a full server keeps its keys"),
    **dict.fromkeys([f"req{verb}" for verb in _HEADERS], _REQUEST),
    **dict.fromkeys([f"rsp{verb}" for verb in _HEADERS], _RESPONSE),
    **dict.fromkeys(["reqdeny", "reqideny", "reqallow", "reqiallow", "reqtarpit", "reqitarpit", "reqpass"], _REQUEST),
    **dict.fromkeys(["rspdeny", "rspideny"], _RESPONSE),
    "redisp": _left_out("it is refused since HAProxy 2.1", "write option redispatch"),
    "redispatch": _left_out("it is refused since HAProxy 2.1", "write option redispatch"),
}

PROXY: Mapping[str, Directive] = {
    **NOT_CARRIED,
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
