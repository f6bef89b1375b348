"""``userlist``: users with their passwords, for basic authentication."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem
from affinity_gw.convert.sections import Context, Directive, spelt


def _user(context: Context) -> None:
    """``user NAME password HASH``, with groups that nothing asks for."""
    name = str(context.argument(1, "the user's name"))
    words = list(context.words[2:])
    for word, value in zip(words[::2], words[1::2], strict=False):
        if word == "password":
            users = context.carried.data.setdefault("userlist", {}).setdefault(context.section.name, {})
            users.setdefault("user", {})[name] = spelt(value)
            context.carried.origins["userlist", context.section.name, "user", name] = context.number
        elif word == "insecure-password":
            context.leave_out(f"the password of {name} stands there as it is", "write its hash")
        elif word != "groups":
            raise Problem(f'"{word}" cannot stand here', "write password HASH")


def _group(context: Context) -> None:
    context.warn("nothing asks for groups")


USERLIST: Mapping[str, Directive] = {"user": _user, "group": _group}
