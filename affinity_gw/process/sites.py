"""The sites of all backends that serve files, each on a unix socket in a directory that nobody else may enter."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from affinity_gw.errors import GatewayError
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import FilesSpec

if TYPE_CHECKING:
    from aiohttp import web

GRACE = 1.0
"""Seconds that an answer may take to its end once nobody is connected any more."""


class Sites:
    """Where no backend has files, nothing is made."""

    def __init__(self) -> None:
        self._open = AsyncExitStack()

    async def start(self, config: Config) -> Config:
        """The same configuration, with the addresses of the sites. Raises GatewayError where one cannot listen."""
        if all(backend.files is None for backend in config.backends):
            return config
        try:
            directory = Path(self._open.enter_context(TemporaryDirectory(prefix="affinity_gw-")))
            backends = [
                await self._started(backend, directory / str(number)) for number, backend in enumerate(config.backends)
            ]
        except OSError as error:
            await self.stop()
            reason = (error.strerror or str(error)).lower()
            raise GatewayError(
                f"files cannot be served: {reason}; TMPDIR names a directory in which the gateway may make sockets"
            ) from error
        return replace(config, backends=tuple(backends))

    async def _started(self, backend: Backend, socket: Path) -> Backend:
        if backend.files is None:
            return backend
        runner = _runner(backend.files)
        self._open.push_async_callback(runner.cleanup)
        await _listen(runner, socket)
        servers = tuple(replace(server, address=Address(path=str(socket))) for server in backend.servers)
        return replace(backend, servers=servers)

    async def stop(self) -> None:
        await self._open.aclose()


def _runner(spec: FilesSpec) -> web.AppRunner:
    # aiohttp's server is slow to import, and few gateways need it.
    from aiohttp import web  # noqa: PLC0415

    from affinity_gw.control.files import application  # noqa: PLC0415

    return web.AppRunner(application(spec), access_log=None, handle_signals=False, shutdown_timeout=GRACE)


async def _listen(runner: web.AppRunner, socket: Path) -> None:
    from aiohttp import web  # noqa: PLC0415  # as above

    await runner.setup()
    await web.UnixSite(runner, socket).start()
