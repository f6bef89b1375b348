"""What has to be there and is not: the benchmark installs nothing, it says what to install."""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Iterator, Sequence

from tests.bench.peers import Peer, program

TOOLS = {"wrk": "wrk", "taskset": "util-linux"}
"""Programs by the Debian package that holds them."""


def missing(peers: Sequence[Peer]) -> Iterator[str]:
    """A sentence for each thing that is missing."""
    if platform.system() != "Linux":
        yield "the figures come from /proc: this benchmark runs on Linux only"
    wanted = TOOLS | {peer.command[0]: peer.package for peer in peers if peer.package}
    for name, package in wanted.items():
        if program(name) is None:
            yield f"{name} is missing: apt-get install {package}"
    if importlib.util.find_spec("uvloop") is None:
        yield "uvloop is missing, which the backends run on: pip install uvloop"
