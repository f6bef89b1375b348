"""Whether a peer answers rightly, asked before any of its figures is believed."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench import tunnels
from tests.bench.backends import BODY
from tests.bench.peers import Peer
from tests.bench.processes import BenchError
from tests.bench.workloads import Workload

ROUNDS = 8
"""Requests to each session in turn: enough that chance would not pass for affinity."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    server: str
    served: int
    body: bytes


def check(peer: Peer, workload: Workload, port: int) -> None:
    """Raises BenchError with the peer's name and what is wrong."""
    try:
        with _client(port) as client:
            _routes(client)
            _forwards(client, workload)
        if workload.kind == "tunnels":
            asyncio.run(_upgrades(port))
    except (BenchError, http.client.HTTPException, OSError, EOFError) as error:
        raise BenchError(f"{peer.name}, {workload.name}: not believed: {error or type(error).__name__}") from error


@contextmanager
def _client(port: int) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        yield client
    finally:
        client.close()


def ask(client: http.client.HTTPConnection, target: str) -> Answer:
    """One request; the client's connection has to stay open after it."""
    client.request("GET", target)
    response = client.getresponse()
    if response.will_close:
        raise BenchError("the client's connection is closed after an answer")
    served = int(response.getheader("X-Served", "0"))
    return Answer(response.status, response.getheader("X-Server", ""), served, response.read())


def _routes(client: http.client.HTTPConnection) -> None:
    for turn in range(ROUNDS * 2):
        name = f"wt{turn % 2 + 1}"
        answer = ask(client, f"/?wtd={name}{turn:016d}")
        if (answer.status, answer.server, answer.body) != (200, name, BODY):
            raise BenchError(f"a request of {name} had {answer.status} from {answer.server or 'nobody'}")


def _forwards(client: http.client.HTTPConnection, workload: Workload) -> None:
    answers = [ask(client, "/echo?wtd=wt1" + "0" * 16) for _ in range(ROUNDS)]
    if any(b"\r\nx-forwarded-for: 127.0.0.1\r\n" not in answer.body.lower() for answer in answers):
        raise BenchError("the backend is not told who the client is")
    reused = any(answer.served > 1 for answer in answers)
    if reused != (workload.connection == "keep-alive"):
        raise BenchError(f"connections to the backend are {'reused' if reused else 'not reused'}")


async def _upgrades(port: int) -> None:
    async with asyncio.timeout(5), tunnels.held(port, 4):
        pass
