"""A directory as a page: directories first, then files, with sizes and dates."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from affinity_gw.control.file_paths import PLAIN, seen

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Files</title>
<style>body {{ font: 1em sans-serif; margin: 2em }} td {{ padding: .1em 2em .1em 0 }} td + td {{ text-align: right }}
</style></head><body><h1>Files</h1>
<table>
{rows}</table>
</body></html>
"""


class Entry(NamedTuple):
    """``size`` in bytes, None of a directory; ``modified`` in seconds since 1970."""

    name: str
    size: int | None
    modified: float


def entries(root: str, directory: str) -> list[Entry]:
    """What may be seen in a directory: files and directories, none that begins with a dot or leads out of the root.

    Raises OSError where it cannot be read.
    """
    with os.scandir(directory) as found:
        kept = [entry for each in found if (entry := _entry(root, each)) is not None]
    return sorted(kept, key=lambda entry: (entry.size is not None, entry.name.casefold(), entry.name))


def _entry(root: str, found: os.DirEntry[str]) -> Entry | None:
    if found.name.startswith(".") or "\\" in found.name or (found.is_symlink() and seen(root, found.path) is None):
        return None
    try:
        about = found.stat()
    except OSError:  # a link to nowhere
        return None
    if stat.S_ISDIR(about.st_mode):
        return Entry(found.name, None, about.st_mtime)
    return Entry(found.name, about.st_size, about.st_mtime) if stat.S_ISREG(about.st_mode) else None


def page(found: list[Entry], *, top: bool) -> bytes:
    """``top``: there is nothing above. Links are relative: what the root is called in URLs only the gateway knows."""
    return _PAGE.format(rows="".join(_rows(found, top=top))).encode("utf-8", "replace")


def _rows(found: list[Entry], *, top: bool) -> Iterator[str]:
    if not top:
        yield '<tr><td><a href="../">../</a></td></tr>\n'
    for entry in found:
        slash = "/" if entry.size is None else ""
        # "./" before a name with a colon: it is not a scheme.
        link = f"./{quote(os.fsencode(entry.name), safe=PLAIN)}{slash}"
        when = datetime.fromtimestamp(entry.modified, UTC).strftime("%Y-%m-%d %H:%M")
        size = "" if entry.size is None else readable(entry.size)
        name = f'<a href="{escape(link)}">{escape(entry.name)}{slash}</a>'
        yield f"<tr><td>{name}</td><td>{size}</td><td>{when}</td></tr>\n"


def readable(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    number, units = float(size), iter("KMGTPE")
    unit = ""
    while number >= 1023.95:  # what would be printed as 1024.0
        number, unit = number / 1024, next(units)
    return f"{number:.1f} {unit}B"
