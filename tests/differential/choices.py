"""Who answers: steps for hundreds of keys, of which nothing else is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.differential.messages import read_response
from tests.differential.steps import Open, Step, opened

if TYPE_CHECKING:
    from tests.differential.stage import Stage


@dataclass(frozen=True, slots=True)
class Which(Step):
    """Only which server answers each of these requests: for hundreds of keys. ``sources``: a connection from each."""

    requests: tuple[bytes, ...]
    sources: tuple[str, ...] = ()
    to: str = ""

    async def play(self, stage: Stage) -> None:
        if not self.sources:
            stage.note("servers", " ".join([await self._ask(stage, request, "which") for request in self.requests]))
            return
        found = []
        for source in self.sources:
            await Open("which", self.to, source).play(stage)
            found.append(await self._ask(stage, self.requests[0], "which"))
            stage.clients.pop("which").close()
        stage.note("servers", " ".join(found))

    async def _ask(self, stage: Stage, request: bytes, on: str) -> str:
        client = await opened(stage, on, self.to)
        await client.send(request)
        response = await read_response(client, request.partition(b" ")[0].decode())
        return (response.all("x-server") or [str(response.status)])[0]


@dataclass(frozen=True, slots=True)
class Everybody(Step):
    """Only who answers at all, of many requests."""

    requests: tuple[bytes, ...]

    async def play(self, stage: Stage) -> None:
        await Which(self.requests).play(stage)
        found = str(stage.seen.pop().value)
        stage.note("servers", " ".join(sorted(set(found.split()))))
