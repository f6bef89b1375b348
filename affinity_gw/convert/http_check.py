"""``http-check``: the request of a check word by word, and what is expected; ``tcp-check``, of which there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from affinity_gw.config.problem import Problem
from affinity_gw.convert.check_rules import Request, fields, publish, rules_of, version
from affinity_gw.convert.expectations import expectation
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.sections import Context, Directive, spelt
from affinity_gw.convert.words import unknown


def _send(context: Context) -> None:
    rules = rules_of(context)
    if rules.sent and rules.connects < 2:
        raise Problem("there is a send already", "write a connect between two of them")
    if rules.sent:
        context.leave_out("a check sends one request", "keep one")
        return
    rules.sent = True
    rules.send = _send_words(context, context.words[2:])


def _send_words(context: Context, words: Sequence[Word]) -> Request:
    request: Request = {}
    pairs: list[tuple[str, str]] = []
    index = 0
    while index < len(words):
        word, count = words[index], 2 if words[index] == "hdr" else 1
        arguments = words[index + 1 : index + 1 + count]
        if word not in _SENT:
            raise unknown(word, "the word", list(_SENT))
        if len(arguments) < count or not all(arguments):
            raise Problem(f"{word} has no {'name and value' if count == 2 else 'argument'}", "see HAProxy's manual")
        if word == "hdr":
            pairs.append((arguments[0], arguments[1]))
        else:
            _SENT[word](context, request, arguments[0])
        index += 1 + count
    return {**request, "fields": fields(context, pairs)} if pairs else request


def _part(key: str) -> Callable[[Context, Request, Word], None]:
    return lambda _context, request, word: request.update({key: spelt(word)})


def _expression(context: Context, _request: Request, word: Word) -> None:
    context.leave_out(f"{word}: a check is sent as it stands, expressions are not filled in")


_SENT: Mapping[str, Callable[[Context, Request, Word], None]] = {
    "meth": _part("method"),
    "uri": _part("uri"),
    "ver": lambda context, request, word: request.update(version=version(context, word)),
    "hdr": _expression,
    "body": _part("body"),
    "comment": lambda _context, _request, _word: None,
    "uri-lf": _expression,
    "body-lf": _expression,
}


def _expect(context: Context) -> None:
    rules = rules_of(context)
    if rules.connects > 1:
        context.leave_out("a check reads one answer", "keep what is expected of the first")
    elif (text := expectation(context, context.words[2:])) is not None:
        rules.expect.append(text)


_CONNECT = ("comment", "port", "addr", "send-proxy", "ssl", "sni", "alpn", "via-socks4", "linger", "proto", "default")


def _connect(context: Context) -> None:
    rules_of(context).connects += 1
    for word in context.words[2:3]:
        if word not in _CONNECT:
            raise unknown(word, "the word", _CONNECT)
    if len(context.words) > 2:
        context.leave_out("checks connect as the server's own line says", "write port, addr or check-ssl there")


def _only_word(reason: str) -> Directive:
    def read(context: Context) -> None:
        context.only(2)
        context.leave_out(reason)

    return read


def _nothing(_context: Context) -> None:
    """``comment`` says something to people only."""


def _variables(context: Context) -> None:
    context.leave_out("checks have no variables")


_HTTP_CHECK: Mapping[str, Directive] = {
    "send": _send,
    "expect": _expect,
    "connect": _connect,
    "disable-on-404": _only_word("a server that answers 404 is down, and not only spared new clients"),
    "send-state": _only_word("servers are not told their state"),
    "comment": _nothing,
}


def HTTP_CHECK(context: Context) -> None:  # noqa: N802 one of the tables, with one entry
    """``http-check WORD …``."""
    if context.ignored_here("backend"):
        return
    word = context.argument(1, "what to do")
    if word.startswith(("set-var(", "set-var-fmt(", "unset-var(")):
        _variables(context)
        return
    if word not in _HTTP_CHECK:
        raise unknown(word, "http-check", list(_HTTP_CHECK))
    _HTTP_CHECK[word](context)
    publish(context)


_TCP_CHECK = (
    *("comment", "connect", "expect", "send", "send-lf", "send-binary", "send-binary-lf"),
    *("set-var", "set-var-fmt", "unset-var"),
)


def tcp_check(context: Context) -> None:
    """``tcp-check …``: what is said and expected on a connection; a TCP connect is all that is done."""
    if context.ignored_here("backend"):
        return
    word = context.argument(1, "what to do").partition("(")[0]
    if word not in _TCP_CHECK:
        raise unknown(word, "tcp-check", _TCP_CHECK)
    if word != "comment" and list(context.words[1:]) != ["connect"]:
        context.leave_out("checks say nothing on a TCP connection, and expect nothing", "use option httpchk for HTTP")
