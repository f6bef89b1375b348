"""The guard: a small program that ends a gateway's instances when the gateway can no longer do so.

Run by its path, as ``python -I -S guard.py MARK``, so that it imports nothing but what stands here: about 8 MB. Its
stdin is a pipe whose other end only the gateway has: ``+GROUP`` and ``-GROUP`` lines come and go with the instances,
``bye`` with an orderly end. When the pipe closes without it, the gateway was killed, and the kernel said so.

Everything in the groups is asked to end, then killed. On Linux so is every process with MARK in its environment: an
instance that was born in the moment in which the gateway died, and a child that has left its group.
"""

from __future__ import annotations

import os
import signal
import sys
import time

VARIABLE = "AFFINITY_GW_MARK"
"""The environment variable of instances that holds their gateway's mark."""

PATIENCE = 1.0
"""Seconds between the request to end and the kill."""


def main(mark: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the gateway's signals are not for us
    groups = read_groups()
    if groups is not None:
        end(groups, mark)


def read_groups() -> set[int] | None:
    """The groups that live when the pipe closes; None after an orderly end."""
    groups: set[int] = set()
    with os.fdopen(0, "r", encoding="ascii") as lines:
        for line in lines:
            word = line.strip()
            if word == "bye":
                return None
            if word.startswith("+"):
                groups.add(int(word[1:]))
            elif word.startswith("-"):
                groups.discard(int(word[1:]))
    return groups


def end(groups: set[int], mark: str) -> None:
    until = time.monotonic() + PATIENCE
    alive = send(signal.SIGTERM, groups, mark)
    while alive and time.monotonic() < until:
        time.sleep(0.02)
        alive = send(0, groups, mark)
    send(signal.SIGKILL, groups, mark)
    # One kill is enough for a group; what has left it may have had a child in the meantime.
    while send(signal.SIGKILL, set(), mark) and time.monotonic() < until + PATIENCE:
        time.sleep(0.02)


def send(number: int, groups: set[int], mark: str) -> bool:
    """Signal all that is left (0 only looks). True while there was anything."""
    reached = [signalled(os.killpg, group, number) for group in groups]
    reached += [signalled(os.kill, pid, number) for pid in marked(mark)]
    return any(reached)


def signalled(kill: object, number: int, what: int) -> bool:
    try:
        kill(number, what)  # type: ignore[operator]  # os.kill or os.killpg; typing's Callable would cost an import
    except OSError:
        return False
    return True


def marked(mark: str) -> list[int]:
    """Processes whose environment holds the mark. A zombie's environment is empty. None where there is no /proc."""
    wanted = f"{VARIABLE}={mark}".encode()
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:  # noqa: PTH112, PTH208  # pathlib is not light
        try:
            with open(f"/proc/{name}/environ", "rb") as environ:  # noqa: PTH123  # see above
                if name.isdigit() and wanted in environ.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main(sys.argv[1])
