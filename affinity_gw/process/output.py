"""What an instance prints, as lines for the log."""

from __future__ import annotations

MAX_LINE = 4096
"""Bytes of a line that are kept; the rest of it is dropped, and an ellipsis says so."""


class Lines:
    r"""Cuts a stream of bytes into lines of bounded length. Bytes that are not UTF-8 become ``\xff``."""

    __slots__ = ("_cut", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._cut = False

    def feed(self, data: bytes) -> list[str]:
        """The lines that ``data`` completes, without their ends."""
        *complete, rest = data.split(b"\n")
        lines = []
        for piece in complete:
            lines += self._take(piece)
            self._rest, self._cut = b"", False
        self._keep(rest)
        return lines

    def close(self) -> list[str]:
        """What stands after the last line end."""
        last = self._take(b"") if self._rest else []
        self._rest, self._cut = b"", False
        return last

    def _keep(self, piece: bytes) -> None:
        room = MAX_LINE - len(self._rest)
        self._cut = self._cut or len(piece) > room
        self._rest += piece[:room]

    def _take(self, piece: bytes) -> list[str]:
        """The line that ends here; empty lines are not worth a line of the log."""
        self._keep(piece)
        text = self._rest.rstrip(b"\r").decode("utf-8", "backslashreplace")
        return [f"{text}…" if self._cut else text] if text.strip() else []
