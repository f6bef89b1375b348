"""The limit of open files, raised to what ``maxconn`` needs.

A gateway that runs out of descriptors can neither accept nor connect, and every client sees it at once. So the need is
counted before the first client comes, and where the system does not grant it, the operator is told which limit to
raise.
"""

from __future__ import annotations

import resource

from affinity_gw.proxy.pool import MAX_IDLE
from affinity_gw.routing.snapshot import Config

RESERVE = 64
"""Standard streams, the loop's own, the log, the guard, modules being read."""

OPEN_MAX = 10240
"""What macOS grants at most where its limit is called unlimited (setrlimit(2))."""


def needed(config: Config) -> int:
    """Descriptors at full load, as HAProxy counts them: a client and its server each, idle ones, checks, listeners."""
    if config.general.ulimit_n:
        return config.general.ulimit_n
    servers = [server for backend in config.backends for server in backend.servers]
    idle = MAX_IDLE * sum(backend.connection == "keep-alive" for backend in config.backends for _ in backend.servers)
    listeners = sum(len(frontend.binds) for frontend in config.frontends)
    checks = sum(server.check is not None for server in servers)
    output = sum(server.instance for server in servers)
    return 2 * config.general.maxconn + min(idle, config.general.maxconn) + listeners + checks + output + RESERVE


def raise_limit(config: Config) -> str | None:
    """Raise the limit of open files to fit ``config``. A sentence where it cannot be raised far enough, else None."""
    wanted = needed(config)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, wanted):
        return None
    # Raising the hard limit takes privilege (CAP_SYS_RESOURCE); within it anybody may raise the soft one.
    for ceiling in (hard if _is_enough(hard, wanted) else wanted, hard):
        if _set(min(wanted, ceiling) if ceiling != resource.RLIM_INFINITY else wanted, ceiling):
            break
    granted = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if _is_enough(granted, wanted) else _advice(config.general.maxconn, wanted, granted)


def _set(soft: int, hard: int) -> bool:
    for limit in (soft, min(soft, OPEN_MAX)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        except (OSError, ValueError):
            continue
        return True
    return False


def _is_enough(limit: int, wanted: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= wanted


def _advice(maxconn: int, wanted: int, granted: int) -> str:
    fits = max(1, (granted - RESERVE) // 2)
    return (
        f"maxconn = {maxconn} needs {wanted} open files and this system allows {granted}: about {fits} connections "
        f'fit; raise the limit ("ulimit -n {wanted}" in the shell, LimitNOFILE={wanted} in a systemd unit) or lower maxconn'
    )
