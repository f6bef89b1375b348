"""Every way in which the gateway says no: whose fault it is, which status answers it, and whether to try again.

Two families, because two kinds of people read them:

* ``ConfigError`` is for the operator. It carries every complaint at once, each with its file, line, table and key.
* ``ProtocolError`` is for the other end of a connection. ``BadRequest`` is the client's fault and is answered with
  its status and a closed connection; ``BadAnswer`` is the server's fault and becomes a 502, or a visible cut where the
  head has already gone out. Neither is ever retried: bytes were exchanged (RFC 9110 section 9.2.2).

What is *expected* to go wrong on a network (refused, reset, too late) is no exception here: it is an outcome of an
exchange, and ``proxy/`` names it with HAProxy's termination codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class GatewayError(Exception):
    """Base of all errors that the gateway raises on purpose."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong with a configuration, and what to do about it.

    ``line`` counts from 1; it is None where the configuration did not come from a file. ``table`` is the TOML table as
    a person would write it (``backend.wt``), ``key`` the key in it.
    """

    problem: str
    advice: str = ""
    file: str = ""
    line: int | None = None
    table: str = ""
    key: str = ""

    def __str__(self) -> str:
        where = ":".join(part for part in (self.file, str(self.line or "")) if part)
        table = f"[{self.table}]" if self.table else ""
        place = " ".join(part for part in (where, table, self.key) if part)
        sentence = f"{place}: {self.problem}" if place else self.problem
        return f"{sentence}; {self.advice}" if self.advice else sentence


class ConfigError(GatewayError):
    """The configuration cannot be used. ``complaints`` holds everything that is wrong with it, in file order."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


class BindError(GatewayError):
    """A frontend cannot listen where it was told to. The message names the frontend, the address and the reason."""


class TlsError(GatewayError):
    """A certificate, a key or a word of TLS cannot be used. The message names the file and the reason; ``word`` is the
    option that is at fault."""

    def __init__(self, problem: str, word: str = "crt") -> None:
        super().__init__(problem)
        self.word = word


class ProtocolError(GatewayError):
    """The other end broke HTTP. ``status`` is what the client is told; ``reason`` is for the log, never the wire."""

    status = 400

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        if status is not None:
            self.status = status


class BadRequest(ProtocolError):
    """The client's fault: ``status`` is 400, 405, 413, 417, 431 or 501. The connection is closed after the answer."""

    status = 400


class BadAnswer(ProtocolError):
    """The server's fault: 502 where nothing of the answer has been passed on, otherwise a visible cut."""

    status = 502
