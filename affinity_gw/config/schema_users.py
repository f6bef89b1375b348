"""What may be said, part five: ``[userlist.NAME]``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainValidator

from affinity_gw.config.problem import Problem
from affinity_gw.config.schema import Table
from affinity_gw.config.values import Text, shown, text


def password_hash(value: Any) -> str:
    """Never shown: what stands there may be a password."""
    # libpass is slow to import, and few configurations have users.
    from affinity_gw.routing.passwords import is_hash  # noqa: PLC0415

    if not is_hash(text(value)):
        raise Problem("this is not the hash of a password", HOW_TO_MAKE_ONE)
    return str(value)


def user_name(value: Any) -> str:
    """What a request can say (RFC 7617 section 2)."""
    if ":" in text(value):
        raise Problem(f"{shown(value)} has a colon, and no user can have one", "choose another name")
    return str(value)


HOW_TO_MAKE_ONE = (
    "python -m affinity_gw hash-password makes one; there are $5$, $6$, $1$, $apr1$, $2b$ (bcrypt) and $scrypt$"
)

Users = dict[Annotated[str, PlainValidator(user_name)], Annotated[str, PlainValidator(password_hash)]]


class UserlistTable(Table):
    user: Annotated[Users | None, "table of name to hash"] = Field(
        None, description="The users, each with the hash of a password; hash-password makes one."
    )
    file: Text | None = Field(None, description="An htpasswd file with more of them, read once, at the start.")
