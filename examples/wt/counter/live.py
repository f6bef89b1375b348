"""The WebSocket: opened at once by the page, with a handshake of its own above the protocol's.

The server says ``connect``, the page answers ``&signal=none&connected=ACK``. From then on the page's texts are events
and the server's are scripts: one for each event, and one at each full second. On a quiet socket the page says
``&signal=ping`` every ``page.PING`` seconds and is told ``{}``. Control frames are nobody's business here.
"""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from contextlib import suppress
from hashlib import sha1
from urllib.parse import parse_qsl, urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

from .events import KEEP_ALIVE, happened, update
from .sessions import Session

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3


async def websocket(request: web.Request, session: Session) -> web.StreamResponse:
    if not same_origin(request.headers.get("Origin", ""), session.host):
        return refusal(request)
    socket = web.WebSocketResponse()  # permessage-deflate where the browser offers it
    await socket.prepare(request)
    former, session.socket = session.socket, socket
    if former is not None:
        await former.close(code=WSCloseCode.GOING_AWAY)
    clock = asyncio.create_task(ticks(socket, session))
    try:
        await converse(socket, session)
    finally:
        clock.cancel()
        if session.socket is socket:
            session.socket = None
    return socket


def same_origin(origin: str, host: str) -> bool:
    """A WebSocket must come from the place that the session's first request was for, port included. So a gateway must
    not change Host (or must say X-Forwarded-Host)."""
    return urlsplit(origin).netloc == host


async def converse(socket: web.WebSocketResponse, session: Session) -> None:
    with suppress(ConnectionError):
        await socket.send_str("connect")
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                session.seen = time.monotonic()
                await socket.send_str(reply(session, dict(parse_qsl(message.data))))


def reply(session: Session, fields: dict[str, str]) -> str:
    if fields.get("signal") == "ping":
        return KEEP_ALIVE
    happened(session, fields)
    return update(session)


async def ticks(socket: web.WebSocketResponse, session: Session) -> None:
    """Push an update at each full second of the server's clock."""
    with suppress(ConnectionError):
        while True:
            await next_second()
            await socket.send_str(update(session))


async def next_second() -> None:
    await asyncio.sleep(1 - time.time() % 1)


def refusal(request: web.Request) -> web.Response:
    """403 as Wt gives it: dressed up as an accepted upgrade. A gateway must look at the status alone."""
    key = request.headers.get("Sec-WebSocket-Key", "").encode()
    accept = b64encode(sha1(key + MAGIC, usedforsecurity=False).digest()).decode()
    fields = {"Connection": "Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Accept": accept}
    response = web.Response(status=403, headers=fields)
    response.force_close()
    return response
