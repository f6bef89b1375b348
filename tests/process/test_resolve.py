"""Servers' host names become addresses, once."""

import asyncio
import socket
from dataclasses import replace

import pytest

from affinity_gw.errors import GatewayError
from affinity_gw.process.resolve import AGAIN, watch, with_addresses, without_address
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import Server

V4, V6 = (socket.AF_INET, "192.0.2.7"), (socket.AF_INET6, "2001:db8::7")


def config(*addresses):
    servers = tuple(Server("app", f"s{number}", number, address) for number, address in enumerate(addresses, start=1))
    return Config("", Global(), (), (Backend("app", servers),))


@pytest.fixture
def names(monkeypatch):
    """What the resolver knows: a host's name and its addresses; asks what it was asked."""
    known, asked = {}, []

    async def getaddrinfo(host, port, **kind):
        asked.append(host)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(family, kind["type"], 6, "", (address, port)) for family, address in known[host]]

    class Loop:
        def __init__(self, loop):
            self.getaddrinfo = getaddrinfo

    loop = asyncio.get_running_loop
    monkeypatch.setattr("affinity_gw.process.resolve.asyncio.get_running_loop", lambda: Loop(loop()))
    known["asked"] = asked
    return known


def hosts(config):
    return [server.address.host for server in config.backends[0].servers]


@pytest.mark.parametrize(
    ("found", "host"),
    [
        pytest.param([V4], "192.0.2.7", id="IPv4"),
        pytest.param([V6], "2001:db8::7", id="IPv6 alone"),
        pytest.param([V6, V4], "192.0.2.7", id="IPv4 before IPv6"),
        pytest.param([V4, (socket.AF_INET, "192.0.2.8")], "192.0.2.7", id="the resolver's order otherwise"),
    ],
)
async def test_a_name_becomes_its_address(names, found, host):
    names["app.example"] = found
    resolved = await with_addresses(config(Address("app.example", 9090)))
    assert resolved.backends[0].servers[0].address == Address(host, 9090)


@pytest.mark.parametrize(
    "address",
    [Address("127.0.0.1", 1), Address("::1", 1), Address(path="/run/app.sock")],
    ids=["IPv4", "IPv6", "a unix socket"],
)
async def test_what_is_an_address_already_is_not_looked_up(names, address):
    before = config(address)
    after = await with_addresses(before)
    assert after.backends[0] is before.backends[0]
    assert names["asked"] == []


async def test_the_rest_of_a_server_stays(names):
    names["app.example"] = [V4]
    before = config(Address("10.0.0.1", 1), Address("app.example", 2))
    server = replace(before.backends[0].servers[1], weight=7, cookie="b")
    before = replace(before, backends=(replace(before.backends[0], servers=(before.backends[0].servers[0], server)),))
    after = await with_addresses(before)
    assert hosts(after) == ["10.0.0.1", "192.0.2.7"]
    assert after.backends[0].servers[1] == replace(server, address=Address("192.0.2.7", 2))


async def test_a_name_that_nobody_knows_is_a_sentence(names):
    with pytest.raises(GatewayError) as raised:
        await with_addresses(config(Address("127.0.0.1", 1), Address("no.example", 2)))
    assert str(raised.value) == (
        "server app/s2: the host name no.example has no address (Name or service not known); "
        'write an address, make the name known to the resolver, or let it start without: init_addr = "libc,none"'
    )


async def test_the_systems_own_resolver_is_asked():
    assert hosts(await with_addresses(config(Address("localhost", 9090)))) == ["127.0.0.1"]


async def test_a_name_that_cannot_be_encoded_is_a_sentence_as_well():
    with pytest.raises(GatewayError, match="has no address"):
        await with_addresses(config(Address("x" * 64 + ".example", 9090)))


async def test_a_server_may_start_without_an_address(names):
    given = config(Address("late.example", 9090))
    late = replace(given.backends[0].servers[0], init_addr="libc,none")
    given = replace(given, backends=(Backend("app", (late,)),))
    resolved = await with_addresses(given)
    assert hosts(resolved) == ["late.example"]
    assert [server.id for server in without_address(resolved)] == ["app/s1"]


async def test_it_is_down_until_its_name_has_one(names, monkeypatch):
    told, slept = [], []

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 2:
            names["late.example"] = [V4]

    monkeypatch.setattr("affinity_gw.process.resolve.asyncio.sleep", sleep)
    servers = config(Address("late.example", 9090)).backends[0].servers
    await watch(servers, lambda *state: told.append(state))
    assert slept == [AGAIN, AGAIN]
    assert told == [
        ("app/s1", False, "the host name late.example has no address"),
        ("app/s1", True, "the host name late.example has an address now"),
    ]
