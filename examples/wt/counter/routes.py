"""Which request gets what: by its ``request=`` field, and by whether the session that it names is here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from aiohttp import WSCloseCode, web

from .events import happened, plausible, update
from .live import next_second, refusal, websocket
from .page import copied, dead_page, empty_page, first_page, reload_script, report, script, style
from .sessions import Session, Sessions

SESSIONS = web.AppKey("SESSIONS", Sessions)
FIELDS = web.RequestKey("FIELDS", dict[str, str])
"""A POST's urlencoded body."""
SWEEP = 5.0
"""Seconds between two looks for expired sessions."""

Known = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]
Unknown = Callable[[web.Request], web.StreamResponse]


class Answers(NamedTuple):
    known: Known
    unknown: Unknown


def make_app(prefix: str) -> web.Application:
    """The application of one instance, whose sessions' ids begin with ``prefix``."""
    app = web.Application()
    app[SESSIONS] = Sessions(prefix)
    app.router.add_route("GET", "/{path:.*}", dispatch)
    app.router.add_route("POST", "/{path:.*}", dispatch)
    app.cleanup_ctx.append(sweeping)
    app.on_shutdown.append(close_sockets)
    return app


async def dispatch(request: web.Request) -> web.StreamResponse:
    form = await request.post() if request.method == "POST" else {}
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    request[FIELDS] = fields
    # The first one in the query, or else one in the body: as Wt looks for it, and so must a gateway.
    name = request.query.get("wtd") or fields.get("wtd", "")
    session = request.app[SESSIONS].find(name, time.monotonic())
    kind = request.query.get("request") or fields.get("request", "")
    answers = ANSWERS.get(kind, ANSWERS[""])
    return answers.unknown(request) if session is None else await answers.known(request, session)


async def page(request: web.Request, session: Session) -> web.StreamResponse:
    if session.loaded.is_set():
        return await copied(request, session)
    return first_page(session, request.app[SESSIONS].prefix)


def new_page(request: web.Request) -> web.StreamResponse:
    if "wtd" in request.query:
        return dead_page()
    sessions = request.app[SESSIONS]
    session = sessions.start(request.host, client_address(request), time.strftime("%H:%M:%S"), time.monotonic())
    return first_page(session, sessions.prefix)


def client_address(request: web.Request) -> str:
    """The browser's address, as the gateway tells it. (Listen on the loopback only: whoever connects is believed.)"""
    claimed = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return claimed or request.remote or "unknown"


async def event(request: web.Request, session: Session) -> web.StreamResponse:
    fields = request[FIELDS]
    if "Wt-unload" in fields:
        request.app[SESSIONS].end(session)
        return empty_page()
    if not plausible(session, fields):
        return reload_script()
    if fields.get("signal") == "poll":
        await next_second()  # the next moment at which there is something to tell
    happened(session, fields)
    session.ack += 1
    return web.Response(text=update(session), content_type="text/javascript")


ANSWERS: Mapping[str, Answers] = {
    "": Answers(page, new_page),
    "style": Answers(style, lambda _: empty_page()),
    "script": Answers(script, lambda _: reload_script()),
    "jsupdate": Answers(event, lambda _: reload_script()),
    "ws": Answers(websocket, refusal),
    "resource": Answers(report, lambda _: empty_page()),
}


async def sweeping(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(sweep(app[SESSIONS]))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def sweep(sessions: Sessions) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        for session in sessions.sweep(time.monotonic()):
            if session.socket is not None:
                await session.socket.close()


async def close_sockets(app: web.Application) -> None:
    sockets = [session.socket for session in app[SESSIONS] if session.socket is not None]
    await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in sockets))
