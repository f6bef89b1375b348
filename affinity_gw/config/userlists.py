"""``[userlist.NAME]``: its users, and those of its htpasswd file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from affinity_gw.config.layers import Layers
from affinity_gw.config.problem import Problem
from affinity_gw.config.schema_users import UserlistTable, password_hash
from affinity_gw.routing.userlists import Userlist


def userlist(layers: Layers, name: str, table: UserlistTable) -> Userlist:
    users = dict(table.user or {})
    for user, hash_ in _in_file(layers, table.file) if table.file is not None else ():
        if user in users:
            layers.complain(("file",), f"{table.file} has the user {user}, who is there already", "leave one out")
        users[user] = hash_
    if not (users or layers.wrong or layers.mentions("file") or layers.mentions("user")):
        advice = 'write user.alice = "…"; python -m affinity_gw hash-password makes what stands there'
        layers.complain((), "nobody is in this userlist", advice)
    return Userlist(name, users)


def hash_password(password: str) -> str:
    """What a userlist holds instead of ``password``; with a salt, so another one each time. Takes 60 ms.

    Raises Problem for what cannot be a password.
    """
    # Slow to import, and few configurations have passwords to be hashed.
    from affinity_gw.routing.passwords import BCRYPT_READS, LONGEST, hashed  # noqa: PLC0415

    encoded = password.encode("utf-8", "surrogateescape")
    if not encoded or b"\0" in encoded or len(encoded) > LONGEST:
        raise Problem("this cannot be a password", f"write 1 to {BCRYPT_READS} characters")
    return hashed(encoded)


def _in_file(layers: Layers, written: str) -> Iterator[tuple[str, str]]:
    """The users of a file whose lines are ``name:hash``."""
    try:
        text = Path(layers.file(("file",), written)).read_text(encoding="utf-8")
    except OSError as error:
        layers.complain(("file",), f"{written} cannot be read: {error.strerror}", "name a file that may be read")
        return
    except UnicodeDecodeError:
        layers.complain(("file",), f"{written} is not UTF-8 text", "save it as UTF-8")
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                yield _user(line.rstrip())
            except Problem as problem:
                layers.complain(("file",), f"{written}, line {number}: {problem.problem}", problem.advice)


def _user(line: str) -> tuple[str, str]:
    user, colon, hash_ = line.partition(":")
    if not user or not colon:
        raise Problem("this is no user", 'write "name:hash", as htpasswd does')
    return user, password_hash(hash_)
