"""Which file a request-target names: one below the root that anybody may see, or none at all.

A target is cut at its slashes first and decoded then (RFC 3986 section 2.4), so that ``%2f`` is a letter of a name, and
no name holds a slash. What links lead out of the root, begins with a dot, or holds what only other systems or
languages take for a separator, is not there.

Rules compare what was sent, so a file must have one name only: what guards ``/private`` has to guard ``/%70rivate`` and
``//private`` too. Whoever asks in another form is led to this one, and so past the rules once more.
"""

from __future__ import annotations

import os
from urllib.parse import quote, unquote_to_bytes

_NEVER = (b"/", b"\\", b"\0")


PLAIN = "!$&'()*+,;=:@"
"""What stands in a path as it is, beside letters, digits and ``-._~`` (RFC 3986 section 3.3)."""


def moved(target: str) -> str:
    """Where a path is that was written in another form than its normal one, relative to it; empty where it was not.

    Normal (RFC 3986 section 6.2.2): what can stand as it is does, all else is %XX in capitals, no segment is empty.
    """
    path, mark, query = target.partition("?")
    names = [_bytes(name) for name in path.split("/") if name]
    normal = "/".join(quote(unquote_to_bytes(name), safe=PLAIN) for name in names)
    if names and path.endswith("/"):
        normal += "/"
    if path == f"/{normal}":
        return ""
    return f"{'../' * (path.count('/') - 1) or './'}{normal}{mark}{query}"


def below(root: str, target: str) -> str | None:
    """The real path that ``target`` names below ``root``, which is a real path too; None for nothing that may be seen.

    There need not be anything at that path. ``target``: as it was sent, with its query.
    """
    path = _bytes(target.partition("?")[0])
    names = [unquote_to_bytes(name) for name in path.split(b"/") if name]
    if not path.startswith(b"/") or any(_is_refused(name) for name in names):
        return None
    return seen(root, os.path.join(root, *map(os.fsdecode, names)))  # noqa: PTH118  # joins bytes that are no text


def seen(root: str, path: str) -> str | None:
    """The real path of ``path``, where no link on its way leads out of ``root`` or to a name that begins with a dot."""
    real = os.path.realpath(path)
    if real == root:
        return real
    inside = real.removeprefix(root.rstrip("/") + "/")
    if inside == real or any(name.startswith(".") for name in inside.split("/")):
        return None
    return real


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _is_refused(name: bytes) -> bool:
    return name.startswith(b".") or any(character in name for character in _NEVER)
