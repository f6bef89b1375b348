"""Who may come in: HAProxy's userlists, and what a request says about itself (RFC 7617, basic authentication).

To find out whether a password is the right one takes milliseconds, on purpose, and belongs into a thread. So the
question is put where it arises, by ``http_auth`` in a condition: what is known is answered at once, and what is not
ends the decision with ``Unverified``. Who decides finds the answer and decides anew. Nothing here keeps a password.
"""

from __future__ import annotations

from binascii import Error, a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Userlist:
    """``users``: by name, the hash of each one's password (``passwords``)."""

    name: str
    users: Mapping[str, str]


class Claim(NamedTuple):
    """That ``user`` has the password that ``hash`` was made of. ``known``: the user is one of the list; a stranger's
    password is compared as well, with somebody's hash, so that nobody learns from the time it takes who is one."""

    user: str
    password: bytes
    hash: str
    known: bool


class Unverified(Exception):  # noqa: N818  # not an error: a question that has to be answered before a decision
    """Whether ``claim`` is true has to be found out before anything can be decided."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"the password of {claim.user} has not been looked at")
        self.claim = claim


def claim(users: Userlist, authorization: str | None) -> Claim | None:
    """What an Authorization field claims; None where it claims nothing that could be true."""
    said = credentials(authorization) if authorization is not None else None
    if said is None or not users.users:
        return None
    user, password = said
    known = users.users.get(user)
    return Claim(user, password, known or next(iter(users.users.values())), known is not None)


def credentials(authorization: str) -> tuple[str, bytes] | None:
    """User and password of a field's value. As HAProxy reads it: any case, any number of blanks, padding required."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = a2b_base64(encoded.strip(" "), strict_mode=True)
    except (Error, ValueError):
        return None
    user, colon, password = decoded.partition(b":")
    return (user.decode("utf-8", "surrogateescape"), password) if colon else None
