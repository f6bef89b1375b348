"""Basic authentication through the whole gateway, with real hashes."""

from __future__ import annotations

import asyncio
from base64 import b64encode

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import answering, get, ok

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

ALICE = "$5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA"
BOB = "$2b$04$g4K7hNIfupmpE8MuYs3xauKcto1pHawJ5oumNgYlIj.u4yXZjo4Uq"
"""Both of "secret"."""


def basic(said: str) -> str:
    return f"Authorization: Basic {b64encode(said.encode()).decode()}"


async def guarded(site: Site) -> None:
    server = await site.server(answering(*[ok()] * 20))
    rules = [{"when": "{ path_beg /private }", "auth": "users", "realm": "Some Realm"}]
    config = config_for(server, frontend={"rule": rules})
    await site.gateway(config | {"userlist": {"users": {"user": {"alice": ALICE, "bob": BOB}}}})


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("X: y", 401),
        (basic("alice:secret"), 200),
        (basic("bob:secret"), 200),
        (basic("alice:guess"), 401),
        (basic("carol:secret"), 401),
        (basic("alice:"), 401),
        ("Authorization: Basic", 401),
        ("Authorization: Bearer x", 401),
    ],
)
async def test_who_has_a_password_comes_in(site: Site, field: str, status: int):
    await guarded(site)
    client = await site.client()
    for _ in range(2):
        answer = await client.ask(get("/private/x", field))
        assert answer.status == status
        assert answer.one("www-authenticate") == (None if status == 200 else 'Basic realm="Some Realm"')
    assert (await client.ask(get("/public"))).status == 200
    expected = ["----" if status == 200 else "LR--"] * 2 + ["----"]
    assert [record.termination for record in site.records] == expected
    assert [request.one("Authorization") for request in site.servers[0].requests[:-1]] == (
        [field.partition(": ")[2]] * 2 if status == 200 else []
    )


async def test_traffic_goes_on_while_many_guess(site: Site):
    await guarded(site)
    guessers = [await site.client() for _ in range(8)]
    guesses = [
        asyncio.ensure_future(client.ask(get("/private", basic(f"alice:{number}"))))
        for number, client in enumerate(guessers)
    ]
    client = await site.client()
    assert (await client.ask(get("/public"))).status == 200
    assert {answer.status for answer in await asyncio.gather(*guesses)} == {401}
    assert (await client.ask(get("/private", basic("alice:secret")))).status == 200
