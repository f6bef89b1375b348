"""``userlist``: users with their passwords, for basic authentication."""

from __future__ import annotations

from collections.abc import Mapping

from affinity_gw.config.problem import Problem
from affinity_gw.config.schema_users import password_hash
from affinity_gw.config.userlists import hash_password
from affinity_gw.convert.sections import Context, Directive, spelt


def _user(context: Context) -> None:
    """``user NAME password HASH``, with groups that nothing asks for."""
    name = str(context.argument(1, "the user's name"))
    words = list(context.words[2:])
    section = context.carried.data.setdefault("userlist", {}).setdefault(context.section.name, {})
    users = section.setdefault("user", {})
    made = None
    for word, value in zip(words[::2], words[1::2], strict=False):
        if word == "password":
            made = _known_hash(context, name, spelt(value))
        elif word == "insecure-password":
            made = hash_password(value)
            context.warn(f"the password of {name} stands there as it is; its hash takes its place")
        elif word != "groups":
            raise Problem(f'"{word}" cannot stand here', "write password HASH")
    if made is not None:
        users[name] = made
        context.carried.origins["userlist", context.section.name, "user", name] = context.number


def _known_hash(context: Context, name: str, value: str) -> str | None:
    try:
        return password_hash(value)
    except Problem as problem:
        context.leave_out(f"the password of {name}: {problem.problem} that is known here", problem.advice)
        return None


def _group(context: Context) -> None:
    context.warn("nothing asks for groups")


USERLIST: Mapping[str, Directive] = {"user": _user, "group": _group}
