"""TLS over real sockets: what clients see of certificates, what servers see of the gateway, how connections end."""

from __future__ import annotations

import asyncio
import hashlib
import random
import ssl
from pathlib import Path

import pytest

from affinity_gw.errors import TlsError
from tests.sockets.conftest import Site, config_for
from tests.sockets.peers import Connection, RawClient, Script, answering, get, ok, post
from tests.sockets.test_upgrade import GRANTED, WEBSOCKET
from tests.sockets.wire import eventually
from tests.tls.making import authority, ca_file, pem, trusting


@pytest.fixture
def crt(tmp_path: Path) -> str:
    return pem(tmp_path / "a.pem", "a.example", "127.0.0.1")


def bind(crt: str | list[str], **tls) -> dict:
    return {"bind": {"address": "127.0.0.1:0", "tls": {"crt": crt} | tls}}


def over_tls(crt: str, script: Script) -> Script:
    """A server that speaks TLS, and whose connections say which name they were told."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(crt)

    async def wrapped(connection: Connection) -> None:
        def remember(_connection, name, _context):
            connection.sni = name

        connection.sni = None
        context.sni_callback = remember
        try:
            await connection.encrypt(context, server=True)
        except (ssl.SSLError, ConnectionError, EOFError):
            connection.close()  # the gateway refuses us
            return
        await script(connection)

    return wrapped


async def serve_tls(site: Site, crt: str, script: Script, tls: object, **backend):
    """A server over TLS behind a plain frontend."""
    server = await site.server(over_tls(crt, script))
    config = config_for(server, **backend)
    config["backend"]["app"]["server"]["s1"] = {"address": server.address, "tls": tls}
    await site.gateway(config)
    return server


async def client(
    site: Site, name: str | None = "a.example", context: ssl.SSLContext | None = None, **options
) -> RawClient:
    client = await site.client(**options)
    await client.encrypt(context or trusting(), name=name)
    return client


class TestClients:
    async def test_a_request_comes_over_tls_and_the_server_is_told(self, site: Site, crt):
        server = await site.serve(answering(ok()), frontend=bind(crt))
        one = await client(site)
        for _ in range(3):
            assert (await one.ask(get())).body == b"ok"
        port = site.addresses["web"].rpartition(":")[2]
        for request in server.requests:
            assert dict(request.fields)["X-Forwarded-Proto"] == "https"
            assert dict(request.fields)["X-Forwarded-Port"] == port

    async def test_the_server_name_chooses_and_conditions_see_it(self, site: Site, tmp_path):
        files = [pem(tmp_path / f"{name[-9:]}.pem", name) for name in ("a.example", "*.b.example")]
        rule = {"when": "{ ssl_fc } { ssl_fc_sni -i www.b.example }", "deny": 403}
        await site.serve(answering(ok()), frontend=bind(files) | {"rule": [rule]})
        assert (await (await client(site, "www.b.example")).ask(get())).status == 403
        assert (await (await client(site, "a.example")).ask(get())).status == 200

    async def test_a_client_without_a_certificate_is_refused(self, site: Site, tmp_path, crt):
        await site.serve(answering(ok()), frontend=bind(crt, verify="required", ca_file=ca_file(tmp_path / "ca.pem")))
        known = trusting()
        known.load_cert_chain(pem(tmp_path / "client.pem", "client"))
        assert (await (await client(site, context=known)).ask(get())).status == 200
        stranger = await site.client()
        with pytest.raises((ssl.SSLError, ConnectionError, EOFError)):  # noqa: PT012  # TLS 1.3 tells it late
            await stranger.encrypt(trusting(), name="a.example")
            await stranger.ask(get())

    async def test_plain_http_is_closed_and_hurts_nobody(self, site: Site, crt):
        await site.serve(answering(ok()), frontend=bind(crt))
        plain = await site.client()
        await plain.send(get())
        assert b"HTTP" not in await plain.rest()
        assert (await (await client(site)).ask(get())).status == 200

    async def test_half_a_handshake_takes_a_place_for_a_limited_time_and_hurts_nobody(self, site: Site, crt):
        await site.serve(answering(ok()), frontend=bind(crt) | {"maxconn": 2, "timeout": {"http_request": "300ms"}})
        slow = await site.client()
        await slow.send(b"\x16\x03\x01\x02\x00\x01")
        assert (await (await client(site)).ask(get())).status == 200
        waiting = await site.client()  # there are two: this one has to wait until the slow one's time is over
        await waiting.encrypt(trusting(), name="a.example")
        assert slow.end == "open"
        assert await slow.rest() == b""
        assert (await waiting.ask(get())).status == 200

    async def test_a_handshake_does_not_hold_a_stop_up(self, site: Site, crt):
        await site.serve(answering(ok()), frontend=bind(crt))
        slow = await site.client()
        await slow.send(b"\x16\x03\x01")
        await eventually(lambda: site.gateways[0].shared.arriving == 1)
        async with asyncio.timeout(2):
            await site.gateways[0].stop()
        assert await slow.rest() == b""

    async def test_an_idle_client_that_does_not_answer_our_end_holds_no_stop_up(self, site: Site, crt):
        await site.serve(answering(ok()), frontend=bind(crt))
        one = await client(site)
        assert (await one.ask(get())).status == 200
        async with asyncio.timeout(2):
            assert await site.gateways[0].stop(limit=5) == 0
        assert await one.rest() == b""
        assert one.end == "closed"

    async def test_nor_does_it_keep_its_place(self, site: Site, crt):
        await site.serve(answering(ok()), frontend=bind(crt) | {"timeout": {"http_keep_alive": "200ms"}})
        assert (await (await client(site)).ask(get())).status == 200
        await eventually(lambda: site.connections == 0, 2)

    async def test_places_are_given_back(self, site: Site, crt):
        await site.serve(answering(ok()), frontend=bind(crt) | {"maxconn": 1})
        for number in range(6):
            one = await site.client()
            if number % 3 == 0:
                await one.send(b"nonsense that is no hello\r\n\r\n")
                await one.rest()
            elif number % 3 == 1:
                await one.encrypt(trusting(), name="a.example")
                assert (await one.ask(get())).status == 200
            one.close()
        assert (await (await client(site)).ask(get())).status == 200

    async def test_a_client_that_closes_while_it_waits_takes_its_request_along(self, site: Site, crt):
        async def waits(connection: Connection) -> None:
            await connection.request()

        server = await site.serve(waits, frontend=bind(crt))
        one = await client(site)
        await one.send(get())
        connection = await server.connection()
        await eventually(lambda: len(connection.requests) == 1)
        await one.close_notify()
        await asyncio.wait_for(connection.over.wait(), 5)
        await eventually(lambda: len(site.records) == 1 and site.connections == 0)
        assert site.records[0].termination.startswith("CH")

    async def test_a_cut_answer_does_not_look_like_a_whole_one(self, site: Site, crt):
        async def breaks_off(connection: Connection) -> None:
            await connection.request()
            await connection.send(b"HTTP/1.0 200 OK\r\n\r\nhalf")
            connection.reset()

        await site.serve(breaks_off, frontend=bind(crt), timeout={"server": "1s"})
        one = await client(site)
        await one.send(get().replace(b"1.1", b"1.0"))
        await one.rest()
        assert one.end == "reset"

    async def test_large_bodies_pass_both_ways_intact_and_slowly(self, site: Site, crt):
        data = random.Random(3).randbytes(3_000_000)

        async def echo(connection: Connection) -> None:
            request = await connection.request()
            await connection.send(ok(request.body))

        await site.serve(echo, frontend=bind(crt))
        one = await client(site, receive_buffer=8192)
        response = await one.ask(post(data))
        assert hashlib.sha256(response.body).digest() == hashlib.sha256(data).digest()

    async def test_a_client_that_does_not_read_stops_the_server(self, site: Site, crt):
        taken = asyncio.get_running_loop().create_future()

        async def script(connection: Connection) -> None:
            await connection.request()
            await connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 131072000\r\n\r\n")
            taken.set_result(await connection.flood(b"x" * 65536, 2000))

        await site.serve(script, frontend=bind(crt))
        one = await client(site, receive_buffer=4096)
        await one.send(get())
        assert await asyncio.wait_for(taken, 10) < 30_000_000
        one.reset()


class TestReload:
    async def test_new_certificates_are_for_new_connections_and_a_bad_file_changes_nothing(self, site: Site, tmp_path):
        file = pem(tmp_path / "a.pem", "a.example")
        await site.serve(answering(ok()), frontend=bind(file))
        old = await client(site)
        pem(tmp_path / "a.pem", "new.example")
        assert [each.names for each in site.gateways[0].reload_certificates()] == [("new.example",)]
        assert (await (await client(site, "new.example")).ask(get())).status == 200
        assert (await old.ask(get())).status == 200
        Path(file).write_bytes(b"half")  # noqa: ASYNC240  # four bytes
        with pytest.raises(TlsError, match="there is no certificate"):
            site.gateways[0].reload_certificates()
        assert (await (await client(site, "new.example")).ask(get())).status == 200


class TestServers:
    async def test_a_verified_server_keeps_its_connection(self, site: Site, tmp_path, crt):
        tls = {"ca_file": ca_file(tmp_path / "ca.pem")}
        server = await serve_tls(site, crt, answering(ok()), tls, connection="keep-alive")
        one = await site.client()
        for _ in range(20):
            assert (await one.ask(get())).status == 200
            assert (await one.ask(post(b"body"))).status == 200
        assert len(server.connections) == 1
        assert server.connections[0].sni is None, "an address is no name"

    async def test_a_server_that_nobody_vouches_for_is_not_spoken_to(self, site: Site, tmp_path):
        strange = pem(tmp_path / "strange.pem", "127.0.0.1", by="others")
        tls = {"ca_file": ca_file(tmp_path / "ca.pem")}
        server = await serve_tls(site, strange, answering(ok()), tls, retries=0)
        assert (await (await site.client()).ask(get())).status == 503
        assert "certificate" in site.records[0].reason
        assert server.requests == []

    @pytest.mark.parametrize("tls", [{}, {"verifyhost": "b.example"}, {"sni": "b.example"}], ids=repr)
    async def test_nor_is_one_with_another_name(self, site: Site, tmp_path, tls):
        crt = pem(tmp_path / "a.pem", "a.example")
        server = await serve_tls(site, crt, answering(ok()), {"ca_file": ca_file(tmp_path / "ca.pem")} | tls, retries=0)
        assert (await (await site.client()).ask(get())).status == 503
        assert server.requests == []

    @pytest.mark.parametrize("tls", [
        {"verify": "none"}, {"verifyhost": "a.example"}, {"sni": "a.example"}, {"verifyhost": False},
        {"sni": "else.example", "verifyhost": "a.example"},
    ], ids=repr)  # fmt: skip
    async def test_but_the_name_may_be_said(self, site: Site, tmp_path, tls):
        crt = pem(tmp_path / "a.pem", "a.example")
        ca = {} if "verify" in tls else {"ca_file": ca_file(tmp_path / "ca.pem")}
        server = await serve_tls(site, crt, answering(ok()), ca | tls)
        assert (await (await site.client()).ask(get())).status == 200
        assert server.connections[0].sni == tls.get("sni")

    async def test_connections_with_different_names_are_not_shared(self, site: Site, tmp_path):
        crt = pem(tmp_path / "a.pem", "*.b.example")
        tls = {"sni": "%[req.hdr(host)]", "ca_file": ca_file(tmp_path / "ca.pem")}
        server = await serve_tls(site, crt, answering(ok()), tls, connection="keep-alive", retries=0)
        one = await site.client()
        for host in ("x.b.example", "y.b.example", "x.b.example", "y.b.example"):
            assert (await one.ask(get(host=host))).status == 200
        assert [each.sni for each in server.connections] == ["x.b.example", "y.b.example"]
        for host in ("a..example", "x" * 70 + ".example", "other.test"):
            assert (await one.ask(get(host=host))).status == 503

    async def test_the_gateway_shows_its_own_certificate(self, site: Site, tmp_path, crt):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(crt)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=authority().pem.decode())

        async def script(connection: Connection) -> None:
            await connection.encrypt(context, server=True)
            await answering(ok())(connection)

        server = await site.server(script)
        config = config_for(server)
        tls = {"verify": "none", "crt": pem(tmp_path / "gateway.pem", "gateway")}
        config["backend"]["app"]["server"]["s1"] = {"address": server.address, "tls": tls}
        await site.gateway(config)
        assert (await (await site.client()).ask(get())).status == 200

    async def test_what_comes_unasked_is_nobodys_answer(self, site: Site, crt):
        async def script(connection: Connection) -> None:
            while (request := await connection.request()) is not None:
                await connection.send(ok(request.target.encode()))
                await connection.send(ok(b"evil"))

        await serve_tls(site, crt, script, {"verify": "none"}, connection="keep-alive")
        one = await site.client()
        for number in range(10):
            response = await one.ask(get(f"/{number}"))
            assert (response.status, response.body) == (200, b"/%d" % number)

    async def test_an_early_answer_and_a_close_is_heard(self, site: Site, crt):
        async def script(connection: Connection) -> None:
            await connection.head()
            await connection.send(b"HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            await connection.close_notify()

        await serve_tls(site, crt, script, {"verify": "none"})
        one = await site.client()
        await one.send(post(b"x" * 100_000))
        assert (await one.response()).status == 413

    @pytest.mark.parametrize(("notify", "end", "termination"), [(True, "closed", "--"), (False, "reset", "SD")])
    async def test_an_answer_ends_with_a_close_notify_or_is_not_whole(self, site: Site, crt, notify, end, termination):
        async def script(connection: Connection) -> None:
            await connection.request()
            await connection.send(b"HTTP/1.0 200 OK\r\n\r\nbody")
            if notify:
                await connection.close_notify()
            connection.close()

        await serve_tls(site, crt, script, {"verify": "none"})
        one = await site.client()
        await one.send(get().replace(b"1.1", b"1.0"))
        await one.rest()
        assert one.end == end
        assert site.records[0].termination[:2] == termination

    async def test_checks_go_over_tls_too(self, site: Site, tmp_path, crt):
        tls = {"ca_file": ca_file(tmp_path / "ca.pem")}
        check = {"http": "GET /", "inter": "50ms", "fall": 1, "rise": 1}
        good = await site.server(over_tls(crt, answering(ok())))
        bad = await site.server(over_tls(pem(tmp_path / "strange.pem", by="others"), answering(ok())))
        config = config_for(good, bad, check=check)
        for server in config["backend"]["app"]["server"]:
            address = config["backend"]["app"]["server"][server]
            config["backend"]["app"]["server"][server] = {"address": address, "tls": tls}
        await site.gateway(config)
        await eventually(lambda: site.gateways[0].snapshot.down == {"app/s2"} and len(good.requests) > 1)
        assert "certificate" in site.gateways[0].checks.statistics()["app/s2"].reason


class TestBoth:
    async def site_with(self, site: Site, crt: str, script: Script, **options) -> Connection:
        server = await site.server(over_tls(crt, script))
        config = config_for(server, frontend=bind(crt) | options, **options)
        config["backend"]["app"]["server"]["s1"] = {"address": server.address, "tls": {"verify": "none"}}
        await site.gateway(config)
        return server

    async def test_a_websocket_is_relayed_and_its_end_too(self, site: Site, crt):
        async def script(connection: Connection) -> None:
            await connection.head()
            await connection.send(GRANTED + b"hello")
            assert await connection.exactly(4) == b"ping"
            await connection.send(b"bye")
            await connection.close_notify()

        await self.site_with(site, crt, script)
        one = await client(site)
        await one.send(get("/", *WEBSOCKET))
        assert (await one.response()).status == 101
        await one.send(b"ping")
        assert await one.rest() == b"hellobye"
        assert one.end == "closed"
        one.close()
        await eventually(lambda: site.connections == 0)

    async def test_mode_tcp_passes_whatever_it_is(self, site: Site, crt):
        data = random.Random(4).randbytes(1_000_000)

        async def echo(connection: Connection) -> None:
            await connection.send(b"220 ready")
            while await connection.fill():
                await connection.send(connection.take(1 << 20))

        server = await self.site_with(site, crt, echo, mode="tcp")
        one = await client(site)
        assert await one.exactly(9) == b"220 ready"
        sending = asyncio.create_task(one.send(data))
        assert await one.exactly(len(data), 10) == data
        await sending
        await one.close_notify()
        await asyncio.wait_for(server.connections[0].over.wait(), 5)
        await eventually(lambda: site.connections == 0)
        assert site.records[0].termination == "--"

    async def test_what_was_sent_before_a_close_arrives(self, site: Site, crt):
        server = await site.server(lambda connection: asyncio.sleep(0))
        await site.gateway(config_for(server, frontend=bind(crt) | {"mode": "tcp"}, mode="tcp"))
        one = await client(site)
        await one.send(b"a line of a log")
        await one.close_notify()
        connection = await server.connection()
        await asyncio.wait_for(connection.over.wait(), 5)
        assert connection.received == b"a line of a log"
