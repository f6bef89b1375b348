"""``option httpchk`` and the other kinds of checks (HAProxy's manual, section 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from affinity_gw.config.problem import Problem
from affinity_gw.convert.check_rules import OPTION, Request, fields, publish, rules_of, version
from affinity_gw.convert.lexer import Word
from affinity_gw.convert.sections import Context, Directive, spelt


def _httpchk(context: Context) -> None:
    if context.ignored_here("backend"):
        return
    if context.negated:
        raise Problem("option httpchk cannot be taken back", "write option tcp-check")
    context.only(5)
    rules = rules_of(context)
    rules.option = _request_line(context, context.words[2:])
    context.say(OPTION, value=True)
    publish(context)


def _request_line(context: Context, words: Sequence[Word]) -> Request:
    """One word is the path, of two the first is the method."""
    if len(words) == 1:
        if not words[0].startswith(("/", "*")):
            context.warn(f'"{words[0]}" is the path here, not the method, as in HAProxy', "write a method and a path")
        return {"uri": spelt(words[0])}
    request: Request = {key: spelt(word) for key, word in zip(("method", "uri"), words, strict=False)}
    if len(words) == 3:
        spoken, _, rest = words[2].partition("\r\n")
        request["version"] = version(context, spoken)
        if rest:
            context.warn("header fields behind the version are deprecated since HAProxy 2.2", "use http-check send")
            head, _, body = f"{rest}\r\n".partition("\r\n\r\n")
            request["fields"] = fields(context, [line.partition(":")[::2] for line in head.split("\r\n") if line])
            request["body"] = spelt(Word(body.removesuffix("\r\n")))
    return request


def _other_check(what: str) -> Directive:
    def read(context: Context) -> None:
        if context.ignored_here("backend"):
            return
        if context.negated:
            raise Problem(f"option {context.words[1]} cannot be taken back", "take the line out")
        context.say(OPTION, value=False)
        context.say("check http", None)
        context.leave_out(f"checks do not speak {what}: a TCP connect is done", "write option httpchk")

    return read


def _tcp_check(context: Context) -> None:
    """Without rules it is a TCP connect, and no more."""
    if context.ignored_here("backend"):
        return
    if context.negated:
        raise Problem("option tcp-check cannot be taken back", "take the line out")
    context.only(2)
    context.say(OPTION, value=False)
    context.say("check http", None)


def _log_health_checks(context: Context) -> None:
    context.only(2)
    if not context.negated:
        context.warn("each change of a server's state is logged; single checks are not")


CHECK_OPTIONS: Mapping[str, Directive] = {
    "httpchk": _httpchk,
    "tcp-check": _tcp_check,
    "ssl-hello-chk": _other_check("TLS 1.0"),
    "smtpchk": _other_check("SMTP"),
    "mysql-check": _other_check("MySQL"),
    "redis-check": _other_check("Redis"),
    "ldap-check": _other_check("LDAP"),
    "pgsql-check": _other_check("PostgreSQL"),
    "spop-check": _other_check("SPOP"),
    "external-check": _other_check("to programs"),
    "log-health-checks": _log_health_checks,
}
"""By the word after ``option``."""
