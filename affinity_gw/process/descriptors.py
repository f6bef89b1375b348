"""The limit of open files, raised to what ``maxconn`` needs.

A gateway that runs out of descriptors can neither accept nor connect, and every client sees it at once. So the need is
counted before the first client comes, and where the system does not grant it, the operator is told which limit to
raise.
"""

from __future__ import annotations

import resource
from dataclasses import replace

from affinity_gw.routing.configuration import Config

RESERVE = 64
"""Standard streams, the loop's own, the log, the guard, modules being read."""

OPEN_MAX = 10240
"""What macOS grants at most where its limit is called unlimited (setrlimit(2))."""


def needed(config: Config) -> int:
    """Descriptors at full load, as HAProxy counts them: a client and its server each, listeners, checks, instances."""
    if config.general.ulimit_n:
        return config.general.ulimit_n
    servers = [server for backend in config.backends for server in backend.servers]
    listeners = sum(len(frontend.binds) for frontend in config.frontends)
    checks = sum(server.check is not None for server in servers)
    instances = sum(server.instance for server in servers)
    return 2 * config.general.maxconn + listeners + checks + instances + RESERVE


def raise_limit(config: Config) -> str | None:
    """Raise the limit of open files to fit ``config``. A sentence where it cannot be raised far enough, else None."""
    wanted = needed(config)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, wanted):
        return None
    # Within the hard limit anybody may raise the soft one; beyond it takes privilege (CAP_SYS_RESOURCE).
    enough = _is_enough(hard, wanted)
    attempts = [(wanted, hard if enough else wanted), (OPEN_MAX if enough else hard, hard)]
    any(_set(*attempt) for attempt in attempts)
    granted = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if _is_enough(granted, wanted) else _advice(config.general.maxconn, wanted, granted)


def fitting(config: Config) -> Config:
    """The same configuration with the ``maxconn`` that the limit allows: beyond it clients wait in the backlog, where
    otherwise those who are connected would find no descriptor for their servers."""
    granted = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if _is_enough(granted, needed(config)):
        return config
    return replace(config, general=replace(config.general, maxconn=min(config.general.maxconn, _fits(granted))))


def _fits(granted: int) -> int:
    return max(1, (granted - RESERVE) // 2)


def _set(soft: int, hard: int) -> bool:
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    except (OSError, ValueError):
        return False
    return True


def _is_enough(limit: int, wanted: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= wanted


def _advice(maxconn: int, wanted: int, granted: int) -> str:
    return (
        f"maxconn = {maxconn} needs {wanted} open files and this system allows {granted}, enough for about "
        f'{_fits(granted)} connections: more will wait; raise the limit ("ulimit -n {wanted}" in the shell, '
        f"LimitNOFILE={wanted} in a systemd unit), or lower maxconn"
    )
