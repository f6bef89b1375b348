"""Idle connections to servers: what may be used again, and what must never reach the next request."""

from __future__ import annotations

import asyncio

import pytest

from tests.sockets.conftest import Site
from tests.sockets.peers import Connection, answering, get, ok, post

EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"


async def test_an_idle_connection_is_used_again(site: Site):
    server = await site.serve(answering(ok()), connection="keep-alive")
    for _ in range(3):
        client = await site.client()
        for _ in range(3):
            assert (await client.ask(get())).status == 200
    assert len(server.requests) == 9
    assert len(server.connections) <= 3


LEFTOVERS = {
    "longer-than-length": (get(), ok() + EVIL),
    "a-few-bytes-more": (get(), ok() + b"x"),
    "after-the-last-chunk": (
        get(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + EVIL,
    ),
    "204-with-body": (get(), b"HTTP/1.1 204 No Content\r\n\r\n" + EVIL),
    "304-with-body": (get(), b"HTTP/1.1 304 Not Modified\r\nContent-Length: 80\r\n\r\n" + EVIL),
    "HEAD-with-body": (get().replace(b"GET", b"HEAD"), ok(EVIL)),
}


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize(("request_", "answer"), LEFTOVERS.values(), ids=LEFTOVERS.keys())
async def test_bytes_after_an_answer_are_nobodys(site: Site, request_: bytes, answer: bytes, bytewise: bool):
    """The next request, of whichever client, must get its own answer."""

    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            own = ok(request.target.encode())
            if request.target != "/":
                await connection.send(own)
            elif not await (connection.send_bytewise if bytewise else connection.send)(answer):
                return

    await site.serve(script, connection="keep-alive")
    first, second = await site.client(), await site.client()
    await first.ask(request_)
    for number in range(3):
        target = f"/next{number}"
        response = await second.ask(get(target))
        assert (response.status, response.body) == (200, target.encode())
        assert (await first.ask(get(target))).body == target.encode()


async def test_an_answer_on_an_idle_connection_is_nobodys(site: Site):
    """One forged answer, sent while the connection lies idle: every later answer would be off by one."""

    async def script(connection: Connection) -> None:
        if connection.number == 0:
            await connection.request()
            await connection.send(ok(b"/first"))
            await asyncio.sleep(0.03)
            await connection.send(EVIL)
        while (request := await connection.request()) is not None:
            await connection.send(ok(request.target.encode()))

    server = await site.serve(script, connection="keep-alive")
    client = await site.client()
    assert (await client.ask(get("/first"))).body == b"/first"
    await asyncio.wait_for(server.connections[0].over.wait(), 2)
    for number in range(3):
        assert (await client.ask(get(f"/{number}"))).body == f"/{number}".encode()
        other = await site.client()
        assert (await other.ask(get("/other"))).body == b"/other"


async def test_a_whole_second_answer_with_the_first_is_nobodys(site: Site):
    async def script(connection: Connection) -> None:
        while (request := await connection.request()) is not None:
            await connection.send(ok(request.target.encode()) + EVIL)

    await site.serve(script, connection="keep-alive")
    client = await site.client()
    await client.send(b"".join(get(f"/{number}") for number in range(10)))
    assert [(await client.response()).body for _ in range(10)] == [f"/{number}".encode() for number in range(10)]


@pytest.mark.parametrize("request_", [get(), post(b"x")], ids=["GET", "POST"])
async def test_a_server_that_closes_after_each_answer_without_a_word(site: Site, request_: bytes):
    """The stale connection is noticed before it is used."""

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(ok())
        connection.finish()

    server = await site.serve(script, connection="keep-alive")
    client = await site.client()
    for number in range(5):
        assert (await client.ask(request_)).status == 200
        await asyncio.sleep(0.01)
        assert len(server.requests) == number + 1


def closing_over_the_second():
    """The first connection answers once and resets over whatever comes next; the others behave."""

    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(ok(b"first"))
        if connection.number == 0:
            await connection.request()
            connection.close()
            return
        while await connection.request() is not None:
            await connection.send(ok(b"later"))

    return script


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_request_that_met_the_close_of_an_idle_connection_goes_once_more(site: Site, method: str):
    server = await site.serve(closing_over_the_second(), connection="keep-alive")
    client = await site.client()
    request = get("/again").replace(b"GET", method.encode())
    await client.ask(get("/warm"))
    response = await client.ask(request)
    assert response.status == 200
    assert [request.target for request in server.requests] == ["/warm", "/again", "/again"]


async def test_a_post_that_met_the_close_of_an_idle_connection_is_not_sent_again(site: Site):
    """The client is told, by a 502 or as HAProxy does by a silent close, so that it can decide itself."""
    server = await site.serve(closing_over_the_second(), connection="keep-alive")
    client = await site.client()
    await client.ask(get("/warm"))
    await client.send(post(b"once", "/post"))
    data = await client.rest() if not await client.fill() else client.unread
    assert data == b"" or data.startswith(b"HTTP/1.1 502 ")
    assert [request.target for request in server.requests].count("/post") == 1


async def test_a_request_goes_once_more_only_once(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        if connection.number == 0:
            await connection.send(ok())
            await connection.request()
        connection.close()

    server = await site.serve(script, connection="keep-alive")
    client = await site.client()
    await client.ask(get("/warm"))
    await client.send(get("/again"))
    data = await client.rest() if not await client.fill() else client.unread
    assert data == b"" or data.startswith(b"HTTP/1.1 502 ")
    assert [request.target for request in server.requests] == ["/warm", "/again", "/again"]


async def test_a_request_whose_answer_has_begun_is_not_sent_again(site: Site):
    async def script(connection: Connection) -> None:
        await connection.request()
        await connection.send(ok())
        await connection.request()
        await connection.send(b"HTTP/1.1 200 OK\r\nContent-")
        connection.close()

    server = await site.serve(script, connection="keep-alive")
    client = await site.client()
    await client.ask(get("/warm"))
    assert (await client.ask(get("/again"))).status == 502
    assert [request.target for request in server.requests] == ["/warm", "/again"]


async def test_an_idle_connection_is_closed_after_its_time(site: Site):
    server = await site.serve(answering(ok()), connection="keep-alive", timeout={"server_idle": "300ms"})
    client = await site.client()
    await client.ask(get())
    begin = asyncio.get_running_loop().time()
    await asyncio.wait_for(server.connections[0].over.wait(), 3)
    assert asyncio.get_running_loop().time() - begin > 0.2
    assert (await client.ask(get())).status == 200
    assert len(server.connections) == 2


async def test_an_early_answer_spoils_the_connection(site: Site):
    """What is left of the upload would be read as the next request."""

    async def script(connection: Connection) -> None:
        await connection.head()
        await connection.send(ok(b"early"))
        if connection.number:
            return
        rest = await connection.rest()
        assert b"GET" not in rest

    server = await site.serve(script, connection="keep-alive")
    first, second = await site.client(), await site.client()
    await first.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + b"x" * 1000)
    assert (await first.response("POST")).body == b"early"
    assert (await second.ask(get())).body == b"early"
    assert len(server.connections) == 2


async def test_head_can_be_kept_from_reuse(site: Site):
    """For servers that send bodies to HEAD, as Wt does: even where none has come yet."""
    server = await site.serve(answering(ok(b"")), connection="keep-alive", reuse_after_head=False)
    client = await site.client()
    for number in range(3):
        await client.ask(get().replace(b"GET", b"HEAD"))
        await asyncio.wait_for(server.connections[number].over.wait(), 2)
    assert len(server.connections) == 3


async def test_many_clients_never_get_anothers_answer(site: Site):
    """Closes, leftovers and aborts in turn under load: each answer is the asker's own."""

    async def script(connection: Connection) -> None:
        count = 0
        while (request := await connection.request()) is not None:
            count += 1
            sent = ok(request.target.encode()) + (EVIL if count % 5 == 0 else b"")
            if not await connection.send(sent) or count % 7 == 0:
                connection.close()
                return

    await site.serve(script, connection="keep-alive")

    async def visitor(name: int) -> None:
        client = await site.client()
        for number in range(30):
            target = f"/{name}/{number}"
            await client.send(get(target))
            if number % 11 == 10:
                client.reset()
                client = await site.client()
                continue
            response = await client.response()
            assert response.status == 502 or response.body == target.encode()

    await asyncio.gather(*(visitor(name) for name in range(10)))
