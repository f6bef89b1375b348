"""What an instance prints, as lines: for the gateway's own log, or for a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import structlog

from affinity_gw.control.lines import LineWriter
from affinity_gw.control.log import losses_to_log
from affinity_gw.errors import GatewayError

log = structlog.get_logger("affinity_gw.instances")

Say = Callable[[str], None]
"""Called with each line."""

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


_files: dict[str, LineWriter] = {}
"""By path. A file is opened once a process, and stays open: who is started again goes on in it."""


def into_log(instance: str) -> Say:
    """Lines go to the gateway's own log, with the server's id."""
    return lambda line: log.info(line, instance=instance)


def into_file(path: str, instance: str) -> Say:
    """Lines go to the end of a file, whose directory is made where there is none. Raises GatewayError."""
    if path not in _files:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            _files[path] = LineWriter(path, losses_to_log(f"log of {instance}"))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            advice = "name in instances.log a file that the gateway may write"
            raise GatewayError(f"the log {path} of {instance} cannot be opened: {reason}; {advice}") from error
    return _files[path].write


def files() -> Collection[LineWriter]:
    """Those that are open: they have to be opened anew after a rotation."""
    return _files.values()
