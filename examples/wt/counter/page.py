"""The page and what it is made of; what stands here in files is filled in with ``$name``.

Everything that belongs to a session is dynamic and never cached. It is compressed where the browser asks for it.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from .events import facts
from .sessions import Session

FILES = Path(__file__).parent / "files"
STYLE_WAITS = 2.0
"""Seconds that the style sheet waits for the script's request, as Wt's does. A gateway that let one request of a client
wait for another would add them to every page."""
PING = 50
"""Seconds between the page's keep-alive texts on a quiet WebSocket."""


def answer(body: str, content_type: str, status: int = 200) -> web.Response:
    response = web.Response(text=body, content_type=content_type, charset="utf-8", status=status)
    response.headers["Cache-Control"] = "no-cache, no-store, must-revalidate"
    response.enable_compression()
    return response


def read(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def first_page(session: Session, prefix: str) -> web.Response:
    """The page as it comes without a script: it shows what it is, and counts once the script is there."""
    shown = {
        "id": session.id,
        "instance": escape(prefix),
        "tail": session.id[len(prefix) :],
        "process": str(os.getpid()),
        "client": escape(session.client),
        "started": session.started,
        "hue": str(hue(prefix)),
    }
    return answer(Template(read("page.html")).substitute(shown), "text/html")


def hue(prefix: str) -> int:
    """Each instance has its colour: neighbours (wt1, wt2, wt3) lie far from each other on the circle."""
    return (sum(prefix.encode()) * 137 + 222) % 360


async def style(request: web.Request, session: Session) -> web.Response:
    del request
    with suppress(TimeoutError):
        await asyncio.wait_for(session.loaded.wait(), STYLE_WAITS)
    return answer(read("style.css"), "text/css")


async def script(request: web.Request, session: Session) -> web.Response:
    del request
    session.loaded.set()
    start = {"id": session.id, "ack": session.ack, "ping": PING, "facts": facts(session)}
    return answer(f"const session = {json.dumps(start)};\n{read('script.js')}", "text/javascript")


async def report(request: web.Request, session: Session) -> web.Response:
    """A resource of one session: only the instance that holds it can make it."""
    del request
    about = {"session": session.id, "process": os.getpid(), "started": session.started, **facts(session)}
    return answer("".join(f"{name}: {value}\n" for name, value in about.items()), "text/plain")


async def copied(request: web.Request, session: Session) -> web.Response:
    """A URL with a session's id, opened a second time: a session has one page."""
    del request, session
    return answer(read("copied.html"), "text/html", 403)


def reload_script() -> web.Response:
    """What the page runs when its session is gone: it loads itself anew, without the id."""
    return answer(read("reload.js"), "text/javascript")


def dead_page() -> web.Response:
    """A page request with the id of a session that is not here looks like a robot's: no script, no new session."""
    return answer(read("dead.html"), "text/html")


def empty_page() -> web.Response:
    """A style sheet or a resource of a session that is not here. Not 404: Wt says so."""
    return answer("", "text/html")
