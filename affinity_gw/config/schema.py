"""What may be said, part one: the ground that all tables stand on, and ``[global]``.

One model a table. All fields are optional, because a table may be one layer of several; what must be there in the end
is asked by ``build``. A field's description is its line in the manual (``reference``), its type checks one value, and
its default stands in the dataclasses of ``routing`` alone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from affinity_gw.config.addresses import network
from affinity_gw.config.logs import log_target
from affinity_gw.config.values import Count, DurationOrZero, Flag, Positive, Text, as_list, number, one_of
from affinity_gw.http1.forwarded import Network
from affinity_gw.routing.logs import LogTarget
from affinity_gw.routing.sections import LogFormat


class Table(BaseModel):
    """A TOML table. A key that it does not know is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=(), arbitrary_types_allowed=True)


def worker_count(value: Any) -> int:
    """0 is ``auto``."""
    return 0 if value == "auto" else number(1)(value)


OneNetwork = Annotated[Network, PlainValidator(network)]
Target = Annotated[LogTarget, PlainValidator(log_target)]


class LogTable(Table):
    access: Flag | None = Field(None, description="Write one line for each request to stdout.")
    format: Annotated[
        LogFormat | None,
        PlainValidator(one_of(*get_args(LogFormat))),
    ] = Field(
        None,
        description="How it is written: auto is console on a terminal and json elsewhere; httplog, tcplog, clf and "
        "connect are HAProxy's.",
    )
    level: Annotated[
        Literal["debug", "info", "warning", "error"] | None,
        PlainValidator(one_of("debug", "info", "warning", "error")),
    ] = Field(None, description="The least severity of what is written to stderr.")
    syslog: Annotated[list[Target] | None, BeforeValidator(as_list), "string or list"] = Field(
        None,
        description="Where else log lines go, as in HAProxy's log directive: "
        "address, form, facility, level: `127.0.0.1:514 local0`, `stdout format raw local0`.",
    )
    tag: Text | None = Field(None, description="What syslog lines call the program.")


class GlobalTable(Table):
    workers: Annotated[int | None, PlainValidator(worker_count), 'number or "auto"'] = Field(
        None, description="Processes that serve traffic; until there is a supervisor, one serves whatever stands here."
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
    user: Text | None = Field(None, description="The user, by name or number, to run as once all ports are bound.")
    group: Text | None = Field(None, description="The group, by name or number, to run as once all ports are bound.")
    chroot: Text | None = Field(None, description="The directory that the process locks itself in.")
    daemon: Flag | None = Field(
        None, description="Go to the background; stdout and stderr are closed then, so log.syslog is needed."
    )
