"""Both examples as they are, behind the gateway, without a browser: what their configurations promise."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import signal
import tomllib
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from affinity_gw import Gateway
from affinity_gw.config.load import load_file, load_mapping

EXAMPLES = Path(__file__).parents[2] / "examples"
CONFIGURATIONS = sorted(EXAMPLES.glob("*/*.toml"))


@asynccontextmanager
async def running(example: str, frontend: str):
    """The example's own configuration, at a free port; gives its URL."""
    data = tomllib.loads((EXAMPLES / example / "cfg.toml").read_text())
    data["frontend"][frontend]["bind"] = "127.0.0.1:0"
    async with Gateway(load_mapping(data, directory=EXAMPLES / example)) as gateway:
        yield f"http://{gateway.addresses[frontend][0]}/"


@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_configuration_can_be_used_without_a_warning(path):
    assert not load_file(path).warnings


class Visitor:
    """One page of the Wt-style example, as its script would speak."""

    def __init__(self, client: aiohttp.ClientSession, url: str) -> None:
        self._client = client
        self._url = url
        self.id = ""

    async def open(self) -> None:
        async with self._client.get(self._url) as answer:
            self.id = re.search(r'data-id="([^"]*)"', await answer.text())[1]
        async with self._client.get(self._url, params={"wtd": self.id, "request": "script"}) as answer:
            assert "const session" in await answer.text()

    async def count(self, ack: int) -> str:
        """As the page does it: where an instance died under the event, the event is sent again."""
        data = {"request": "jsupdate", "signal": "count", "ackId": ack, "pageId": 1}
        async with asyncio.timeout(10):
            while True:
                async with self._client.post(self._url, params={"wtd": self.id}, data=data) as answer:
                    if answer.status != 502:
                        assert answer.status == 200
                        return await answer.text()

    async def process(self) -> int:
        query = {"wtd": self.id, "request": "resource"}
        async with self._client.get(f"{self._url}report.txt", params=query) as answer:
            return int(re.search(r"process: (\d+)", await answer.text())[1])

    def socket(self):
        url = f"{self._url}?wtd={self.id}&request=ws"
        return self._client.ws_connect(url, origin=self._url.rstrip("/"), compress=15)


@pytest.fixture
async def visitors():
    async with running("wt", "wt") as url, aiohttp.ClientSession() as client:
        everyone = [Visitor(client, url) for _ in range(4)]
        for visitor in everyone:
            await visitor.open()
        yield everyone


async def test_sessions_take_turns_on_the_instances_and_stay_there(visitors):
    assert [visitor.id[:3] for visitor in visitors] == ["wt1", "wt2", "wt1", "wt2"]
    for clicks in range(1, 4):
        for visitor in visitors:
            assert f'"counter": {clicks},' in await visitor.count(clicks - 1)


async def test_every_session_has_its_websocket(visitors):
    for visitor in visitors:
        async with visitor.socket() as socket:
            assert socket.compress
            assert await socket.receive_str(timeout=5) == "connect"
            await socket.send_str("&signal=count&ackId=0&pageId=1")
            while '"counter": 1,' not in (text := await socket.receive_str(timeout=5)):
                assert '"counter": 0,' in text


async def test_only_the_sessions_of_a_killed_instance_are_sent_back_to_the_start(visitors):
    for visitor in visitors:
        await visitor.count(0)
    os.kill(await visitors[0].process(), signal.SIGKILL)
    for visitor in visitors:
        answer = await visitor.count(1)
        assert ("location.replace" in answer) == (visitor.id[:3] == "wt1")
        assert ('"counter": 2,' in answer) == (visitor.id[:3] == "wt2")


@pytest.mark.skipif(not importlib.util.find_spec("eventlet"), reason="eventlet is not installed")
class TestWsgi:
    @pytest.fixture
    async def ask(self):
        async with running("wsgi", "http") as url:

            async def ask(person: aiohttp.ClientSession, host: str, **form: str) -> str:
                headers = {"Host": f"{host}.localhost:8081"}
                async with person.request("POST" if form else "GET", url, headers=headers, data=form) as answer:
                    assert answer.status == 200
                    return await answer.text()

            yield ask

    @staticmethod
    def person() -> aiohttp.ClientSession:
        # The URL is an address, and aiohttp keeps no cookies from addresses unless it is told to.
        return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    @pytest.mark.parametrize(("host", "form", "told"), [("notes", "note", "<li>7</li>"), ("game", "guess", "<li>7")])
    async def test_each_name_leads_to_its_site_and_each_visitor_back_to_his_instance(self, ask, host, form, told):
        async with self.person() as one, self.person() as other:
            pages = [await ask(one, host), await ask(other, host)]
            instances = [re.search(rf"({host}\d), process", page)[1] for page in pages]
            assert sorted(instances) == [f"{host}1", f"{host}2"]
            assert told in await ask(one, host, **{form: "7"})
            for _ in range(3):
                page = await ask(one, host)
                assert told in page
                assert instances[0] in page
            assert told not in await ask(other, host)

    async def test_a_visitor_carries_both_cookies(self, ask):
        async with self.person() as person:
            await ask(person, "notes")
            named = {cookie.key: cookie.value for cookie in person.cookie_jar}
            assert re.fullmatch("notes[12]", named["SERVERID"])
            assert set(named) == {"SERVERID", "session"}
