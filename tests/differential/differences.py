"""Where the gateway differs from HAProxy on purpose: one table, in step with README's "Where it differs from HAProxy".

Two kinds. An ``Everywhere`` is taken off both sides of a pair before they are compared, in every scenario; it brings
the scenario that shows it. An ``Apart`` belongs to the scenarios that name it. Each fails once nothing
differs any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.differential.messages import Message
from tests.differential.requests import get
from tests.differential.scenario import ONE_SERVER, Apart, Level, Scenario
from tests.differential.seen import Value
from tests.differential.servers import ok
from tests.differential.steps import Ask
from tests.differential.waits import Logged

Pair = tuple[Message, Message]


@dataclass(frozen=True, slots=True)
class Everywhere:
    """``row``: the first cell of its row in README. ``level``: HAProxy's value and ours, made equal in this respect."""

    row: str
    reason: str
    level: Level
    shown: Scenario


def of_messages(level: Callable[[Message, Message], Pair]) -> Level:
    """Only where both sides have a message there."""

    def of_values(where: str, theirs: Value, ours: Value) -> tuple[Value, Value]:
        both = isinstance(theirs, Message) and isinstance(ours, Message)
        return level(theirs, ours) if both else (theirs, ours)  # type: ignore[arg-type]  # mypy does not see through both

    return of_values


def _lower_names(theirs: Message, ours: Message) -> Pair:
    return _lower(theirs), _lower(ours)


def _lower(message: Message) -> Message:
    fields = tuple((name.lower(), value) for name, value in message.fields)
    trailers = tuple((name.lower(), value) for name, value in message.trailers)
    return replace(message, fields=fields, trailers=trailers, interim=tuple(map(_lower, message.interim)))


def _connection_last(theirs: Message, ours: Message) -> Pair:
    return _reorder(theirs), _reorder(ours)


def _reorder(message: Message) -> Message:
    """The fields about the connection after all others."""
    about = {"connection", "upgrade"}
    fields = sorted(message.fields, key=lambda each: (each[0].lower() in about) * (1 + (each[0].lower() == "upgrade")))
    return replace(message, fields=tuple(fields))


def _date(theirs: Message, ours: Message) -> Pair:
    """Ours to add where the server sent none; a server's own passes, and is compared."""
    return theirs, ours if theirs.all("date") or not ours.status else ours.without("date")


HOP_BY_HOP = {"keep-alive", "proxy-connection", "te", "proxy-authenticate", "proxy-authorization"}


def _hop_by_hop(theirs: Message, ours: Message) -> Pair:
    """What HAProxy passes on and must not be: named by Connection, or about one connection by its nature."""
    named = {token.strip().lower() for value in theirs.all("connection") for token in value.split(",")}
    surplus = (named - {"close", "keep-alive", "upgrade"}) | HOP_BY_HOP
    if theirs.status != 101 and not ours.all("upgrade"):
        surplus.add("upgrade")
    gone = tuple(name for name in surplus if not ours.all(name))
    return _without_options(theirs.without(*gone)), _without_options(ours)


def _without_options(message: Message) -> Message:
    """Connection with those options alone that say what becomes of the connection."""
    upgrades = bool(message.all("upgrade"))
    known = {"close", "keep-alive"} | ({"upgrade"} if upgrades else set())
    fields = []
    for name, value in message.fields:
        options = [option.strip() for option in value.split(",")]
        kept = ", ".join(option for option in options if option.lower() in known)
        if name.lower() != "connection" or kept:
            fields.append((name, kept if name.lower() == "connection" else value))
    return replace(message, fields=tuple(fields))


def _end_of_server(where: str, theirs: Value, ours: Value) -> tuple[Value, Value]:
    """HAProxy resets a server connection that it has no more use for, to spare itself the TIME-WAIT."""
    server = where.startswith("server ") and where.endswith(", its end")
    return (theirs, theirs) if server and (theirs, ours) == ("reset", "closed") else (theirs, ours)


def _log_bytes(where: str, theirs: Value, ours: Value) -> tuple[Value, Value]:
    """Of httplog lines; where HAProxy counts nothing, neither do we."""
    if not (where.endswith("the log") and isinstance(theirs, str) and isinstance(ours, str)):
        return theirs, ours
    return _LOGGED_BYTES.sub("B", theirs), _LOGGED_BYTES.sub("B", ours)


_LOGGED_BYTES = re.compile(r"(?<= \d{3} )[1-9]\d*(?= - - )")


def _version(theirs: Message, ours: Message) -> Pair:
    """With its version an answer of 1.0 gets what 1.1 means by saying nothing, and the other way round."""
    if not (theirs.start.startswith("HTTP/1.0 ") and ours.start.startswith("HTTP/1.1 ")):
        return theirs, ours
    return _persistence(theirs, "HTTP/1.1"), _persistence(ours, "HTTP/1.1")


def _persistence(message: Message, version: str) -> Message:
    """In this version, and with Connection always said."""
    stays = "keep-alive" if message.start.startswith("HTTP/1.1 ") else "close"
    said = message.all("connection") or [stays]
    start = f"{version} {message.start.partition(' ')[2]}"
    return replace(
        message, start=start, fields=(*message.without("connection").fields, ("connection", said[0].lower()))
    )


