"""Where log lines go besides stdout and stderr: HAProxy's ``log`` directive, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from affinity_gw.routing.address import Address

LogForm = Literal["rfc3164", "rfc5424", "raw", "short"]

LEVELS: Mapping[str, int] = MappingProxyType(
    {"emerg": 0, "alert": 1, "crit": 2, "err": 3, "warning": 4, "notice": 5, "info": 6, "debug": 7}
)
"""RFC 5424 section 6.2.1, in HAProxy's words."""

_FACILITIES = """
    kern user mail daemon auth syslog lpr news uucp cron auth2 ftp ntp audit alert cron2 local0 local1 local2 local3
    local4 local5 local6 local7
"""
FACILITIES: Mapping[str, int] = MappingProxyType({name: number for number, name in enumerate(_FACILITIES.split())})


@dataclass(frozen=True, slots=True)
class LogTarget:
    """``address`` with host and port is reached by UDP, with a path as a unix datagram socket, with ``fd`` as a stream
    of lines. Messages less important than ``level`` are left out; those more important than ``at_most`` are sent as
    that. ``length``: bytes of a message, beyond which it is cut."""

    address: Address
    facility: int = field(default=FACILITIES["local0"])
    level: int = LEVELS["debug"]
    at_most: int = LEVELS["emerg"]
    form: LogForm = "rfc3164"
    length: int = 1024
