"""A whole haproxy.cfg around the lines that a test is about."""

from __future__ import annotations

from pathlib import Path

from affinity_gw.convert.carried import Carried
from affinity_gw.convert.read import read

HEAD = """defaults
    mode http
frontend web
    bind 127.0.0.1:80
    default_backend app
{web}
backend app
    server a 127.0.0.1:1
{app}
{more}
"""
WEB, APP = 6, 9
"""The lines that ``web`` and ``app`` stand on."""


def whole(tmp_path: Path, web: str = "", app: str = "", more: str = "") -> Carried:
    """Raises ConfigError."""
    path = tmp_path / "haproxy.cfg"
    path.write_text(HEAD.format(web=web, app=app, more=more), encoding="utf-8")
    return read(path, "haproxy.cfg")
