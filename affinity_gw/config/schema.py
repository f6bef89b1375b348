"""What may be said, part one: the ground that all tables stand on, and ``[global]``.

One model a table. All fields are optional, because a table may be one layer of several; what must be there in the end
is asked by ``build``. A field's description is its line in the manual (``reference``), its type checks one value, and
its default stands in ``routing.snapshot`` alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from affinity_gw.config.addresses import network
from affinity_gw.config.problem import NotYet
from affinity_gw.config.values import Count, DurationOrZero, Flag, Positive, Text, as_list, number, one_of
from affinity_gw.http1.forwarded import Network


class Table(BaseModel):
    """A TOML table. A key that it does not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), arbitrary_types_allowed=True)


def not_yet(_: Any) -> None:
    raise NotYet


def one_worker(value: Any) -> int:
    if value == "auto" or number(1)(value) > 1:
        raise NotYet("more than one worker", "write workers = 1")
    return 1


OneNetwork = Annotated[Network, PlainValidator(network)]
NotYetKey = Annotated[None, PlainValidator(not_yet), "not supported yet"]


class LogTable(Table):
    access: Flag | None = Field(None, description="Write one line for each request to stdout.")
    format: Annotated[
        Literal["auto", "console", "json", "httplog"] | None,
        PlainValidator(one_of("auto", "console", "json", "httplog")),
    ] = Field(None, description="How it is written: auto is console on a terminal and json elsewhere.")
    level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        PlainValidator(one_of("debug", "info", "warning", "error")),
    ] = Field(None, description="The least severity of what is written to stderr.")
    syslog: NotYetKey = Field(None, description="Where to send the log, as HAProxy's log directive does.")


class GlobalTable(Table):
    workers: Annotated[int | None, PlainValidator(one_worker), "number"] = Field(
        None, description="Processes that serve traffic; only 1 until there is a supervisor."
    )
    maxconn: Positive | None = Field(
        None, description="Client connections of the whole process; beyond it, accepting pauses."
    )
    trusted_proxies: Annotated[list[OneNetwork] | None, BeforeValidator(as_list), "list of networks"] = Field(
        None, description="Networks whose X-Forwarded-* and Forwarded fields are believed."
    )
    hard_stop_after: DurationOrZero | None = Field(
        None, description="How long exchanges may take to finish once the gateway has been told to stop."
    )
    pidfile: Text | None = Field(None, description="Where to write the process id; relative to the file.")
    ulimit_n: Count | None = Field(None, description="The limit of open files; 0 computes it from maxconn.")
    log: LogTable | None = None
    user: NotYetKey = Field(None, description="The user to run as once all ports are bound.")
    group: NotYetKey = Field(None, description="The group to run as once all ports are bound.")
    chroot: NotYetKey = Field(None, description="The directory to lock workers in.")
    daemon: NotYetKey = Field(None, description="Go to the background.")
