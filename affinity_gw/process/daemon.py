"""``daemon = true``: go to the background, and tell whoever started us whether it went well.

The process forks before anything else exists. The parent waits until the child serves, and leaves with 0; what goes
wrong until then is still said on its terminal, and it leaves with the child's status. From then on the child has no
terminal and no standard streams, as HAProxy's, so its logs need a target (``log.syslog``).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

Ready = Callable[[], None]


def detach() -> Ready:
    """Returns in the child alone: call the result once it serves. The parent ends here (SystemExit)."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        sys.exit(_outcome(child, reading))
    os.close(reading)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)  # now: a chroot has none

    def ready() -> None:
        _close_streams(null)
        os.write(writing, b"\0")
        os.close(writing)

    return ready


def _outcome(child: int, reading: int) -> int:
    """0 once the child serves; else how it ended."""
    if os.read(reading, 1):
        return 0
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) or 1


def _close_streams(null: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)
