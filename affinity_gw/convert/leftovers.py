"""What a proxy of HAProxy can say, and the gateway does not do: each with its reason, as data.

What HAProxy refuses is refused here too: a missing argument, a first argument that it does not know. Beyond that the
words of a directive that is left out are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from affinity_gw.config.problem import Problem, suggestion
from affinity_gw.convert.sections import Context, Directive


@dataclass(frozen=True, slots=True)
class Leftover:
    """``wants``: how many arguments it has at least; ``first``: what the first one can be, where HAProxy asks.

    ``harmless``: nobody outside of the process sees a difference, so that it is a warning only. ``proxies_only``: it
    cannot stand in ``defaults``."""

    reason: str
    advice: str = ""
    wants: int = 0
    first: Sequence[str] = ()
    harmless: bool = False
    proxies_only: bool = False

    def read(self, context: Context) -> None:
        word, arguments = context.words[0], context.words[1:]
        if self.proxies_only and context.section.kind == "defaults":
            raise Problem(f"{word} cannot stand in a defaults section", "move it to a frontend or a backend")
        if len(arguments) < self.wants or not all(arguments[: self.wants]):
            raise Problem(f"{word} wants {'an argument' if self.wants == 1 else f'{self.wants} arguments'}")
        if self.first and not any(arguments[0] == known or _opens(arguments[0], known) for known in self.first):
            raise Problem(f'{word} does not know "{arguments[0]}"', suggestion(arguments[0], self.first))
        if not context.negated:
            context.note("warning" if self.harmless else "left out", self.reason, self.advice)


def _opens(word: str, known: str) -> bool:
    """``set-var(txn.a)`` is a ``set-var``."""
    return known.endswith("(") and word.startswith(known)


def directives(leftovers: Mapping[str, Leftover]) -> dict[str, Directive]:
    return {word: leftover.read for word, leftover in leftovers.items()}


def _each(words: str | Iterable[str], leftover: Leftover) -> dict[str, Leftover]:
    return dict.fromkeys(words.split() if isinstance(words, str) else words, leftover)


def _warned(reason: str, wants: int = 0) -> Leftover:
    return Leftover(reason, wants=wants, harmless=True)


_PERSIST = ("if", "unless")
_HEADERS = ("add", "del", "idel", "irep", "rep")
_CAPTURE = Leftover(
    "the log has its own fields",
    "log.format json holds host, path, key and reason",
    1,
    ("cookie", "request", "response"),
    proxies_only=True,
)
_FORMATS = Leftover("lines have fixed formats", "json, httplog, tcplog and clf", 1)
_PAGE = Leftover("an error is answered with a page, not with a redirect", "write errorfile", 2)
_UNIQUE = Leftover("requests get no identifier of the gateway's", wants=1)
_STATE = Leftover("servers begin anew", "checks find out in seconds")
_REQUEST = Leftover(
    "it is refused since HAProxy 2.1", "write http-request rules: set_header, del_header, deny, redirect"
)
_RESPONSE = Leftover("it is refused since HAProxy 2.1", "write http-response rules: set_header, del_header")
_TCP_RULES = "connections are not inspected before they are served"
_FIREWALL = "write a deny rule, or a firewall's"
_KEEPALIVE = _warned("the kernel's own keep-alive is not used; timeouts close what is dead", 1)
_STATS: tuple[str, ...] = (
    "admin",
    "uri",
    "realm",
    "auth",
    "scope",
    "enable",
    "hide-version",
    "http-request",
    "refresh",
)
_STATS += ("show-node", "show-desc", "show-legends", "show-modules")

PROXY_LEFTOVERS: Mapping[str, Leftover] = {
    "stats": Leftover("there are no statistics pages", "use the access log", 1, _STATS),
    "tcp-request": Leftover(_TCP_RULES, _FIREWALL, 2, ("inspect-delay", "connection", "session", "content")),
    "tcp-response": Leftover(_TCP_RULES, _FIREWALL, 2, ("inspect-delay", "content")),
    "tcp-check": Leftover(
        "checks of mode tcp are a connect",
        "write an HTTP check, or leave it at that",
        1,
        ("connect", "send", "send-lf", "send-binary", "send-binary-lf", "expect", "comment", "set-var(", "unset-var("),
    ),
    "compression": Leftover(
        "answers are passed on as they come", "let the server compress", 1, ("algo", "type", "offload")
    ),
    "filter": Leftover(
        "there are no filters",
        wants=1,
        first=("cache", "compression", "trace", "spoe", "fcgi-app", "bwlim-in", "opentracing"),
        proxies_only=True,
    ),
    "capture": _CAPTURE,
    "declare": Leftover("the log has its own fields", "", 1, ("capture",)),
    **_each("log-format log-format-sd error-log-format", _FORMATS),
    "log-tag": Leftover("the tag is the whole gateway's", "write log-tag in global", 1),
    **_each("unique-id-format unique-id-header", _UNIQUE),
    "email-alert": Leftover(
        "the gateway sends no mail", "watch its log", 2, ("from", "mailers", "myhostname", "level", "to")
    ),
    "source": Leftover("connections to servers leave from where the system lets them", wants=1),
    "rate-limit": Leftover("there is no limit of sessions a second", "", 2, ("sessions",)),
    "force-persist": Leftover("persistence is not forced", "", 2, _PERSIST, proxies_only=True),
    "ignore-persist": Leftover("persistence is not ignored", "", 2, _PERSIST, proxies_only=True),
    "persist": Leftover("there is no RDP cookie", wants=1),
    "http-after-response": Leftover(
        "the gateway's own answers have no rules", "http-response rules change servers'", 1
    ),
    "http-error": Leftover("pages are whole files", "write errorfile", 1, ("status",)),
    **_each("errorloc errorloc302 errorloc303", _PAGE),
    "errorfiles": Leftover("there is no section http-errors", "write errorfile", 1),
    "http-send-name-header": Leftover("servers are not told their names", "write set_request_headers", 1),
    "use-fcgi-app": Leftover("servers speak HTTP", wants=1),
    "load-server-state-from-file": Leftover(_STATE.reason, _STATE.advice, 1, ("global", "local", "none")),
    "server-state-file-name": _STATE,
    "external-check": Leftover("checks cannot run programs", "write an HTTP check", 1, ("command", "path")),
    "dynamic-cookie-key": Leftover("cookies hold names, not keyed hashes", "give each server a cookie", 1),
    "transparent": Leftover("servers are reached at their own addresses only"),
    "fullconn": _warned("it matters only beside minconn, which is not carried over", 1),
    "backlog": _warned("the kernel keeps 1024 connections, or as many as it is allowed to", 1),
    "max-keep-alive-queue": _warned("whether a connection is kept does not depend on queues", 1),
    "max-session-srv-conns": _warned("how many connections are kept does not depend on the client's", 1),
    "description": Leftover("it describes, and changes nothing", "", 1, harmless=True, proxies_only=True),
    "id": Leftover("sections have no numbers", "", 1, harmless=True, proxies_only=True),
    "bind-process": _warned("all processes serve all frontends"),
    "grace": _warned("listening ends when the process is told to stop"),
    **_each("clitcpka-cnt clitcpka-idle clitcpka-intvl srvtcpka-cnt srvtcpka-idle srvtcpka-intvl", _KEEPALIVE),
    **_each([f"req{verb}" for verb in _HEADERS], _REQUEST),
    **_each([f"rsp{verb}" for verb in _HEADERS], _RESPONSE),
    **_each("reqdeny reqideny reqallow reqiallow reqtarpit reqitarpit reqpass reqipass", _REQUEST),
    **_each("rspdeny rspideny", _RESPONSE),
    **_each("redisp redispatch", Leftover("it is refused since HAProxy 2.1", "write option redispatch")),
}
"""By the first word."""
