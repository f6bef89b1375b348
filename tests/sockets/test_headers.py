"""Which fields pass, which are removed and which are ours: on the wire, in the case and order in which they came."""

from __future__ import annotations

import socket
from email.utils import parsedate_to_datetime

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import answering, get, ok

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])


async def seen(site: Site, *fields: str, request: bytes = b"", **options):
    """What the server sees of a request with these fields, and what the client got."""
    general = options.pop("general", None)
    answer = options.pop("answer", ok())
    server = await site.server(answering(answer))
    await site.gateway(config_for(server, general=general, **options))
    client = await site.client()
    response = await client.ask(request or get("/", *fields))
    assert response.status == 200
    return server.requests[0], response


async def test_names_keep_their_case_and_all_their_order_on_the_way_to_the_server(site: Site):
    request, _ = await seen(site, "x-lower: 1", "X-UPPER: 2", "X-Mixed-cAsE: 3", "Accept: */*", "x-lower: 4")
    assert request.fields[:6] == [
        ("Host", "a"), ("x-lower", "1"), ("X-UPPER", "2"), ("X-Mixed-cAsE", "3"), ("Accept", "*/*"), ("x-lower", "4"),
    ]  # fmt: skip


async def test_names_keep_their_case_and_all_their_order_on_the_way_to_the_client(site: Site):
    _, response = await seen(site, answer=ok(b"ok", "x-lower: 1", "X-UPPER: 2", "Set-Cookie: a", "set-cookie: b"))
    assert response.fields[:5] == [
        ("Content-Length", "2"), ("x-lower", "1"), ("X-UPPER", "2"), ("Set-Cookie", "a"), ("set-cookie", "b"),
    ]  # fmt: skip


HOP_BY_HOP = {
    "Keep-Alive": "Keep-Alive: timeout=5",
    "Proxy-Connection": "Proxy-Connection: keep-alive",
    "Proxy-Authorization": "Proxy-Authorization: Basic eA==",
    "TE-of-more": "TE: gzip, deflate;q=0.5",
    "Proxy": "Proxy: http://evil/",
    "Upgrade-without-Connection": "Upgrade: websocket",
    "underscore": "X_Forwarded_For: 1.2.3.4",
}


@pytest.mark.parametrize("field", HOP_BY_HOP.values(), ids=HOP_BY_HOP.keys())
async def test_what_is_not_for_the_server_is_removed(site: Site, field: str):
    request, _ = await seen(site, field, "X-Kept: 1")
    assert request.all(field.split(":", maxsplit=1)[0]) == []
    assert request.one("X-Kept") == "1"


async def test_nominated_fields_are_removed(site: Site):
    request, _ = await seen(site, "Connection: X-Mine , x-other", "X-Mine: 1", "X-Other: 2", "X-Kept: 3")
    assert request.all("X-Mine") + request.all("X-Other") == []
    assert request.one("X-Kept") == "3"
    assert "x-mine" not in (request.one("Connection") or "").lower()


NOT_NOMINATED = ["Host", "Content-Length", "Cookie", "X-Forwarded-For", "X-Original-To", "X-Forwarded-Proto"]


@pytest.mark.parametrize("name", NOT_NOMINATED)
async def test_what_the_gateway_answers_for_cannot_be_nominated_away(site: Site, name: str):
    """CVE-2022-31813: a client must not make a proxy drop its own fields."""
    data = get("/", f"Connection: close, {name}", "Content-Length: 5", "Cookie: a=1") + b"hello"
    request, _ = await seen(site, request=data)
    assert request.one(name) is not None
    assert request.body == b"hello"


async def test_trailers_is_all_that_is_left_of_te(site: Site):
    request, _ = await seen(site, "Connection: TE", "TE: trailers, gzip")
    assert request.all("TE") in ([], ["trailers"])


RESPONSE_HOPS = ["Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authenticate: Basic", "Upgrade: h2c"]


@pytest.mark.parametrize("field", RESPONSE_HOPS)
async def test_what_is_not_for_the_client_is_removed(site: Site, field: str):
    _, response = await seen(site, answer=ok(b"ok", field, "Connection: X-Mine", "X-Mine: 1", "X-Kept: 1"))
    assert response.all(field.split(":", maxsplit=1)[0]) == []
    assert response.all("X-Mine") == []
    assert response.one("X-Kept") == "1"


CLAIMS = {
    "X-Forwarded-For": "10.1.1.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/x",
    "X-Forwarded-Server": "x",
    "Forwarded": "for=10.1.1.1",
    "X-Real-IP": "10.1.1.1",
    "X-Client-IP": "10.1.1.1",
    "True-Client-IP": "10.1.1.1",
    "X-Original-URL": "/admin",
    "X-Rewrite-URL": "/admin",
    "X-Original-To": "10.1.1.1",
}


@pytest.mark.parametrize(("name", "claim"), CLAIMS.items(), ids=CLAIMS.keys())
async def test_what_an_untrusted_client_claims_is_dropped(site: Site, name: str, claim: str):
    request, _ = await seen(site, f"{name}: {claim}", f"{name.lower()}: {claim}")
    assert claim not in request.all(name)


async def test_ours_are_written_once(site: Site):
    request, _ = await seen(
        site, request=get("/", host="shop.example:81"), frontend={"forwarded_host": True, "forwarded_port": True}
    )
    port = site.addresses["web"].rpartition(":")[2]
    assert request.one("X-Forwarded-For") == "127.0.0.1"
    assert request.one("X-Forwarded-Proto") == "http"
    assert request.one("X-Forwarded-Host") == "shop.example:81"
    assert request.one("X-Forwarded-Port") == port
    assert request.one("X-Original-To") == "127.0.0.1"
    assert request.one("Host") == "shop.example:81"


