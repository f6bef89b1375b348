"""The cookie SERVERID with insert, nocache and indirect, as HAProxy writes, hides and believes it."""

from __future__ import annotations

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, ScriptedServer, answering, get, ok

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])

SERVERID = {"extractor": "cookie", "name": "SERVERID", "insert": True, "nocache": True, "indirect": True}


async def two_servers(site: Site, answer: bytes = ok(), **options) -> list[ScriptedServer]:
    """Two servers whose cookies are Local and Other."""
    servers = [await site.server(answering(answer)), await site.server(answering(answer))]
    config = config_for(*servers, affinity=[SERVERID | options.pop("cookie", {})], **options)
    config["backend"]["app"]["server"] = {
        "s1": {"address": servers[0].address, "cookie": "Local"},
        "s2": {"address": servers[1].address, "cookie": "Other"},
    }
    await site.gateway(config)
    return servers


async def test_a_new_client_gets_a_cookie_and_stays_with_its_server(site: Site):
    servers = await two_servers(site)
    client = await site.client()
    first = await client.ask(get())
    assert first.one("Set-Cookie") == "SERVERID=Local; path=/"
    for _ in range(3):
        response = await client.ask(get("/", "Cookie: SERVERID=Local"))
        assert response.all("Set-Cookie") == []
    assert [len(server.requests) for server in servers] == [4, 0]


async def test_a_cookie_does_not_turn_the_round_robin(site: Site):
    servers = await two_servers(site)
    client = await site.client()
    for fields in ((), ("Cookie: SERVERID=Local",), ("Cookie: SERVERID=Local",), ()):
        await client.ask(get("/", *fields))
    assert [len(server.requests) for server in servers] == [3, 1]


async def test_the_cookie_stands_at_the_end_of_the_fields(site: Site):
    await two_servers(site, ok(b"ok", "Date: Thu, 01 Jan 1970 00:00:00 GMT", "X-Last: 1"))
    client = await site.client()
    response = await client.ask(get())
    assert response.names[-1].lower() == "set-cookie"


