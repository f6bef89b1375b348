"""A small application that speaks Wt's wire protocol: ``python app.py --session-id-prefix=wt1 --http-port=9090``.

Its command line is a Wt program's, so that the same configuration starts either. What it serves stands in ``counter``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal

from aiohttp import web
from counter.routes import make_app

IGNORED = ["--accesslog", "--approot", "--config", "--deploy-path", "--docroot", "--errroot"]
IGNORED += ["--max-memory-request-size", "--pid-file", "--resources-dir", "--servername", "--threads"]
"""What a Wt program takes as well, and what makes no difference here."""


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--session-id-prefix", default="wt1", help="what each session's id begins with")
    parser.add_argument("--http-address", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--http-port", type=int, default=9090, help="port to listen on; 0 takes a free one")
    for name in IGNORED:
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--no-compression", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


async def serve(given: argparse.Namespace) -> None:
    """Listen until SIGTERM or SIGINT; then leave at once, as nothing here outlives the process anyway."""
    runner = web.AppRunner(make_app(given.session_id_prefix), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, given.http_address, given.http_port)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"{given.session_id_prefix}: listening on http://{host}:{port} (process {os.getpid()})", flush=True)
    await stopped()
    await runner.cleanup()


async def stopped() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(options()))