async def test_what_is_switched_off_is_not_written(site: Site):
    off = {"forwarded_for": "off", "forwarded_proto": False, "forwarded_host": False, "forwarded_port": False}
    request, _ = await seen(site, frontend=off | {"original_to": False})
    assert not [name for name in request.names if name.lower().startswith("x-")]


async def test_append_adds_a_line_and_drops_nothing(site: Site):
    """What HAProxy's ``option forwardfor`` does."""
    request, _ = await seen(
        site, "X-Forwarded-For: 10.1.1.1", "X-Forwarded-For: ", frontend={"forwarded_for": "append"}
    )
    assert request.all("X-Forwarded-For") == ["10.1.1.1", "", "127.0.0.1"]


FIELDS = {
    "another-name": ({"mode": "replace", "header": "X-Client"}, [], ["127.0.0.1"]),
    "forged": ({"mode": "replace", "header": "X-Client"}, ["X-Client: 6.6.6.6"], ["127.0.0.1"]),
    "forged-with-if-none": (
        {"mode": "replace", "header": "X-Client", "if_none": True},
        ["x-client: 6.6.6.6"],
        ["127.0.0.1"],
    ),
    "forged-by-an-excepted-one": (
        {"mode": "replace", "header": "X-Client", "except": "127.0.0.0/8"},
        ["X-Client: 6.6.6.6"],
        [],
    ),
    "nominated": (
        {"mode": "append", "header": "X-Client", "if_none": True},
        ["X-Client: 1.1.1.1", "Connection: X-Client"],
        ["1.1.1.1"],
    ),
    "append": ({"mode": "append", "header": "X-Client"}, ["X-Client: 1.1.1.1"], ["1.1.1.1", "127.0.0.1"]),
    "if-none": ({"mode": "append", "header": "X-Client", "if_none": True}, [], ["127.0.0.1"]),
    "excepted": ({"mode": "append", "header": "X-Client", "except": ["127.0.0.1"]}, [], []),
}


@pytest.mark.parametrize(("option", "sent", "seen"), FIELDS.values(), ids=FIELDS.keys())
async def test_the_clients_address_in_a_field_of_another_name(
    site: Site, option: dict[str, object], sent: list[str], seen: list[str]
):
    server = await site.serve(answering(ok()), frontend={"forwarded_for": option})
    client = await site.client()
    for fields in (sent, [], sent):  # what was written for one request must not be what the next one gets
        await client.ask(get("/", *fields))
    first, _, third = server.requests
    assert first.all("X-Client") == third.all("X-Client") == seen


async def test_a_trusted_peer_is_believed_and_appended(site: Site):
    request, _ = await seen(
        site,
        "X-Forwarded-For: 10.1.1.1, 10.2.2.2",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: shop.example",
        general={"trusted_proxies": ["127.0.0.0/8"]},
    )
    assert ", ".join(request.all("X-Forwarded-For")) == "10.1.1.1, 10.2.2.2, 127.0.0.1"
    assert request.one("X-Forwarded-Proto") == "https"
    assert request.one("X-Forwarded-Host") == "shop.example"


async def test_a_peer_outside_the_trusted_networks_is_not_believed(site: Site):
    request, _ = await seen(site, "X-Forwarded-For: 10.1.1.1", general={"trusted_proxies": ["10.0.0.0/8"]})
    assert request.all("X-Forwarded-For") == ["127.0.0.1"]


async def test_configured_fields_are_dropped_and_set(site: Site):
    request, _ = await seen(
        site,
        "X-Secret: theirs",
        "X-Internal-A: 1",
        "x-internal-b: 2",
        "X-Kept: 1",
        drop_request_headers=["X-Internal-*"],
        set_request_headers={"X-Secret": "ours"},
    )
    assert not [name for name in request.names if name.lower().startswith("x-internal")]
    assert request.all("X-Secret") == ["ours"]
    assert request.one("X-Kept") == "1"


async def test_length_and_coding_are_never_sent_together(site: Site):
    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    request, _ = await seen(site, request=chunked)
    assert (request.all("Content-Length"), request.one("Transfer-Encoding")) == ([], "chunked")


async def test_the_version_of_the_gateway_is_nobodys_business(site: Site):
    request, response = await seen(site)
    for names in (request.names, response.names):
        assert not {"via", "server"} & {name.lower() for name in names}


async def test_the_target_passes_as_it_came(site: Site):
    target = "/a/../b//c;x=1?q=%7e%41&wtd=&&a=b?c"
    request, _ = await seen(site, request=get(target))
    assert request.target == target


async def test_an_answer_without_a_date_gets_one(site: Site):
    """RFC 9110 section 6.6.1: a recipient with a clock adds what is missing."""
    _, response = await seen(site)
    assert parsedate_to_datetime(response.one("Date") or "").year > 2020


async def test_a_date_stays(site: Site):
    _, response = await seen(site, answer=ok(b"ok", "Date: Thu, 01 Jan 1970 00:00:00 GMT"))
    assert response.one("Date") == "Thu, 01 Jan 1970 00:00:00 GMT"


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
async def test_addresses_of_ipv6_clients_are_written_plainly(site: Site):
    server = await site.server(answering(ok()))
    await site.gateway(config_for(server, frontend={"bind": "[::1]:0"}))
    client = await site.client()
    assert (await client.ask(get())).status == 200
    assert server.requests[0].one("X-Forwarded-For") == "::1"
    assert server.requests[0].one("X-Original-To") == "::1"
