"""The example that does what lighttpd did: files, a part of them behind a password, and instances with logs."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from affinity_gw import Gateway
from affinity_gw.config.load import load_mapping
from affinity_gw.process import output

EXAMPLE = Path(__file__).parents[2] / "examples" / "wsgi"
ALICE = {"Authorization": aiohttp.encode_basic_auth("alice", "wonderland")}
GUESS = {"Authorization": aiohttp.encode_basic_auth("alice", "guess")}

pytestmark = pytest.mark.skipif(not importlib.util.find_spec("eventlet"), reason="eventlet is not installed")


@pytest.fixture
async def ask(tmp_path):
    """As it is, with two instances for five, ports of their own, and logs elsewhere."""
    data = tomllib.loads((EXAMPLE / "lighttpd.toml").read_text())
    data["frontend"]["http"]["bind"] = "127.0.0.1:0"
    data["backend"]["app"]["instances"] |= {"port": 0, "count": 2, "log": str(tmp_path / "{name}.log")}
    async with Gateway(load_mapping(data, directory=EXAMPLE)) as gateway, aiohttp.ClientSession() as client:
        url = f"http://{gateway.addresses['http'][0]}"

        async def ask(path: str, **options) -> tuple[int, str]:
            async with client.get(URL(f"{url}{path}", encoded=True), allow_redirects=False, **options) as answer:
                return answer.status, await answer.text()

        yield ask


async def test_it_does_all_of_it(ask, tmp_path):
    status, page = await ask("/static/")
    assert status == 200
    assert './hello.txt"' in page
    assert await ask("/static/hello.txt") == (200, "Anybody may read this.\n")
    for path in ("/static/private/", "/static/private/members.txt", "/static/privateer"):
        assert (await ask(path))[0] == 401
        assert (await ask(path, headers=GUESS))[0] == 401
    assert await ask("/static/private/members.txt", headers=ALICE) == (200, "Only members may read this.\n")
    assert (await ask("/staticfoo"))[0] == 404
    assert "The resource could not be found." in (await ask("/staticfoo"))[1]
    # By turns it would be app2's turn; the fewest requests have both, and of both the first is taken.
    for _ in range(2):
        assert "app1" in (await ask("/", cookies={}))[1]
    assert (await ask("/check.txt"))[1] == "ok\n"
    for file in output.files():
        file.flush()
    assert [(tmp_path / f"app{n}.log").read_text().split(":")[0] for n in (1, 2)] == ["app1", "app2"]


@pytest.mark.parametrize("path", ["/static//private/members.txt", "/static/%70rivate/members.txt"])
async def test_no_other_name_leads_around_the_password(ask, path):
    status, text = await ask(path)
    assert status == 301
    assert "Only members" not in text