def _origin_form(theirs: Message, ours: Message) -> Pair:
    """The path and query of theirs, and Host without the default port of ours."""
    if " http://" not in theirs.start or " http://" in ours.start:
        return theirs, ours
    fields = tuple((name, value.removesuffix(":80")) for name, value in ours.fields)
    return replace(theirs, start=re.sub(r" http://[^/? ]+", " ", theirs.start)), replace(ours, fields=fields)


LOGGED = "global\n    log {log} local0\n" + ONE_SERVER.replace(
    "frontend", "    log global\n    option httplog\nfrontend"
)
SERVER_CLOSE = ONE_SERVER.replace("frontend", "    option http-server-close\nfrontend")

EVERYWHERE: tuple[Everywhere, ...] = (
    Everywhere(
        "field names",
        "some applications look at their case",
        of_messages(_lower_names),
        Scenario("names-keep-their-case", ONE_SERVER, (Ask(get("/", "X-Mixed-Case: 1")),)),
    ),
    Everywhere(
        "where Connection and Upgrade stand among the fields",
        "they are written anew for each connection; RFC 9110 section 5.3: their order means nothing",
        of_messages(_connection_last),
        Scenario(
            "connection-stands-last", ONE_SERVER, (Ask(get("/", "Connection: Upgrade", "Upgrade: x", "X-After: 1")),)
        ),
    ),
    Everywhere(
        "hop-by-hop fields",
        "RFC 9110 section 7.6.1",
        of_messages(_hop_by_hop),
        Scenario("hop-by-hop", ONE_SERVER, (Ask(get("/", "Connection: X-Hop, keep-alive", "X-Hop: 1")),)),
    ),
    Everywhere(
        "targets in absolute-form",
        "RFC 9112 section 3.2.1",
        of_messages(_origin_form),
        Scenario("absolute-form", ONE_SERVER, (Ask(get("http://a/x?y")), Ask(get("http://a:80/x", host="a:80")))),
    ),
    Everywhere(
        "an answer without a Date",
        "RFC 9110 section 6.6.1",
        of_messages(_date),
        Scenario("date-is-added", ONE_SERVER, (Ask(get("/")),)),
    ),
    Everywhere(
        "the version of an answer",
        "RFC 9112 section 2.3: everybody says his own",
        of_messages(_version),
        Scenario("an-answer-of-1.0", ONE_SERVER, (Ask(get("/")),), {"*": ok().replace(b"HTTP/1.1", b"HTTP/1.0")}),
    ),
    Everywhere(
        "a server connection that is not needed any more",
        "an end that the server can tell from a failure",
        _end_of_server,
        Scenario("server-connection-is-closed", SERVER_CLOSE, (Ask(get("/")),)),
    ),
    Everywhere(
        "the bytes of an answer in log lines",
        "what was transmitted, as HAProxy's manual has it",
        _log_bytes,
        Scenario("bytes-are-those-sent", LOGGED, (Ask(get("/")), Logged())),
    ),
)


def _dechunked(theirs: Message, ours: Message) -> Pair:
    return replace(theirs.without("transfer-encoding"), delimited=ours.delimited), ours


def _no_interim(theirs: Message, ours: Message) -> Pair:
    return replace(theirs, interim=()), ours


def _no_connection(theirs: Message, ours: Message) -> Pair:
    return theirs.without("connection"), ours.without("connection")


def _any_end(where: str, theirs: Value, ours: Value) -> tuple[Value, Value]:
    return ("ended", "ended") if where.endswith("its end") else (theirs, ours)


def _any_refusal(where: str, theirs: Value, ours: Value) -> tuple[Value, Value]:
    refused = all(str(each).startswith("no handshake") for each in (theirs, ours))
    return ("refused", "refused") if refused else (theirs, ours)


CHUNKS_TO_10 = Apart("chunks to an HTTP/1.0 client", level=of_messages(_dechunked))
CHUNKS_OF_HEAD = Apart("Transfer-Encoding in an answer to HEAD", level=of_messages(_dechunked))
INTERIM_TO_10 = Apart("1xx to an HTTP/1.0 client", level=of_messages(_no_interim))
UPGRADE_IN_10 = Apart("hop-by-hop fields", level=of_messages(_no_connection))
REFUSED_EXPECTATION = Apart("an Expect that is answered without the body", level=of_messages(_no_connection))
HALF_OPEN_TUNNEL = Apart("a server that half-closes a tunnel", level=_any_end)

REFUSED_HANDSHAKE = Apart("a TLS handshake that fails", level=_any_refusal)

ELSEWHERE = {
    "checks": "only in TOML: a haproxy.cfg has the checks that it asks for",
    "a server that never says 100": "only in TOML: from a haproxy.cfg the client waits",
    "a server's certificate over TLS": "only in TOML: from a haproxy.cfg it may be for any name, unless one is said",
    "names with an underscore, what strangers say in X-Forwarded-* and the like": "only in TOML: a haproxy.cfg appends",
}
"""Rows that no haproxy.cfg can show, and why."""


def level(where: str, theirs: Value, ours: Value, table: Sequence[Level]) -> tuple[Value, Value]:
    """Both, with the differences of the table taken off."""
    for each in table:
        theirs, ours = each(where, theirs, ours)
    return theirs, ours


def levels(without: Everywhere | None = None) -> list[Level]:
    """All that hold everywhere, but one."""
    return [each.level for each in EVERYWHERE if each is not without]
