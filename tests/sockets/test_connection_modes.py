"""keep-alive, server-close and close: which connections live on, and what each side is told.

What HAProxy 2.6 does in the same modes is the measure, down to the one thing that ``pretend_keepalive`` changes.
"""

from __future__ import annotations

import pytest

from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, answering, get, ok, post

pytestmark = pytest.mark.asyncio(loop_factories=["uvloop"])


def says(message, token: str) -> bool:
    return token in (message.one("Connection") or "").lower()


async def test_keep_alive_uses_one_connection_on_each_side(site: Site):
    server = await site.serve(answering(ok()), connection="keep-alive", frontend={"connection": "keep-alive"})
    client = await site.client()
    for _ in range(3):
        response = await client.ask(get())
        assert not says(response, "close")
    assert len(server.connections) <= 2
    assert len(server.requests) == 3
    assert not any(says(request, "close") for request in server.requests)


@pytest.mark.parametrize("pretend", [True, False], ids=["pretending", "honest"])
async def test_server_close_opens_a_connection_a_request_and_keeps_the_client(site: Site, pretend: bool):
    server = await site.serve(answering(ok()), connection="server-close", pretend_keepalive=pretend)
    client = await site.client()
    for number in range(3):
        response = await client.ask(get())
        assert not says(response, "close")
        await (await server.connection(number)).over.wait()
    assert [len(connection.requests) for connection in server.connections] == [1, 1, 1]
    assert [says(request, "close") for request in server.requests] == [not pretend] * 3
    assert {connection.end for connection in server.connections} <= {"closed", "reset"}


async def test_close_of_the_frontend_closes_both_sides_and_says_so(site: Site):
    server = await site.serve(
        answering(ok()), connection="close", pretend_keepalive=False, frontend={"connection": "close"}
    )
    client = await site.client()
    response = await client.ask(get())
    assert says(response, "close")
    assert await client.rest() == b""
    assert client.end == "closed"
    assert says(server.requests[0], "close")


async def test_close_of_the_backend_alone_leaves_the_client_its_connection(site: Site):
    server = await site.serve(
        answering(ok()), connection="close", pretend_keepalive=False, frontend={"connection": "keep-alive"}
    )
    client = await site.client()
    for _ in range(2):
        assert not says(await client.ask(get()), "close")
    assert all(says(request, "close") for request in server.requests)
    assert len(server.connections) == 2


async def test_a_client_that_says_close_gets_an_answer_and_the_close(site: Site):
    await site.serve(answering(ok()), connection="keep-alive")
    client = await site.client()
    await client.send(get("/", "Connection: close") + get("/never"))
    response = await client.response()
    assert response.status == 200
    assert says(response, "close")
    assert await client.rest() == b""


async def test_close_of_the_client_is_not_passed_to_a_kept_server_connection(site: Site):
    server = await site.serve(answering(ok()), connection="keep-alive")
    for _ in range(2):
        client = await site.client()
        await client.ask(get("/", "Connection: close"))
    assert len(server.requests) == 2
    assert not any(says(request, "close") for request in server.requests)


async def test_close_of_the_server_is_not_passed_to_the_client(site: Site):
    """The client's connection is the gateway's own."""
    server = await site.serve(answering(ok(b"ok", "Connection: close")), connection="keep-alive")
    client = await site.client()
    for _ in range(2):
        response = await client.ask(get())
        assert not says(response, "close")
    assert len(server.connections) == 2


async def test_an_old_server_that_does_not_say_keep_alive_is_not_used_again(site: Site):
    server = await site.serve(answering(ok().replace(b"1.1", b"1.0")), connection="keep-alive")
    client = await site.client()
    for _ in range(2):
        assert (await client.ask(get())).body == b"ok"
    assert [len(connection.requests) for connection in server.connections] == [1, 1]


async def test_an_old_client_is_closed_unless_it_asks_otherwise(site: Site):
    await site.serve(answering(ok()))
    client = await site.client()
    response = await client.ask(b"GET / HTTP/1.0\r\n\r\n")
    assert (response.status, response.body) == (200, b"ok")
    assert await client.rest() == b""


