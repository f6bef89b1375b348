"""One process with one worker: the gateway under signals, with its logs, until it is told to stop.

SIGTERM and SIGINT stop accepting and finish what is under way; a second one leaves now. SIGUSR1 reopens log files.
SIGHUP and SIGUSR2 read the certificates again; they will reload the configuration too, and until that exists say so.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from affinity_gw.control import access_log, log
from affinity_gw.control.summary import startup
from affinity_gw.control.syslog import Syslog, open_targets
from affinity_gw.errors import GatewayError, TlsError
from affinity_gw.process import daemon, output, privileges
from affinity_gw.process.descriptors import fitting, raise_limit
from affinity_gw.process.worker import Gateway
from affinity_gw.routing.configuration import Config
from affinity_gw.routing.logs import LEVELS

try:
    import uvloop
except ImportError:  # pragma: no cover - the platforms that do not have it
    new_event_loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    new_event_loop = uvloop.new_event_loop

logger = structlog.get_logger("affinity_gw")


def run(config: Config) -> int:
    """Serve until a signal says stop. The exit status: 0 for an orderly stop, 1 for a failure at run time.

    With ``daemon`` the process that called this ends here (SystemExit), and another one serves.
    """
    _open_closed_streams()
    ready = daemon.detach() if config.general.daemon else None
    own_log = log.configure(config.general)
    access = log.LineWriter(1, log.losses_to_log("access log"))
    targets: list[Syslog] = []
    try:
        # Here and not later: what a chroot has no way to is open by then.
        targets += open_targets(config.general)
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(_serve(config, Logs(own_log, access, targets), ready))
    except GatewayError as error:
        own_log.write(f"affinity_gw: {error}")  # a sentence for a person, whatever the log's form
        return 1
    finally:
        for target in targets:
            target.close()
        access.close()
        own_log.close()


@dataclass(frozen=True, slots=True)
class Logs:
    """Where lines go: the gateway's own to stderr, the access log to stdout, both to the targets of ``log.syslog``."""

    own: log.LineWriter
    access: log.LineWriter
    targets: Sequence[Syslog]

    def say(self, text: str) -> None:
        """To the targets alone."""
        for target in self.targets:
            target.send(LEVELS["notice"], text)


def _open_closed_streams() -> None:
    """Who starts us with ``>&-`` leaves 1 free for the next descriptor: the access log would go to some client."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(fd)


async def _serve(config: Config, logs: Logs, ready: daemon.Ready | None) -> int:
    who = privileges.identity(config.general)
    for warning in config.warnings:
        logger.warning(warning)
    if (shortage := raise_limit(config)) is not None:
        logger.warning(shortage)
        config = fitting(config)
    # From here on: what is to be said of the configuration is for whoever starts us, as with HAProxy.
    log.configure(config.general, logs.own, logs.targets)
    gateway = Gateway(
        config,
        access_log.make(config, logs.access, logs.targets, is_terminal=os.isatty(1)),
        before_serving=lambda: privileges.give_away(config.general, who),
    )
    signals = Signals(gateway, [logs.access, logs.own])
    try:
        gateway.bind()
        # Only who has the ports writes the pidfile: a second start by mistake leaves the first one's alone.
        with _pidfile(config.general.pidfile):
            await _serve_until_told(gateway, signals, logs, ready)
    finally:
        await gateway.stop()
    return 0


async def _serve_until_told(gateway: Gateway, signals: Signals, logs: Logs, ready: daemon.Ready | None) -> None:
    if not await _start(gateway, signals):
        return
    logs.own.write(startup(gateway.config, gateway.addresses, gateway.snapshot, gateway.checks.statistics()))
    for name, addresses in gateway.addresses.items():
        logs.say(f"Frontend {name} started on {', '.join(addresses)}.")
    if ready is not None:
        logs.own.flush()
        ready()
    # What start-up made lives as long as the process: the collector need not look at it with every request's garbage.
    gc.collect()
    gc.freeze()
    await signals.first
    await _stop(gateway, signals)


async def _start(gateway: Gateway, signals: Signals) -> bool:
    """False where a signal came first."""
    starting = asyncio.ensure_future(gateway.start())
    await _first_of(starting, signals.first)
    if not starting.done():
        starting.cancel()
        await _end(starting, gateway, signals)
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        return False
    await starting
    return True


async def _stop(gateway: Gateway, signals: Signals) -> None:
    limit = gateway.config.general.hard_stop_after
    if waiting := len(gateway.shared.connections):
        logger.info("stopping; the same signal once more ends now", connections=waiting, hard_stop_after=f"{limit:g}s")
    stopping = asyncio.ensure_future(gateway.stop())
    await _end(stopping, gateway, signals)
    if cut := await stopping:
        logger.warning("connections were cut", connections=cut)
    logger.info("stopped")


async def _end(ending: asyncio.Future[Any], gateway: Gateway, signals: Signals) -> None:
    """Give it its time; a second signal takes that away."""
    await _first_of(ending, signals.second)
    if not ending.done():
        await gateway.kill()


async def _first_of(*futures: asyncio.Future[Any]) -> None:
    await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)


class Signals:
    """``first`` and ``second``: done when SIGTERM or SIGINT has come once, and once more."""

    def __init__(self, gateway: Gateway, files: list[log.LineWriter]) -> None:
        self._gateway = gateway
        loop = asyncio.get_running_loop()
        self.first: asyncio.Future[None] = loop.create_future()
        self.second: asyncio.Future[None] = loop.create_future()
        self._files = files
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        for number in (signal.SIGHUP, signal.SIGUSR2):
            loop.add_signal_handler(number, self._reload, number.name)
        loop.add_signal_handler(signal.SIGUSR1, self._reopen)

    def _stop(self) -> None:
        for future in (self.first, self.second):
            if not future.done():
                future.set_result(None)
                return

    def _reload(self, name: str) -> None:
        logger.warning("reload of the configuration does not exist yet: restart to read it", signal=name)
        try:
            certificates = self._gateway.reload_certificates()
        except TlsError as error:
            logger.error("the certificates stay as they were", reason=str(error))  # noqa: TRY400  # the sentence says it
            return
        for certificate in certificates:
            logger.info("certificate read", file=certificate.file, until=f"{certificate.until:%Y-%m-%d}")

    def _reopen(self) -> None:
        for file in (*self._files, *output.files()):
            try:
                file.reopen()
            except OSError as error:
                logger.warning("a log file could not be reopened", file=repr(file), reason=error.strerror)
        logger.info("log files reopened")


@contextlib.contextmanager
def _pidfile(path: str) -> Iterator[None]:
    """The process's number in a file, as long as it serves. Raises GatewayError where it cannot be written."""
    if not path:
        yield
        return
    file = Path(path)
    try:
        file.write_text(f"{os.getpid()}\n", encoding="ascii")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        advice = "make its directory, or name in [global] pidfile a file that the gateway's user may write"
        raise GatewayError(f"the pidfile {path} cannot be written: {reason}; {advice}") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if file.read_bytes() == b"%d\n" % os.getpid():
                file.unlink()
