"""One instance of one of the two sites, on eventlet: ``python serve.py notes --name=notes1 --port=9100``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import warnings

# eventlet says at each import that it is looking for maintainers; its users know.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # type: ignore[import-untyped]  # noqa: E402 (it has no stubs, and must not warn)
import eventlet.wsgi  # type: ignore[import-untyped]  # noqa: E402 (likewise)
from sites import game, notes  # noqa: E402 (likewise)
from sites.check import with_check  # noqa: E402 (likewise)

SITES = {"notes": notes.make_site, "game": game.make_site}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", choices=SITES)
    parser.add_argument("--name", default="local", help="what the pages call this instance")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9100, help="0 takes a free one")
    return parser.parse_args()


def main() -> None:
    given = options()
    # The default would be as quick, but would look like a crash to whoever watches this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = eventlet.listen((given.address, given.port))
    host, port = listener.getsockname()
    print(f"{given.name}: listening on http://{host}:{port} (process {os.getpid()})", flush=True)
    site = with_check(SITES[given.site](given.name))
    eventlet.wsgi.server(listener, site, log_output=False, debug=False)


if __name__ == "__main__":
    main()