@pytest.mark.parametrize("status", ["304 Not Modified", "404 Not Found", "500 Oops", "302 Found"])
async def test_every_status_of_a_server_carries_the_cookie(site: Site, status: str):
    await two_servers(site, f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
    client = await site.client()
    assert (await client.ask(get())).one("Set-Cookie") == "SERVERID=Local; path=/"


async def test_answers_of_the_gateway_itself_carry_none(site: Site):
    servers = await two_servers(site, retries=0, frontend={"rule": [{"when": "{ path /no }", "deny": 403}]})
    for server in servers:
        await server.stop()
    client = await site.client()
    for target, status in {"/no": 403, "/": 503}.items():
        response = await client.ask(get(target))
        assert (response.status, response.all("Set-Cookie")) == (status, [])


HIDDEN = {
    "alone": ("SERVERID=Local", None),
    "first": ("SERVERID=Local; a=1", "a=1"),
    "between": ("a=1; SERVERID=Local; b=2", "a=1; b=2"),
    "last": ("a=1; SERVERID=Local", "a=1"),
    "unknown-value": ("a=1; SERVERID=x; b=2", "a=1; b=2"),
    "empty-value": ("a=1; SERVERID=; b=2", "a=1; b=2"),
    "without-equals": ("a=1; SERVERID; b=2", "a=1; SERVERID; b=2"),
    "another-case": ("serverid=Local; a=1", "serverid=Local; a=1"),
    "longer-name": ("XSERVERID=1; SERVERIDX=2", "XSERVERID=1; SERVERIDX=2"),
    "not-there": ("a=1; b=2", "a=1; b=2"),
}


@pytest.mark.parametrize(("sent", "seen"), HIDDEN.values(), ids=HIDDEN.keys())
async def test_the_server_does_not_see_the_cookie(site: Site, sent: str, seen: str | None):
    servers = await two_servers(site)
    client = await site.client()
    await client.ask(get("/", f"Cookie: {sent}"))
    (request,) = servers[0].requests + servers[1].requests
    assert request.one("Cookie") == seen


BELIEVED = {
    "valid": ("SERVERID=Other", "s2", None),
    "unknown": ("SERVERID=nope", "s1", "Local"),
    "empty": ("SERVERID=", "s1", "Local"),
    "first-valid-of-two": ("SERVERID=nope; SERVERID=Other", "s2", None),
    "cut-at-the-bar": ("SERVERID=Other|abc", "s2", None),
    "another-case": ("SERVERID=OTHER", "s1", "Local"),
    "prefix": ("SERVERID=Othe", "s1", "Local"),
}


@pytest.mark.parametrize(("sent", "served_by", "inserted"), BELIEVED.values(), ids=BELIEVED.keys())
async def test_which_cookies_are_believed(site: Site, sent: str, served_by: str, inserted: str | None):
    servers = await two_servers(site)
    client = await site.client()
    response = await client.ask(get("/", f"Cookie: {sent}"))
    assert [bool(server.requests) for server in servers] == [served_by == "s1", served_by == "s2"]
    assert response.one("Set-Cookie") == (f"SERVERID={inserted}; path=/" if inserted else None)


async def test_a_keep_alive_client_may_change_its_server(site: Site):
    servers = await two_servers(site, connection="keep-alive")
    client = await site.client()
    for word in ("Local", "Other", "Local"):
        await client.ask(get("/", f"Cookie: SERVERID={word}"))
    assert [len(server.requests) for server in servers] == [2, 1]


NOCACHE = {
    "plain": (ok(), False),
    "max-age": (ok(b"ok", "Cache-Control: max-age=60"), True),
    "expires": (ok(b"ok", "Expires: Thu, 01 Dec 2050 16:00:00 GMT"), True),
    "etag": (ok(b"ok", 'ETag: "x"'), True),
    "last-modified": (ok(b"ok", "Last-Modified: Thu, 01 Dec 1994 16:00:00 GMT"), True),
    "public-alone": (ok(b"ok", "Cache-Control: public"), False),
    "etag-but-private": (ok(b"ok", 'ETag: "x"', "Cache-Control: private"), False),
    "etag-but-no-store": (ok(b"ok", 'ETag: "x"', "Cache-Control: no-store"), False),
    "max-age-0": (ok(b"ok", "Cache-Control: max-age=0"), False),
    "etag-of-a-500": (ok(b"ok", 'ETag: "x"').replace(b"200 OK", b"500 No"), False),
    "etag-of-a-404": (ok(b"ok", 'ETag: "x"').replace(b"200 OK", b"404 No"), True),
}


@pytest.mark.parametrize(("answer", "marked"), NOCACHE.values(), ids=NOCACHE.keys())
async def test_nocache_keeps_the_cookie_out_of_shared_caches(site: Site, answer: bytes, marked: bool):
    await two_servers(site, answer)
    client = await site.client()
    before = answer.lower().count(b"cache-control")
    with_cookie = await client.ask(get())
    assert with_cookie.all("Cache-Control")[before:] == (["private"] if marked else [])
    without = await client.ask(get("/", "Cookie: SERVERID=Local"))
    assert len(without.all("Cache-Control")) == before


async def test_nocache_does_not_mark_the_answer_to_a_post(site: Site):
    await two_servers(site, ok(b"ok", 'ETag: "x"'))
    client = await site.client()
    response = await client.ask(get().replace(b"GET", b"POST"))
    assert response.one("Set-Cookie") is not None
    assert response.all("Cache-Control") == []


async def test_a_cookie_of_this_name_from_the_server_is_removed(site: Site):
    await two_servers(site, ok(b"ok", "Set-Cookie: a=1", "Set-Cookie: SERVERID=evil; path=/", "Set-Cookie: b=2"))
    client = await site.client()
    assert (await client.ask(get())).all("Set-Cookie") == ["a=1", "b=2", "SERVERID=Local; path=/"]
    assert (await client.ask(get("/", "Cookie: SERVERID=Local"))).all("Set-Cookie") == ["a=1", "b=2"]


MODES = {
    "rewrite": ({"rewrite": True}, "a=1; SERVERID=Other", "a=1; SERVERID=Other", "SERVERID=Other; path=/x"),
    "prefix": (
        {"prefix": True},
        "a=1; SERVERID=Other~123; b=2",
        "a=1; SERVERID=123; b=2",
        "SERVERID=Other~own; path=/x",
    ),
    "prefix-indirect": ({"prefix": True, "indirect": True}, "SERVERID=Other~1", "SERVERID=1", None),
    "only-read": ({}, "SERVERID=Other", "SERVERID=Other", "SERVERID=own; path=/x"),
    "preserve": ({"insert": True, "preserve": True}, "SERVERID=Other", "SERVERID=Other", "SERVERID=own; path=/x"),
    "postonly": ({"insert": True, "postonly": True}, "x=1", "x=1", None),
}


@pytest.mark.parametrize(("options", "sent", "seen", "answered"), MODES.values(), ids=MODES.keys())
async def test_the_other_modes(site: Site, options: dict[str, object], sent: str, seen: str, answered: str | None):
    plain = {"insert": False, "nocache": False, "indirect": False}
    servers = await two_servers(site, ok(b"ok", "Set-Cookie: SERVERID=own; path=/x", "X: 1"), cookie=plain | options)
    client = await site.client()
    response = await client.ask(get("/", f"Cookie: {sent}"))
    (request,) = servers[0].requests + servers[1].requests
    assert (request.one("Cookie"), response.one("Set-Cookie")) == (seen, answered)
    assert bool(servers[1].requests) == ("Other" in sent)


async def test_attributes_stand_in_haproxys_order(site: Site):
    await two_servers(site, cookie={"httponly": True, "secure": True, "domain": "example.com"})
    client = await site.client()
    cookie = (await client.ask(get())).one("Set-Cookie")
    assert cookie == "SERVERID=Local; path=/; domain=example.com; HttpOnly; Secure"


async def test_without_indirect_the_server_sees_the_cookie(site: Site):
    servers = await two_servers(site, cookie={"indirect": False})
    client = await site.client()
    response = await client.ask(get("/", "Cookie: a=1; SERVERID=Local"))
    assert servers[0].requests[0].one("Cookie") == "a=1; SERVERID=Local"
    assert response.all("Set-Cookie") == []


async def test_a_101_carries_the_cookie_too(site: Site):
    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\nhello")

    await site.serve(script, affinity=[SERVERID])
    client = await site.client()
    response = await client.ask(get("/", "Connection: upgrade", "Upgrade: chat"))
    assert (response.status, response.one("Set-Cookie")) == (101, "SERVERID=s1; path=/")
    assert await client.exactly(5) == b"hello"
