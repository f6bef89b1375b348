"""The proxy that one writes in an afternoon with aiohttp: what the gateway must be worth its code against.

``python -m tests.bench.aiohttp_proxy PORT keep-alive|server-close BACKEND1 BACKEND2``
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import uvloop
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authorization"}
SESSION = web.AppKey("session", ClientSession)


class Proxy:
    def __init__(self, force_close: bool, ports: list[str]) -> None:
        self.force_close = force_close
        self.servers = {f"wt{number}": f"http://127.0.0.1:{port}" for number, port in enumerate(ports, 1)}

    async def session(self, app: web.Application) -> AsyncIterator[None]:
        connector = TCPConnector(limit=0, force_close=self.force_close)
        jar = DummyCookieJar()
        async with ClientSession(connector=connector, cookie_jar=jar, auto_decompress=False) as app[SESSION]:
            yield

    async def handle(self, request: web.Request) -> web.StreamResponse:
        server = self.servers.get(request.query.get("wtd", "wt1")[:-16], self.servers["wt1"])
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP]
        headers.append(("X-Forwarded-For", request.remote or ""))
        data = request.content if request.can_read_body else None
        session = request.app[SESSION]
        async with session.request(request.method, server + request.path_qs, headers=headers, data=data) as answer:
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP]
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response


async def serve(port: str, connection: str, *ports: str) -> None:
    proxy = Proxy(connection == "server-close", list(ports))
    app = web.Application()
    app.cleanup_ctx.append(proxy.session)
    app.router.add_route("*", "/{tail:.*}", proxy.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(port), backlog=1024).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
