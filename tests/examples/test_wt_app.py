"""The Wt-style example keeps to what Wt does on the wire, as a gateway and a browser see it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import WSMsgType

from examples.wt.counter import page
from examples.wt.counter.routes import make_app
from examples.wt.counter.sessions import BOOTSTRAP, TIMEOUT, Sessions

FOLDER = Path(__file__).parents[2] / "examples" / "wt"
FOREIGN = "wt2" + "x" * 16


@pytest.fixture
async def client(aiohttp_client):
    return await aiohttp_client(make_app("wt1"))


async def new_session(client, *, loaded: bool = True) -> str:
    async with client.get("/") as answer:
        name = re.search(r'data-id="([^"]*)"', await answer.text())[1]
    if loaded:
        await (await client.get("/", params={"wtd": name, "request": "script"})).read()
    return name


async def event(client, name: str, **fields: object) -> str:
    data = {"request": "jsupdate", "ackId": "0", "pageId": "1", **fields}
    async with client.post("/", params={"wtd": name}, data=data) as answer:
        assert (answer.status, answer.content_type) == (200, "text/javascript")
        return await answer.text()


def counter_in(update: str) -> int:
    return json.loads(update[update.index("{") : update.rindex("}") + 1])["counter"]


async def open_socket(client, name: str, **options):
    origin = str(client.make_url("")).rstrip("/")
    return await client.ws_connect(f"/?wtd={name}&request=ws", origin=origin, **options)


async def next_update(socket) -> str:
    return await socket.receive_str(timeout=5)


class TestPage:
    async def test_an_id_is_the_prefix_and_sixteen_letters_or_digits(self, client):
        names = {await new_session(client, loaded=False) for _ in range(5)}
        assert len(names) == 5
        assert all(re.fullmatch("wt1[0-9A-Za-z]{16}", name) for name in names)

    async def test_every_address_that_belongs_to_the_session_carries_its_id(self, client):
        text = await (await client.get("/deep/path")).text()
        name = re.search(r'data-id="([^"]*)"', text)[1]
        addresses = [found for found in re.findall(r'(?:href|src)="([^"]*)"', text) if "request=" in found]
        assert len(addresses) == 3
        assert all(f"?wtd={name}&amp;request=" in address for address in addresses)

    async def test_it_sets_no_cookie_and_is_never_cached(self, client):
        answer = await client.get("/")
        assert "Set-Cookie" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]

    async def test_the_style_sheet_waits_for_the_script(self, client):
        name = await new_session(client, loaded=False)
        style = asyncio.create_task(client.get("/", params={"wtd": name, "request": "style"}))
        done, _ = await asyncio.wait({style}, timeout=0.05)
        assert not done
        await client.get("/", params={"wtd": name, "request": "script"})
        assert (await style).content_type == "text/css"

    async def test_the_style_sheet_waits_for_so_long_and_no_longer(self, client, monkeypatch):
        monkeypatch.setattr(page, "STYLE_WAITS", 0.01)
        name = await new_session(client, loaded=False)
        answer = await client.get("/", params={"wtd": name, "request": "style"})
        assert answer.content_type == "text/css"

    async def test_a_copied_address_is_forbidden_once_the_page_is_alive(self, client):
        name = await new_session(client, loaded=False)
        assert (await client.get("/", params={"wtd": name})).status == 200
        await client.get("/", params={"wtd": name, "request": "script"})
        assert (await client.get("/", params={"wtd": name})).status == 403

    async def test_the_client_is_the_one_whom_the_gateway_names(self, client):
        answer = await client.get("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
        assert "for 198.51.100.7" in await answer.text()


class TestEvents:
    async def test_each_session_has_its_own_counter(self, client):
        mine, other = await new_session(client), await new_session(client)
        assert counter_in(await event(client, mine, signal="count")) == 1
        assert counter_in(await event(client, mine, signal="count", ackId="1")) == 2
        assert counter_in(await event(client, other, signal="keepAlive")) == 0

    async def test_each_answer_says_how_many_events_came_before(self, client):
        name = await new_session(client)
        assert (await event(client, name, signal="none")).startswith("app.response(1, ")
        assert (await event(client, name, signal="none", ackId="1")).startswith("app.response(2, ")

    @pytest.mark.parametrize("ack", ["7", "-1", "", "²"])
    async def test_an_ack_that_this_page_cannot_have_sends_it_back_to_the_start(self, client, ack):
        name = await new_session(client)
        assert "location.replace" in await event(client, name, signal="count", ackId=ack)
        assert counter_in(await event(client, name, signal="none")) == 0

    async def test_a_poll_is_answered_when_the_clock_has_something_to_tell(self, client):
        name = await new_session(client)
        assert '"clock": ' in await event(client, name, signal="poll")

    async def test_the_first_id_in_the_query_counts_then_one_in_the_body(self, client):
        name = await new_session(client)
        fields = {"request": "jsupdate", "signal": "count", "ackId": "0"}
        both = await client.post(f"/?wtd={FOREIGN}&wtd={name}", data=fields)
        assert "location.replace" in await both.text()
        body = await client.post("/", data={**fields, "wtd": name})
        assert counter_in(await body.text()) == 1

    async def test_a_page_that_is_left_ends_its_session(self, client):
        name = await new_session(client)
        await client.post("/", params={"wtd": name}, data={"request": "jsupdate", "Wt-unload": "true"})
        assert "location.replace" in await event(client, name, signal="count")

    async def test_a_resource_tells_what_this_session_has(self, client):
        name = await new_session(client)
        await event(client, name, signal="count")
        answer = await client.get("/report.txt", params={"wtd": name, "request": "resource", "resource": "report"})
        assert answer.content_type == "text/plain"
        assert f"session: {name}\n" in await answer.text()
        assert "counter: 1\n" in await answer.text()


class TestForeignSession:
    @pytest.mark.parametrize(
        ("query", "content_type", "part"),
        [
            pytest.param("", "text/html", "is not here", id="a page: dead"),
            pytest.param("&request=script", "text/javascript", "location.replace", id="script: start anew"),
            pytest.param("&request=style", "text/html", "", id="style: empty"),
            pytest.param("&request=resource&resource=report", "text/html", "", id="resource: empty"),
        ],
    )
    async def test_a_get_never_fails_and_never_shows_a_session(self, client, query, content_type, part):
        answer = await client.get(f"/?wtd={FOREIGN}{query}")
        text = await answer.text()
        assert (answer.status, answer.content_type) == (200, content_type)
        assert part in text
        assert bool(text) == bool(part)
        assert "<script" not in text

    async def test_an_event_is_answered_with_the_reload_script(self, client):
        assert "location.replace" in await event(client, FOREIGN, signal="count")

    async def test_a_websocket_is_refused_in_the_dress_of_an_upgrade(self, client):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await open_socket(client, FOREIGN)
        assert refused.value.status == 403
        assert refused.value.headers["Upgrade"] == "WebSocket"
        assert refused.value.headers["Sec-WebSocket-Accept"]


class TestWebSocket:
    async def test_it_begins_with_a_handshake_of_its_own(self, client):
        socket = await open_socket(client, await new_session(client))
        assert await next_update(socket) == "connect"
        await socket.send_str("&signal=none&connected=0")
        assert counter_in(await next_update(socket)) == 0

    async def test_events_count_and_the_clock_ticks_without_being_asked(self, client):
        socket = await open_socket(client, await new_session(client))
        await socket.send_str("&signal=count&ackId=0&pageId=1")
        assert await next_update(socket) == "connect"
        updates = [await next_update(socket) for _ in range(2)]
        assert counter_in(updates[1]) == 1

    async def test_a_keep_alive_text_is_answered_with_an_empty_script(self, client):
        socket = await open_socket(client, await new_session(client))
        await socket.send_str("&signal=ping")
        texts = [await next_update(socket) for _ in range(3)]
        assert "{}" in texts

    async def test_deflate_is_spoken_where_it_is_offered(self, client):
        socket = await open_socket(client, await new_session(client), compress=15)
        assert socket.compress
        assert await next_update(socket) == "connect"

    async def test_a_second_one_takes_the_first_ones_place(self, client):
        name = await new_session(client)
        first = await open_socket(client, name)
        second = await open_socket(client, name)
        assert await next_update(second) == "connect"
        while (message := await first.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert (message.type, first.close_code) == (WSMsgType.CLOSE, 1001)

    @pytest.mark.parametrize("origin", [None, "http://elsewhere.example"])
    async def test_another_origin_than_the_first_requests_host_is_refused(self, client, origin):
        name = await new_session(client)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"/?wtd={name}&request=ws", origin=origin)
        assert refused.value.status == 403


class TestSessions:
    @pytest.mark.parametrize(
        ("loaded", "age", "found"),
        [
            pytest.param(False, BOOTSTRAP, True, id="a page that has not asked for its script yet"),
            pytest.param(False, BOOTSTRAP + 1, False, id="a page that never did"),
            pytest.param(True, BOOTSTRAP + 1, True, id="a living page"),
            pytest.param(True, TIMEOUT + 1, False, id="a page that nobody has used in a while"),
        ],
    )
    async def test_a_session_lives_as_long_as_it_is_used(self, loaded, age, found):
        sessions = Sessions("wt1")
        session = sessions.start("example.com", "192.0.2.1", "12:00:00", now=100.0)
        if loaded:
            session.loaded.set()
        assert sessions.find(session.id, 100.0 + age) == (session if found else None)
        assert sessions.sweep(100.0 + age) == ([] if found else [session])


class TestProgram:
    async def test_it_prints_where_it_listens_and_leaves_at_once_on_sigterm(self):
        words = ["--session-id-prefix=wt7", "--http-port=0", "--docroot=.", "--threads=2"]
        program = await asyncio.create_subprocess_exec(
            sys.executable, "app.py", *words, cwd=FOLDER, stdout=asyncio.subprocess.PIPE
        )
        line = (await program.stdout.readline()).decode()
        address = re.fullmatch(rf"wt7: listening on (http://127.0.0.1:\d+) \(process {program.pid}\)\n", line)[1]
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            name = re.search(r'data-id="(wt7[^"]*)"', await answer.text())[1]
            async with session.ws_connect(f"{address}/?wtd={name}&request=ws", origin=address) as socket:
                assert await socket.receive_str(timeout=5) == "connect"
                program.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(program.wait(), 5) == 0
        assert await program.stdout.read() == b""
