"""The gateway's end of the guard: start it, tell it which process groups live, and take leave."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys

import structlog

from affinity_gw.process import guard

log = structlog.get_logger("affinity_gw.instances")


class Guard:
    """``environment`` marks a process as one to be ended with the gateway."""

    def __init__(self) -> None:
        mark = secrets.token_hex(16)
        self.environment = {guard.VARIABLE: mark}
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = _start(mark)
        except OSError as error:
            log.warning("no guard: instances will outlive a gateway that is killed", reason=str(error))

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def watch(self, group: int) -> None:
        self._say(f"+{group}")

    def forget(self, group: int) -> None:
        self._say(f"-{group}")

    def dismiss(self) -> None:
        """All instances have ended: so may the guard. It is gone when this returns."""
        self._say("bye")
        if self._process is None:
            return
        process, self._process = self._process, None
        assert process.stdin is not None  # noqa: S101  # it was made with a pipe
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.wait()

    def _say(self, word: str) -> None:
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(word.encode("ascii") + b"\n")
        except OSError as error:
            log.warning("the guard is gone: instances will outlive a gateway that is killed", reason=str(error))
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process = None


def _start(mark: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C and a signal to the gateway's group are not meant for it.
    return subprocess.Popen(  # noqa: S603  # our own program, by its path
        [sys.executable, "-I", "-S", guard.__file__, mark],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