async def test_an_old_client_that_asks_for_keep_alive_is_told_so_and_kept(site: Site):
    await site.serve(answering(ok()))
    client = await site.client()
    for _ in range(2):
        response = await client.ask(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert (response.status, response.body) == (200, b"ok")
        assert says(response, "keep-alive")


async def test_pretended_keep_alive_is_said_to_the_server_of_an_old_client(site: Site):
    """A 1.0 server believes in a kept connection only when it reads so."""
    server = await site.serve(answering(ok()), pretend_keepalive=True)
    client = await site.client()
    await client.ask(b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")
    (request,) = server.requests
    assert request.version == "1.1" or says(request, "keep-alive")


@pytest.mark.parametrize("mode", ["keep-alive", "server-close"])
async def test_pipelined_requests_are_answered_in_order_in_each_mode(site: Site, mode: str):
    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            await connection.send(ok(request.target.encode()))

    server = await site.serve(script, connection=mode)
    client = await site.client()
    await client.send(b"".join(get(f"/{number}") for number in range(20)))
    assert [(await client.response()).body for _ in range(20)] == [f"/{number}".encode() for number in range(20)]
    assert (len(server.connections) == 20) == (mode == "server-close")


async def test_the_statuses_of_the_gateway_itself_leave_the_connection_open(site: Site):
    """403, 502, 503, 504 and a redirect: the client may go on (HAProxy's table of answers)."""

    async def script(connection: Connection) -> None:
        request = await connection.request()
        if request is not None and request.target == "/bad":
            await connection.send(b"garbage\r\n\r\n")
            connection.close()
        elif request is not None and request.target == "/ok":
            await connection.send(ok())

    rules = [
        {"when": "{ path /denied }", "deny": 403},
        {"when": "{ path /moved }", "redirect": "/new"},
    ]
    await site.serve(script, frontend={"rule": rules}, timeout={"server": "200ms"})
    client = await site.client()
    expected = {"/denied": 403, "/moved": 302, "/bad": 502, "/silent": 504, "/ok": 200}
    for target, status in expected.items():
        response = await client.ask(get(target))
        assert response.status == status
        assert not says(response, "close")


async def test_a_refused_body_is_swallowed_and_the_connection_goes_on(site: Site):
    rules = [{"when": "{ method POST }", "deny": 403}]
    server = await site.serve(answering(ok()), frontend={"rule": rules})
    client = await site.client()
    await client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n" + b"GET / HTTP/" + get())
    assert (await client.response("POST")).status == 403
    assert (await client.response()).status == 200
    assert len(server.requests) == 1


async def test_a_redirect_of_a_request_with_a_body_closes(site: Site):
    rules = [{"when": "{ path /old }", "redirect": "/new"}]
    await site.serve(answering(ok()), frontend={"rule": rules})
    client = await site.client()
    await client.send(b"POST /old HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
    response = await client.response("POST")
    assert (response.status, response.one("Location")) == (302, "/new")
    assert says(response, "close")
    assert await client.rest() == b""


@pytest.mark.parametrize("target", ["/denied", "/moved", "/down"])
async def test_head_gets_the_fields_of_an_answer_of_the_gateway_and_no_body(site: Site, target: str):
    rules = [{"when": "{ path /denied }", "deny": 403}, {"when": "{ path /moved }", "redirect": "/new"}]
    server = await site.serve(answering(ok()), frontend={"rule": rules}, retries=0)
    await server.stop()
    client = await site.client()
    for _ in range(2):
        as_get = await client.ask(get(target))
        as_head = await client.ask(get(target).replace(b"GET", b"HEAD"))
        assert (as_head.status, as_head.body) == (as_get.status, b"")
        assert as_head.one("Content-Length") == as_get.one("Content-Length")
        assert as_head.names == as_get.names


BODIES = {
    "length": b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nGET / HTTP/",
    "chunked": (
        b"POST %b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nGET / HTTP/\r\n0\r\nX: y\r\n\r\n"
    ),
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("data", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("target", [b"/denied", b"/down"])
async def test_the_body_of_a_request_that_the_gateway_answers_is_never_a_request(
    site: Site, target: bytes, data: bytes, bytewise: bool
):
    rules = [{"when": "{ path /denied }", "deny": 403}, {"when": "{ path /down }", "backend": "down"}]
    server = await site.server(answering(ok()))
    config = config_for(server, frontend={"rule": rules})
    config["backend"]["down"] = {"retries": 0, "check": False, "server": {"s1": "127.0.0.1:1"}}
    await site.gateway(config)
    client = await site.client()
    await (client.send_bytewise if bytewise else client.send)(data % target + get("/after"))
    assert (await client.response("POST")).status in {403, 503}
    try:
        assert (await client.response()).status == 200
    except EOFError:
        assert server.requests == []
    else:
        assert [request.target for request in server.requests] == ["/after"]


async def test_an_empty_line_after_a_body_is_overlooked(site: Site):
    """Old browsers sent one after a POST (RFC 9112 section 2.2)."""
    await site.serve(answering(ok()), frontend={"timeout": {"http_request": "200ms", "http_keep_alive": "1s"}})
    client = await site.client()
    assert (await client.ask(post(b"x") + b"\r\n")).status == 200
    assert await client.silent(0.1)
    assert (await client.ask(get())).status == 200
