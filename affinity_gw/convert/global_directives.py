"""``global``: the process, its limits and its logs."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem
from affinity_gw.convert.global_others import OTHER
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
    **OTHER,
}
"""By its first word."""


def tune(context: Context) -> None:
    """``tune.*``: buffers and the like."""
    if len(context.words) < 2:
        raise Problem("a value is missing")
    context.warn("HAProxy's own buffers are tuned by it; the gateway has others")
