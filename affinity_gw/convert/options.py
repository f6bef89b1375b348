"""``option …`` and ``no option …``: switches of a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from affinity_gw.config.addresses import network
from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.checks import CHECK_OPTIONS
from affinity_gw.convert.sections import Context, Directive, spelt


def option(context: Context) -> None:
    """``option NAME …``. Raises Problem for a name that HAProxy does not know."""
    name = str(context.argument(1, "which option it is"))
    read = OPTIONS.get(name)
    if read is None:
        raise Problem(f'there is no option "{name}"', suggestion(name, OPTIONS))
    if context.negated and name in _NOT_NEGATED:
        raise Problem(f"option {name} cannot be taken back", "take the line out")
    read(context)


_NOT_NEGATED = {"httplog", "tcplog", "httpslog", "forwardfor", "originalto", "tcpka", "http-restrict-req-hdr-names"}
"""HAProxy refuses ``no`` before these; the kinds of checks refuse it themselves."""


def _switch(word: str) -> Directive:
    def read(context: Context) -> None:
        context.only(2)
        context.say(word, not context.negated)

    return read


def _connection(mode: str) -> Directive:
    """They exclude one another: the last one holds. What a section has not, it cannot switch off."""

    def read(context: Context) -> None:
        context.only(2)
        if not context.negated:
            context.say("connection", mode)
        elif context.section.value("connection") == mode:
            context.say("connection", "keep-alive")

    return read


def _gone_connection(mode: str, since: str) -> Directive:
    inner = _connection(mode)

    def read(context: Context) -> None:
        inner(context)
        if not context.negated:
            context.repaired(f"option {context.words[1]} is refused since HAProxy {since}; it becomes {mode}")

    return read


def _pretend(context: Context) -> None:
    context.only(2)
    if context.section.kind == "frontend":
        context.warn("it says nothing in a frontend, as in HAProxy", "move it to the backend")
        return
    context.say("pretend_keepalive", not context.negated)


def _httplog(context: Context) -> None:
    clf = len(context.words) > 2 and context.words[2] == "clf"
    context.only(3 if clf else 2)
    context.say("log_format", "connect" if context.negated else "clf" if clf else "httplog")


def _tcplog(context: Context) -> None:
    context.only(2)
    context.say("log_format", "connect" if context.negated else "tcplog")


def _httpslog(context: Context) -> None:
    context.only(2)
    context.say("log_format", "httplog")
    context.leave_out("the form httpslog is not written; it is httplog, without what TLS says", "write option httplog")


def _redispatch(context: Context) -> None:
    if len(context.words) > 3:
        context.warn("HAProxy reads no further than the number", "take the rest out")
    if len(context.words) > 2 and context.words[2] not in {"1", "-1", "0"}:
        context.warn(f"redispatch {context.words[2]}: a retry that may go elsewhere is the last one", "leave it out")
    context.say("redispatch", not context.negated and list(context.words[2:]) != ["0"])


def _forwardfor(context: Context) -> None:
    context.say("forwarded_for", "pass" if context.negated else _claim(context, {"mode": "append"}, may_lack=True))


def _originalto(context: Context) -> None:
    context.say("original_to", False if context.negated else _claim(context, {}, may_lack=False))


def _claim(context: Context, said: dict[str, Any], *, may_lack: bool) -> Any:
    """``except NETWORK``, ``header NAME``, ``if-none``: a table, or the shortest word for it."""
    words = list(context.words[2:])
    while words:
        word = str(words.pop(0))
        if word == "if-none" and may_lack:
            said["if_none"] = True
        elif word in {"except", "header"} and words:
            value = words.pop(0)
            if word == "except":
                network(str(value))
            said[word] = spelt(value)
        else:
            advice = "after it come except NETWORK, header NAME" + (" and if-none" if may_lack else "")
            raise Problem(f'"{word}" cannot stand here', advice)
    return said.get("mode", True) if said.keys() <= {"mode"} else said


def _log_asap(context: Context) -> None:
    context.leave_out("a line is written when an exchange is over")


def _nothing(reason: str) -> Directive:
    return lambda context: context.warn(reason)


def _left_out(reason: str, advice: str = "") -> Directive:
    def read(context: Context) -> None:
        if not context.negated:
            context.leave_out(reason, advice)

    return read


def _restrict(context: Context) -> None:
    what = context.argument(2, "preserve, reject or delete")
    if what not in {"preserve", "reject", "delete"}:
        raise Problem(f'http-restrict-req-hdr-names does not know "{what}"', "one of preserve, reject and delete")
    context.leave_out("names of fields are tokens, whatever stands here")


_KEEPALIVE = _nothing("the kernel's own keep-alive is not used; timeouts close what is dead")
_SPLICE = _nothing("how bytes are copied is the gateway's business")

OPTIONS: Mapping[str, Directive] = {
    "httplog": _httplog,
    "tcplog": _tcplog,
    "httpslog": _httpslog,
    "dontlognull": _switch("dontlognull"),
    "dontlog-normal": _switch("dontlog_normal"),
    "log-separate-errors": _switch("log_separate_errors"),
    "http-keep-alive": _connection("keep-alive"),
    "http-server-close": _connection("server-close"),
    "httpclose": _connection("close"),
    "forceclose": _gone_connection("close", "2.0"),
    "http-tunnel": _gone_connection("keep-alive", "2.1"),
    "http-pretend-keepalive": _pretend,
    "forwardfor": _forwardfor,
    "originalto": _originalto,
    "redispatch": _redispatch,
    "abortonclose": _switch("abortonclose"),
    "allbackups": _switch("allbackups"),
    "persist": _switch("persist"),
    **CHECK_OPTIONS,
    "logasap": _log_asap,
    "nolinger": _nothing("connections are reset where a close would mislead"),
    "tcpka": _KEEPALIVE,
    "clitcpka": _KEEPALIVE,
    "srvtcpka": _KEEPALIVE,
    "splice-auto": _SPLICE,
    "splice-request": _SPLICE,
    "splice-response": _SPLICE,
    "tcp-smart-accept": _nothing("the kernel acknowledges as it likes"),
    "tcp-smart-connect": _nothing("the kernel acknowledges as it likes"),
    "http-no-delay": _nothing("nothing is delayed"),
    "contstats": _nothing("there are no statistics to count"),
    "socket-stats": _nothing("there are no statistics to count"),
    "log-health-checks": _nothing("changes of state are logged"),
    "idle-close-on-response": _nothing("idle connections are closed at a stop"),
    "disable-h2-upgrade": _nothing("there is no HTTP/2"),
    "h1-case-adjust-bogus-client": _nothing("names of fields keep their case"),
    "h1-case-adjust-bogus-server": _nothing("names of fields keep their case"),
    "http-ignore-probes": _left_out("a connection without a byte is answered with 408", "write errorfile.408"),
    "accept-invalid-http-request": _left_out("what breaks HTTP is refused always"),
    "accept-invalid-http-response": _left_out("what breaks HTTP is refused always"),
    "http-buffer-request": _left_out("bodies are passed on as they come"),
    "http-use-proxy-header": _left_out("Proxy-Connection says nothing to a gateway"),
    "independent-streams": _left_out("both directions keep a connection alive"),
    "transparent": _left_out("servers are reached at their own addresses only"),
    "prefer-last-server": _left_out("each request is decided for itself", "use affinity"),
    "checkcache": _left_out("answers are not looked at for cacheable cookies"),
    "http-restrict-req-hdr-names": _restrict,
}
"""By name."""
