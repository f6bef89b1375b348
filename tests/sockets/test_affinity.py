"""Sessions and their servers on the wire: whose key it is decides, wt1 and wt10 never mix, and the fall of one server
moves its keys and no other."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, ScriptedServer, answering, get, ok
from tests.sockets.wire import eventually

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

TAIL = "0123456789abcdef"
WTD = {"extractor": "url_prefix", "parameter": "wtd", "tail": 16}


def named(name: str):
    """A server whose answers say its name."""
    return answering(ok(name.encode()))


async def servers_named(
    site: Site, *names: str, affinity: list[dict[str, Any]], **options: Any
) -> dict[str, ScriptedServer]:
    servers = {name: await site.server(named(name)) for name in names}
    config = config_for(affinity=affinity, **options)
    config["backend"]["app"]["server"] = {name: server.address for name, server in servers.items()}
    await site.gateway(config)
    return servers


async def who(client: RawClient, target: str = "/", *fields: str) -> str:
    return (await client.ask(get(target, *fields))).body.decode()


PINNED = {
    f"/?wtd=wt1{TAIL}": "wt1",
    f"/?wtd=wt10{TAIL}": "wt10",
    f"/?wtd=wt2{TAIL}": "wt2",
    f"/?a=b&wtd=wt2{TAIL}&request=style": "wt2",
    f"/deep/path?&wtd=wt2{TAIL}": "wt2",
    f"/?%77td=wt2{TAIL}": "wt2",
    f"/?wtd=%77t2{TAIL}": "wt2",
    f"/?wtd=wt10{TAIL}&wtd=wt2{TAIL}": "wt10",
    "/?wtd=wt10AAAABBBBCCCCDDD": "wt1",  # 1 in 62: an id of wt1 whose random part begins with 0
    "/?wtd=wt1": "wt1",
    "/?wtd=wt10": "wt10",
    "/?wtd=wt2abc": "wt2",
}


@pytest.mark.parametrize(("target", "name"), PINNED.items())
async def test_a_session_reaches_its_instance(site: Site, target: str, name: str):
    servers = await servers_named(site, "wt1", "wt2", "wt10", affinity=[WTD])
    client = await site.client()
    for _ in range(3):
        assert await who(client, target) == name
    assert servers[name].requests[0].target == target


NOT_PINNED = [
    f"/?x=wtd=wt2{TAIL}",
    f"/?xwtd=wt2{TAIL}",
    f"/wtd=wt2{TAIL}/x",
    f"/?u=http%3A%2F%2Fo%2F%3Fwtd=wt2{TAIL}",
    f"/?WTD=wt2{TAIL}",
    "/?wtd=",
    f"/?wtd=other{TAIL}",
    "/",
]


@pytest.mark.parametrize("target", NOT_PINNED)
async def test_what_only_looks_like_a_session_is_balanced(site: Site, target: str):
    await servers_named(site, "wt1", "wt2", affinity=[WTD])
    client = await site.client()
    assert [await who(client, target) for _ in range(4)] == ["wt1", "wt2", "wt1", "wt2"]


async def test_keys_in_referer_or_body_do_not_count(site: Site):
    await servers_named(site, "wt1", "wt2", affinity=[WTD])
    client = await site.client()
    assert await who(client, "/", f"Referer: http://a/?wtd=wt2{TAIL}") == "wt1"


CHECKED = {"check": {"inter": "100ms", "fall": 1, "rise": 1}, "timeout": {"connect": "500ms"}}


async def until_down(site: Site, backend: str, count: int) -> None:
    """Until so many servers of ``backend`` are left."""
    await eventually(lambda: site.gateways[0].snapshot.nbsrv(backend) == count)


async def test_sessions_of_a_server_that_goes_down_start_anew_elsewhere_and_others_stay(site: Site):
    servers = await servers_named(site, "wt1", "wt2", "wt3", affinity=[WTD], **CHECKED)
    client = await site.client()
    await servers["wt2"].stop()
    await until_down(site, "app", 2)
    for _ in range(5):
        assert await who(client, f"/?wtd=wt1{TAIL}") == "wt1"
        assert await who(client, f"/?wtd=wt3{TAIL}") == "wt3"
    moved = {await who(client, f"/?wtd=wt2{TAIL}") for _ in range(4)}
    assert moved == {"wt1", "wt3"}
    await servers["wt2"].start()
    await until_down(site, "app", 3)
    assert await who(client, f"/?wtd=wt2{TAIL}") == "wt2"


@pytest.mark.parametrize(
    "entry",
    [{"extractor": "header", "name": "X-Org"}, {"extractor": "path", "segment": 1}],
    ids=["header", "path"],
)
async def test_only_the_keys_of_a_hashed_server_move_when_it_goes_down(site: Site, entry: dict[str, Any]):
    names = ("s1", "s2", "s3", "s4")
    servers = await servers_named(site, *names, affinity=[entry], **CHECKED)
    client = await site.client()

    async def places() -> list[str]:
        return [await who(client, f"/org{n}/x", f"X-Org: org{n}") for n in range(60)]

    before = await places()
    assert before == await places()
    assert set(before) == set(names)
    await servers["s3"].stop()
    await until_down(site, "app", 3)
    after = await places()
    assert [new for old, new in zip(before, after, strict=True) if old != "s3"] == [
        old for old in before if old != "s3"
    ]
    assert "s3" not in after


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8")
async def test_one_address_stays_with_one_server(site: Site):
    await servers_named(site, "s1", "s2", "s3", affinity=[{"extractor": "source_ip"}])
    places = {}
    for number in range(1, 30):
        address = f"127.0.1.{number}"
        got = set()
        for _ in range(2):
            client = await site.client(source=address)
            got.add(await who(client))
            client.close()
        assert len(got) == 1
        places[address] = got.pop()
    assert set(places.values()) == {"s1", "s2", "s3"}


async def test_entries_are_tried_in_order(site: Site):
    affinity = [WTD, {"extractor": "cookie", "name": "SERVERID"}]
    await servers_named(site, "wt1", "wt2", "wt3", affinity=affinity)
    client = await site.client()
    assert await who(client, f"/?wtd=wt2{TAIL}", "Cookie: SERVERID=wt3") == "wt2"
    assert await who(client, "/", "Cookie: SERVERID=wt3") == "wt3"
    assert await who(client, f"/?wtd=nobody{TAIL}", "Cookie: SERVERID=wt3") == "wt3"


async def test_a_request_under_way_is_not_cut_when_its_server_goes_down(site: Site):
    go_on = asyncio.Event()

    async def script(connection: Connection) -> None:
        if await connection.request() is not None:
            await go_on.wait()
            await connection.send(ok(b"finished"))

    server = await site.server(script)
    await site.gateway(config_for(server, **CHECKED))
    client = await site.client()
    await client.send(get())
    await eventually(lambda: bool(server.requests))
    await server.stop()
    await until_down(site, "app", 0)
    late = await site.client()
    assert (await late.ask(get())).status == 503
    go_on.set()
    assert (await client.response()).body == b"finished"


async def test_rules_see_at_once_how_many_servers_are_left(site: Site):
    """``nbsrv``: the Comet servers are used while there is one."""
    pubsub, apache = await site.server(named("pubsub")), await site.server(named("apache"))
    config = config_for(apache)
    config["backend"]["pubsubs"] = {"server": {"twisted": pubsub.address}, **CHECKED}
    config["frontend"]["web"] |= {
        "acl": {"is_pubsub": "path_beg /subscriptions/", "pubsub_up": "nbsrv(pubsubs) gt 0"},
        "rule": [{"when": "is_pubsub pubsub_up", "backend": "pubsubs"}],
    }
    await site.gateway(config)
    client = await site.client()
    assert [await who(client, target) for target in ("/subscriptions/x", "/")] == ["pubsub", "apache"]
    await pubsub.stop()
    await until_down(site, "pubsubs", 0)
    assert await who(client, "/subscriptions/x") == "apache"


async def test_a_tracking_server_falls_with_the_one_it_tracks(site: Site):
    checked, tracking, other = [await site.server(named(name)) for name in ("checked", "tracking", "other")]
    config = config_for()
    config["backend"] = {
        "side": {"server": {"s1": checked.address}, **CHECKED},
        "app": {
            "check": False,
            "server": {"s1": {"address": tracking.address, "track": "side/s1"}, "s2": other.address},
        },
    }
    await site.gateway(config)
    client = await site.client()
    assert {await who(client) for _ in range(4)} == {"tracking", "other"}
    await checked.stop()
    await until_down(site, "app", 1)
    assert {await who(client) for _ in range(4)} == {"other"}


async def test_weights_turn_as_haproxy_turns_them(site: Site):
    servers = [await site.server(named(name)) for name in "123"]
    config = config_for()
    config["backend"]["app"]["server"] = {
        f"s{number}": {"address": server.address, "weight": weight}
        for number, (server, weight) in enumerate(zip(servers, (2, 1, 3), strict=True), start=1)
    }
    await site.gateway(config)
    client = await site.client()
    assert [await who(client) for _ in range(12)] == list("313231") * 2


async def test_a_plugin_that_raises_costs_its_key_and_never_the_request(site: Site, tmp_path):
    (tmp_path / "broken.py").write_text(
        "from dataclasses import dataclass\n"
        "from affinity_gw.plugin import Extractor\n\n\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Broken(Extractor):\n"
        "    def request_key(self, head):\n"
        "        raise RuntimeError('broken')\n"
    )
    affinity = [{"extractor": f"{tmp_path / 'broken.py'}:Broken"}, WTD]
    await servers_named(site, "wt1", "wt2", affinity=affinity)
    client = await site.client()
    for _ in range(3):
        assert await who(client, f"/?wtd=wt2{TAIL}") == "wt2"
