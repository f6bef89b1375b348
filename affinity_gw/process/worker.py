"""The gateway as an object: what serves traffic, put together and taken apart in order.

Start: bind, so that a port in use costs nobody anything; then the instances, the checks, and only when there is
something to send requests to, accepting. Meanwhile clients wait in the kernel's backlog, which is what they would do at
a restart. Stop: the other way round, and what is under way has until ``hard_stop_after``.

``Gateway`` neither configures logging nor takes signals: whoever embeds it has both already. ``run`` does.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import structlog

from affinity_gw.config.load import load_mapping
from affinity_gw.control.checks import Checks, down_at_start
from affinity_gw.control.probe import probe
from affinity_gw.convert.load import load_config
from affinity_gw.errors import TlsError
from affinity_gw.process import sockets
from affinity_gw.process.instances import Instances
from affinity_gw.process.ports import with_ports
from affinity_gw.process.resolve import watch, with_addresses, without_address
from affinity_gw.process.sites import Sites
from affinity_gw.proxy.listener import Listener, Occupancy
from affinity_gw.proxy.parser import require_native_parser
from affinity_gw.proxy.record import Log
from affinity_gw.proxy.shared import Shared
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.snapshot import Snapshot
from affinity_gw.tls.store import Contexts

if TYPE_CHECKING:
    from affinity_gw.tls.certificates import Certificate

logger = structlog.get_logger("affinity_gw")


class Gateway:
    """A gateway in this process::

        async with Gateway.from_file("cfg.toml") as gateway:  # or a haproxy.cfg
            print(gateway.addresses["wt"])

    ``addresses``: what clients connect to, by frontend, with real ports where 0 was asked for. Entering raises
    BindError where a frontend cannot listen; ``from_file`` and ``from_config`` raise ConfigError with every complaint.
    """

    def __init__(
        self,
        config: Config,
        log_exchange: Log | Mapping[str, Log] | None = None,
        *,
        before_serving: Callable[[], None] = lambda: None,
    ) -> None:
        """``log_exchange`` hears of each exchange that has ended; a mapping has one listener a frontend.
        ``before_serving`` is called when ports are bound and names resolved, and nothing has been started yet."""
        require_native_parser()
        self.config = config
        self.addresses: dict[str, list[str]] = {}
        self._logs = _by_frontend(log_exchange, config)
        self._before_serving = before_serving
        self._contexts = Contexts()
        self._bound: dict[str, list[socket.socket]] = {}
        self._listeners: list[Listener] = []
        self._shared: Shared | None = None
        self._checks: Checks | None = None
        self._instances: Instances | None = None
        self._sites = Sites()
        self._watching: asyncio.Task[None] | None = None
        self._running = False

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        return cls(load_config(path))

    @classmethod
    def from_config(cls, data: Mapping[str, Any]) -> Self:
        """From what a TOML file would hold, as nested mappings."""
        return cls(load_mapping(data))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def snapshot(self) -> Snapshot:
        """The configuration and who is up, as it is now."""
        return self.shared.snapshot

    @property
    def shared(self) -> Shared:
        """What the connections share; there once the gateway has started."""
        if self._shared is None:
            raise RuntimeError("the gateway has not been started")
        return self._shared

    @property
    def checks(self) -> Checks:
        if self._checks is None:
            raise RuntimeError("the gateway has not been started")
        return self._checks

    def bind(self) -> None:
        """Listen, and accept nobody yet; ``start`` does it where it has not been done. Raises BindError."""
        self._bound = sockets.bind_all(self.config.frontends)
        self.addresses = {name: [sockets.address_of(each) for each in bound] for name, bound in self._bound.items()}

    async def start(self) -> None:
        """Serve. Raises BindError, or GatewayError for a server's name that cannot be resolved."""
        if self._running:
            raise RuntimeError("the gateway has been started already")
        self._running = True
        try:
            if not self._bound:
                self.bind()
            self._contexts = Contexts.of(self.config)
            self.config = await with_addresses(with_ports(self.config))
            self._before_serving()
            await self._start_serving()
        except BaseException:
            await self.stop()
            raise

    async def _start_serving(self) -> None:
        config = self.config = await self._sites.start(self.config)
        snapshot = Snapshot.of(config, down_at_start(config))
        self._shared = shared = Shared(config.general, snapshot, self._logs, contexts=self._contexts)
        shared.deadlines.start(shared.loop)
        probing = partial(probe, contexts=self._contexts)
        self._checks = checks = Checks(lambda: shared.snapshot, shared.publish, load=shared.live.load, probe=probing)
        specs = [backend.instances for backend in config.backends if backend.instances is not None]
        self._instances = Instances(specs, checks.set_state)
        await self._instances.start()
        if nameless := without_address(config):
            self._watching = shared.loop.create_task(watch(nameless, checks.set_state))
        await checks.start()
        for frontend in config.frontends:
            occupancy = Occupancy()
            for address, bound in zip(frontend.binds, self._bound[frontend.name], strict=True):
                listener = Listener(shared, frontend, bound, occupancy, address.tls)
                self._listeners.append(listener)
                listener.start()

    def reload_certificates(self) -> Sequence[Certificate]:
        """Read every certificate, key and authority again, for the connections that come from now on; those that are in
        force then. Raises TlsError, and then nothing has changed.
        """
        try:
            self._contexts.reload()
        except TlsError as error:
            general = self.config.general
            if "cannot be read" in str(error) and (general.chroot or general.user or general.group):
                advice = "the gateway has given up root: let its user read the files, in its chroot too, or restart it"
                raise TlsError(f"{error}; {advice}", error.word) from error
            raise
        return self._contexts.certificates

    async def stop(self, limit: float | None = None) -> int:
        """Stop accepting, finish what is under way within ``limit`` seconds (``hard_stop_after`` where None), end.

        Returns how many connections had to be cut. Afterwards it may be started again.
        """
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        sockets.close_all(self._bound)
        self._bound.clear()
        cut = 0
        if self._shared is not None:
            cut = await self._shared.finish(self.config.general.hard_stop_after if limit is None else limit)
        if self._watching is not None:
            self._watching.cancel()
        if self._checks is not None:
            await self._checks.stop()
        if self._instances is not None:
            await self._instances.stop()
        await self._sites.stop()
        if self._shared is not None:
            self._shared.deadlines.stop()
        self._running = False
        # Transports close their sockets in the loop's next turn, and an embedding test looks for what is left open.
        await asyncio.sleep(0)
        return cut

    async def kill(self) -> None:
        """While ``stop`` waits: cut every connection and kill every instance, so that it returns at once."""
        if self._shared is not None:
            for connection in list(self._shared.connections):
                connection.abort()
        if self._instances is not None:
            await self._instances.stop(grace=0.0)


def _by_frontend(log: Log | Mapping[str, Log] | None, config: Config) -> Mapping[str, Log]:
    if log is None or isinstance(log, Mapping):
        return log or {}
    return {frontend.name: log for frontend in config.frontends if frontend.log}
