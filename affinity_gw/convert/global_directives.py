"""``global``: the process, its limits and its logs."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem
from affinity_gw.convert.logs import log_line, log_to
from affinity_gw.convert.sections import Context, Directive, spelt
from affinity_gw.convert.words import number, time


def _number(key: str, low: int = 0) -> Directive:
    def read(context: Context) -> None:
        context.say(key, number(context.argument(1, "a number"), key, low))
        context.only(2)

    return read


def _text(key: str) -> Directive:
    def read(context: Context) -> None:
        context.say(key, spelt(context.argument(1, "a name")))
        context.only(2)

    return read


def _identity(key: str) -> Directive:
    """``uid`` and ``gid`` are numbers; 0 is not allowed to be taken."""

    def read(context: Context) -> None:
        context.say(key, str(number(context.argument(1, "a number"), key)))
        context.only(2)

    return read


def _daemon(context: Context) -> None:
    context.only(1)
    context.say("daemon", not context.negated)


def _workers(context: Context) -> None:
    """Nbproc is gone since 2.5, nbthread counts threads of one process; both mean: use so many cores."""
    count = number(context.argument(1, "a number"), context.words[0], 1)
    context.only(2)
    word = context.words[0]
    context.say("workers", count)
    if word == "nbproc":
        context.repaired(f"nbproc {count} is refused since HAProxy 2.5; it becomes workers = {count}")
    elif count > 1:
        context.warn(f"nbthread {count} becomes workers = {count}")


def _log(context: Context) -> None:
    log_to(context, log_line(context, context.words[1:]))


def _hard_stop_after(context: Context) -> None:
    context.say("hard_stop_after", time(context.argument(1, "a time")))
    context.only(2)


def _silent(reason: str) -> Directive:
    """What changes nothing that the gateway does: said, and not counted as left out."""
    return lambda context: context.warn(reason)


def _left_out(reason: str, advice: str = "") -> Directive:
    return lambda context: context.leave_out(reason, advice)


def _mode(context: Context) -> None:
    context.only(1)
    context.warn("how the process talks to its terminal is not carried over")


GLOBAL: Mapping[str, Directive] = {
    "maxconn": _number("maxconn", 1),
    "ulimit-n": _number("ulimit_n"),
    "user": _text("user"),
    "group": _text("group"),
    "uid": _identity("user"),
    "gid": _identity("group"),
    "chroot": _text("chroot"),
    "pidfile": _text("pidfile"),
    "daemon": _daemon,
    "nbproc": _workers,
    "nbthread": _workers,
    "log": _log,
    "log-tag": _text("log_tag"),
    "hard-stop-after": _hard_stop_after,
    "quiet": _mode,
    "debug": _mode,
    "master-worker": _silent("one process serves, without a master"),
    "spread-checks": _silent("checks are spread by 5 % always"),
    "cpu-map": _silent("processes are not bound to cores"),
    "description": _silent("it describes, and changes nothing"),
    "node": _silent("it names this machine to statistics pages, which there are none of"),
    "nosplice": _silent("there is no splicing to switch off"),
    "noepoll": _silent("the event loop chooses by itself"),
    "nopoll": _silent("the event loop chooses by itself"),
    "maxpipes": _silent("there are no pipes to limit"),
    "stats": _left_out("there is no statistics socket", "use the access log"),
    "ca-base": _left_out("paths of certificates stand where they are used", "write them as a whole"),
    "crt-base": _left_out("paths of certificates stand where they are used", "write them as a whole"),
    "ssl-default-bind-ciphers": _left_out("ciphers stand at each bind", "write tls.ciphers there"),
    "ssl-default-bind-ciphersuites": _left_out("ciphers stand at each bind", "write tls.ciphersuites there"),
    "ssl-default-bind-options": _left_out("TLS options stand at each bind", "write tls.ssl_min_ver there"),
    "ssl-default-server-ciphers": _left_out("ciphers stand at each server", "write tls.ciphers there"),
    "ssl-default-server-options": _left_out("TLS options stand at each server", "write tls.ssl_min_ver there"),
    "tune.ssl.default-dh-param": _silent("OpenSSL chooses by itself"),
    "lua-load": _left_out("there is no Lua", "write an extractor in Python"),
    "maxconnrate": _left_out("there is no limit of connections a second"),
    "maxsessrate": _left_out("there is no limit of sessions a second"),
    "maxsslconn": _left_out("there is no limit of its own for TLS", "maxconn counts them too"),
    "log-send-hostname": _left_out("lines carry no host's name", "log with the form rfc5424"),
    "external-check": _left_out("checks cannot run programs", "write an HTTP check"),
    "server-state-file": _left_out("servers begin anew", "checks find out in seconds"),
    "set-dumpable": _silent("core dumps are the system's business"),
}
"""By its first word. What else HAProxy has is left out by name (``leftovers``)."""


def tune(context: Context) -> None:
    """``tune.*``: buffers and the like."""
    if len(context.words) < 2:
        raise Problem("a value is missing")
    context.warn("HAProxy's own buffers are tuned by it; the gateway has others")
