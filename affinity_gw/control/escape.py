"""What strangers say, made fit for a line of text: nothing breaks a line, moves a cursor or fills the disk."""

from __future__ import annotations

MAX_FIELD = 256
"""Characters of one field that are logged; where more is cut, the last one is an ellipsis."""


def escaped(text: str) -> str:
    r"""Control characters, line separators and bytes that were not UTF-8 become ``\x1b``, ``\u2028``, ``\xff``.

    Printable text, which is nearly all, is returned as it is: one C call says so (70 ns).
    """
    return text if text.isprintable() else "".join(map(_escape, text))


def field(text: str) -> str:
    """``escaped``, and no longer than ``MAX_FIELD`` characters."""
    if len(text) <= MAX_FIELD and text.isprintable():
        return text
    safe = escaped(text[: MAX_FIELD + 1])
    return safe if len(safe) <= MAX_FIELD else safe[: MAX_FIELD - 1] + "…"


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, kept by surrogateescape
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
