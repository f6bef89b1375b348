"""Keys and values as TOML spells them (https://toml.io/en/v1.0.0).

Written here and not by a library: what a converted file needs are comments at the end of lines, dotted keys and a given
order, which libraries that write TOML either do not have or ask for key by key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def key(path: Iterable[str | int]) -> str:
    """A dotted key; parts that are not bare stand in quotes."""
    return ".".join(part if _BARE.fullmatch(part) else string(part) for part in map(str, path))


def value(item: Any) -> str:
    """A value on one line. Raises TypeError for what TOML cannot say, such as None."""
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, int | float):
        return repr(item)
    if isinstance(item, str):
        return string(item)
    if isinstance(item, Mapping):
        return (
            "{ " + ", ".join(f"{key([name])} = {value(each)}" for name, each in item.items()) + " }" if item else "{}"
        )
    if isinstance(item, list | tuple):
        return "[" + ", ".join(map(value, item)) + "]"
    raise TypeError(f"TOML has no {type(item).__name__}")


def string(text: str) -> str:
    """In double quotes, or in single ones where that spares escapes (regular expressions, quoted words)."""
    if ("\\" in text or '"' in text) and "'" not in text and not _CONTROL.search(text):
        return f"'{text}'"
    # JSON's escapes are TOML's, but for DEL, which only TOML refuses as it stands.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def comment(text: str) -> str:
    """One line that TOML passes over; control characters, which it would refuse there, are escaped."""
    shown = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    return f"# {shown}".rstrip()
