"""``user``, ``group`` and ``chroot``: what is given away for good once the ports are bound.

In HAProxy's order: chroot first, which takes root to do; then the groups, then the user, after which nothing can be
taken back. Names become numbers before that, since in a chroot there is no /etc/passwd to read them from.
"""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass

from affinity_gw.errors import GatewayError
from affinity_gw.routing.configuration import Global


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the process becomes; None is as it is."""

    user: int | None
    group: int | None


def identity(general: Global) -> Identity:
    """Raises GatewayError for a name that this machine does not know."""
    return Identity(
        _number(general.user, "user", lambda name: pwd.getpwnam(name).pw_uid),
        _number(general.group, "group", lambda name: grp.getgrnam(name).gr_gid),
    )


def give_away(general: Global, who: Identity) -> None:
    """Raises GatewayError where the system does not let us: all of it takes root."""
    try:
        if general.chroot:
            os.chroot(general.chroot)
            os.chdir("/")
        if os.geteuid() == 0 and who != Identity(None, None):
            os.setgroups([])
        if who.group is not None and who.group != os.getegid():
            os.setgid(who.group)
        if who.user is not None and who.user != os.geteuid():
            os.setuid(who.user)
    except OSError as error:
        what = f"chroot {general.chroot}, user {general.user or 'as it is'}, group {general.group or 'as it is'}"
        reason = (error.strerror or str(error)).lower()
        raise GatewayError(f"{what}: {reason}; start as root, or leave them out of [global]") from error


def _number(name: str, what: str, lookup: Callable[[str], int]) -> int | None:
    if not name:
        return None
    if name.isdecimal():
        return int(name)
    try:
        return lookup(name)
    except KeyError:
        advice = f"make it, or write in [global] a {what} that there is"
        raise GatewayError(f"there is no {what} {name} on this machine; {advice}") from None
