"""One probe against real sockets."""

import asyncio
import contextlib
import socket
import ssl
import struct
import sys

import pytest

from affinity_gw.control.probe import probe
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import CheckSpec
from affinity_gw.routing.tls import ServerTls
from affinity_gw.tls.store import Contexts
from tests.tls.making import ca_file, pem

HEAD = b"HEAD /check.txt HTTP/1.0\r\n\r\n"
QUICK = {"connect_timeout": 0.05, "answer_timeout": 0.05}


@contextlib.asynccontextmanager
async def answering(answer, *, path=None):
    """A server that reads a request and says ``answer`` (None: nothing); yields its address and what it was asked."""
    asked = []
    done = asyncio.Event()

    async def serve(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            if answer is None:
                await done.wait()
            elif isinstance(answer, list):
                for piece in answer:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
            else:
                writer.write(answer)
        writer.close()

    if path:
        listening = await asyncio.start_unix_server(serve, path)
        address = Address(path=str(path))
    else:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        address = Address(*listening.sockets[0].getsockname())
    async with listening:
        yield address, asked
        done.set()


@pytest.fixture
def free_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="only there can an acknowledgement be held back")
async def test_a_tcp_check_is_never_seen_by_the_application():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        assert await probe(Address(*listening.getsockname()), CheckSpec()) is None
        with pytest.raises(BlockingIOError):
            listening.accept()


async def test_elsewhere_a_connection_is_enough_for_a_tcp_check_and_ends_with_a_reset(monkeypatch):
    monkeypatch.setattr("affinity_gw.control.probe.sys.platform", "darwin")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        assert await probe(Address(*listening.getsockname()), CheckSpec()) is None
        accepted, _ = listening.accept()
        with accepted, pytest.raises(ConnectionResetError):
            accepted.recv(1)


@pytest.mark.parametrize("status", ["200 OK", "204", "302 Found", "399 Odd"])
async def test_two_and_three_hundreds_are_well(status):
    async with answering(f"HTTP/1.1 {status}\r\n\r\n".encode()) as (address, asked):
        assert await probe(address, CheckSpec(request=HEAD)) is None
    assert asked == [HEAD]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.0 500 Broken\r\n\r\n", "answered 500"),
        (b"HTTP/1.0 404 Not Found\r\n\r\n", "answered 404"),
        (b"HTTP/1.1 101 Switching\r\n\r\n", "answered 101"),
        (b"", "closed without an answer"),
        (b"HTTP/1.0 2", "closed in the middle of its status line"),
        (b"SSH-2.0-OpenSSH\r\n", "its answer is not HTTP"),
        (b"HTTP/1.0 2000 OK\r\n\r\n", "its answer is not HTTP"),
        (b"x" * 10000, "its answer is not HTTP"),
        (None, "no answer within 0.05s"),
    ],
    ids=str,
)
async def test_everything_else_fails_and_says_why(answer, reason):
    patience = {"answer_timeout": 0.05} if answer is None else {}
    async with answering(answer) as (address, _):
        assert await probe(address, CheckSpec(request=HEAD, **patience)) == reason


async def test_a_status_line_may_come_in_pieces():
    async with answering([b"HT", b"TP/1.0 ", b"200 OK\r", b"\n"]) as (address, _):
        assert await probe(address, CheckSpec(request=HEAD)) is None


async def test_a_unix_socket_is_checked_too(tmp_path):
    async with answering(b"HTTP/1.0 200 OK\r\n\r\n", path=tmp_path / "s") as (address, _):
        assert await probe(address, CheckSpec()) is None
        assert await probe(address, CheckSpec(request=HEAD)) is None


async def test_nobody_listens(free_port, tmp_path):
    assert await probe(Address("127.0.0.1", free_port), CheckSpec()) == "connection refused"
    assert await probe(Address(path=str(tmp_path / "none")), CheckSpec()) == "its socket does not exist"


async def test_a_name_is_resolved_and_each_of_its_addresses_tried(monkeypatch):
    async def getaddrinfo(host, port, **_):
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert await probe(Address("app.example", listening.getsockname()[1]), CheckSpec()) is None


async def test_a_name_that_does_not_exist(monkeypatch):
    async def getaddrinfo(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    reason = await probe(Address("no.example", 80), CheckSpec())
    assert reason == "its name cannot be resolved: Name or service not known"


async def test_a_server_whose_backlog_is_full():
    with socket.socket() as listening, contextlib.ExitStack() as waiting:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):  # more than the kernel keeps for a backlog of 0
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listening.getsockname())
        assert await probe(Address(*listening.getsockname()), CheckSpec(**QUICK)) == "no connection within 0.05s"


async def test_a_server_that_resets():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        checking = asyncio.create_task(probe(Address(*listening.getsockname()), CheckSpec(request=HEAD)))
        listening.setblocking(False)
        accepted, _ = await asyncio.get_running_loop().sock_accept(listening)
        with accepted:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert await checking == "connection reset by peer"


def test_uvloop_answers_the_same(free_port, tmp_path):
    uvloop = pytest.importorskip("uvloop")

    async def verdicts():
        async with answering(b"HTTP/1.0 200 OK\r\n\r\n", path=str(tmp_path / "s")) as (address, _):
            return [
                await probe(address, CheckSpec()),
                await probe(address, CheckSpec(request=HEAD)),
                await probe(Address("127.0.0.1", free_port), CheckSpec()),
                await probe(Address("localhost", free_port), CheckSpec()),
                await probe(Address(path=str(tmp_path / "none")), CheckSpec()),
            ]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        refused = "connection refused"
        assert runner.run(verdicts()) == [None, None, refused, refused, "its socket does not exist"]


class TestOverTls:
    @pytest.fixture
    async def serving(self, tmp_path):
        """A server over TLS that answers 200, and what its requests were."""
        requests = []

        async def answer(reader, writer):
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                requests.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
                await writer.drain()
            writer.close()

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem(tmp_path / "a.pem", "a.example", "127.0.0.1"))
        async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
            yield Address(*server.sockets[0].getsockname()), requests

    @pytest.mark.parametrize(("tls", "reason"), [
        ({"verifyhost": "127.0.0.1"}, None), ({"sni": "a.example", "verifyhost": "a.example"}, None),
        ({"verifyhost": "a.example"}, None), ({"verify": "none", "ca_file": "@system-ca"}, None), ({}, None),
        ({"verifyhost": "b.example"}, "its certificate is not for b.example"),
        ({"ca_file": "@system-ca"}, "its certificate is refused: "),
        ({"ssl_max_ver": "TLSv1.2", "ciphers": "ECDHE-RSA-AES128-GCM-SHA256"}, "closed during the TLS handshake"),
    ], ids=str)  # fmt: skip
    @pytest.mark.parametrize("request_", [None, HEAD], ids=["handshake", "request"])
    async def test_the_certificate_counts_too(self, serving, tmp_path, tls, reason, request_):
        address, requests = serving
        spec = ServerTls(**{"ca_file": ca_file(tmp_path / "ca.pem")} | tls)
        found = await probe(address, CheckSpec(request=request_, tls=spec), Contexts([spec]))
        assert found is None if reason is None else found.startswith(reason)
        assert requests == ([request_] if request_ is not None and reason is None else [])

    async def test_whoever_speaks_no_tls_is_not_well(self):
        async def answer(reader, writer):
            await reader.read(1)
            writer.write(b"220 ready\r\n")
            writer.close()

        spec = ServerTls(verify="none")
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            address = Address(*server.sockets[0].getsockname())
            assert (await probe(address, CheckSpec(tls=spec), Contexts([spec]))).startswith("no TLS: ")
