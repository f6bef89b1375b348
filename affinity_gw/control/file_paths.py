"""Which file a request-target names: one below the root that anybody may see, or none at all.

A target is cut at its slashes first and decoded then (RFC 3986 section 2.4), so that ``%2f`` is a letter of a name, and
no name holds a slash. What links lead out of the root, begins with a dot, or holds what only other systems or
languages take for a separator, is not there.
"""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

_NEVER = (b"/", b"\\", b"\0")


def below(root: str, target: str) -> str | None:
    """The real path that ``target`` names below ``root``, which is a real path too; None for nothing that may be seen.

    There need not be anything at that path. ``target``: as it was sent, with its query.
    """
    path = target.partition("?")[0].encode("utf-8", "surrogateescape")
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


def _is_refused(name: bytes) -> bool:
    return name.startswith(b".") or any(character in name for character in _NEVER)
