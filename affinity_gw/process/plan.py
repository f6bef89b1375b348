"""What it takes to start one instance: worked out from the configuration, before anything starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import LOOPBACK, InstancesSpec


@dataclass(frozen=True, slots=True)
class Plan:
    """``id`` is the server's: ``backend/name``. ``environment`` is added to the gateway's own; ``log`` is a
    file, or empty."""

    id: str
    command: tuple[str, ...]
    address: Address
    directory: str
    environment: Mapping[str, str]
    start_timeout: float
    log: str


def plans(specs: Sequence[InstancesSpec]) -> Iterator[Plan]:
    for spec in specs:
        for number, (name, port) in enumerate(zip(spec.names, spec.ports, strict=True), start=1):
            words = {"{name}": name, "{port}": str(port), "{n}": str(number), "{python}": sys.executable}
            yield Plan(
                id=f"{spec.backend}/{name}",
                command=tuple(_filled(word, words) for word in spec.command),
                address=Address(LOOPBACK, port),
                directory=spec.directory,
                # A Python that writes to a pipe keeps its lines until 8 KB are full, or it ends.
                environment={"PYTHONUNBUFFERED": "1"} | {key: _filled(value, words) for key, value in spec.environment},
                start_timeout=spec.start_timeout,
                log=_filled(spec.log, words),
            )


def _filled(word: str, values: Mapping[str, str]) -> str:
    """Only these four are filled in: other braces are the command's own (JSON, awk)."""
    for placeholder, value in values.items():
        word = word.replace(placeholder, value)
    return word
