"""Mode tcp: bytes both ways, and what the client sees where there is no server."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from affinity_gw.proxy.tcp import EARLY
from affinity_gw.routing.rules import Deny, Rule
from tests.proxy.stage import Stage


@pytest.fixture
def tcp(open_stage: Callable[..., Stage]) -> Callable[..., Stage]:
    """Stages whose sections have mode tcp, and HAProxy's limits where nothing else is said."""

    def tcp(*servers: dict[str, Any], frontend: Any = None, backend: Any = None, **options: Any) -> Stage:
        frontend = {"mode": "tcp"} | (frontend or {})
        backend = {"mode": "tcp", "timeout_tunnel": float("inf")} | (backend or {})
        return open_stage(*servers, frontend=frontend, backend=backend, **options)

    return tcp


def endings(stage):
    return [(record.server, record.termination) for record in stage.records]


class TestBytes:
    def test_they_pass_both_ways_and_nothing_looks_inside(self, tcp):
        stage = tcp()
        client = stage.client()
        server = stage.accept()
        for data in (bytes(range(256)), b"GET / HTTP/1.1\r\n\r\n", b"\0"):
            client >> data
            server << data[::-1]
            assert server.receives() == data
            assert client.receives() == data[::-1]

    def test_the_server_may_speak_first(self, tcp):
        stage = tcp()
        client = stage.client()
        stage.accept() << b"220 ready"
        assert client.got == b"220 ready"

    def test_what_the_client_sends_early_waits(self, tcp):
        stage = tcp()
        client = stage.client() >> b"HELO"
        server = stage.accept()
        client >> b" me"
        assert server.got == b"HELO me"

    def test_a_client_that_sends_much_too_early_is_not_read(self, tcp):
        stage = tcp()
        client = stage.client()
        client.sends_whole(b"x" * EARLY)
        assert not client.is_listened_to
        client.sends_whole(b"y")
        server = stage.accept()
        assert client.is_listened_to
        assert server.got == b"x" * EARLY + b"y"

    @pytest.mark.parametrize("slow", ["client", "server"])
    def test_a_slow_side_slows_the_other(self, tcp, slow):
        stage = tcp()
        client = stage.client()
        server = stage.accept()
        reader, writer = (client, server) if slow == "client" else (server, client)
        reader.stops_reading()
        while writer.is_listened_to:
            writer.sends_whole(b"x" * 20000)
        reader.reads()
        assert writer.is_listened_to


class TestWhere:
    def test_connections_are_balanced(self, tcp):
        stage = tcp({}, {})
        names = []
        for _ in range(4):
            stage.client()
            names.append(stage.accept().name)
        assert names == ["s1", "s2", "s1", "s2"]

    def test_a_rule_closes(self, tcp):
        rules = (Rule(lambda head, _snapshot: ip_address(head.peer).is_private, Deny()),)
        stage = tcp(frontend={"rules": rules})
        refused = stage.client("10.0.0.1")
        assert (refused.got, refused.connection) == (b"", "closed")
        assert [(record.backend, record.termination, record.status) for record in stage.records] == [(None, "PR", -1)]
        assert stage.client("8.8.8.8").connection == "open"

    def test_conditions_see_the_connection(self, tcp):
        seen = []
        stage = tcp(frontend={"rules": (Rule(lambda head, _: seen.append(head), Deny()),)})
        stage.client("192.0.2.9")
        (head,) = seen
        assert (head.peer, head.client, head.method, head.origin.local_port) == ("192.0.2.9", "192.0.2.9", "", 80)

    def test_no_server_is_up(self, tcp):
        stage = tcp(down=("s1",))
        assert stage.client().connection == "closed"
        assert endings(stage) == [(None, "SC")]


class TestRefusals:
    def test_a_server_that_refuses_is_tried_four_times_and_the_client_closed_without_a_word(self, tcp):
        stage = tcp()
        client = stage.client() >> b"abc"
        for _ in range(3):
            stage.refuse()
            stage.wait(1.1)
        stage.refuse()
        assert (client.got, client.connection) == (b"", "closed")
        assert endings(stage) == [("s1", "SC")]
        assert (stage.record.retries, stage.record.connect_time, stage.record.bytes_in) == (3, -1, 3)

    def test_a_redispatch(self, tcp):
        stage = tcp({}, {})
        client = stage.client()
        stage.refuse("s1")
        stage.accept("s2") << b"here"
        assert client.got == b"here"
        client.resets()
        assert (stage.record.retries, stage.record.redispatched) == (1, True)

    def test_a_server_that_does_not_answer(self, tcp):
        stage = tcp(backend={"retries": 0, "timeout_connect": 2.0})
        client = stage.client()
        stage.wait(2.2)
        assert client.connection == "closed"
        assert endings(stage) == [("s1", "sC")]


class TestQueue:
    def test_whoever_finds_no_place_waits(self, tcp):
        stage = tcp({"maxconn": 1})
        first = stage.client()
        server = stage.accept()
        second = stage.client() >> b"second"
        assert stage.connecting_to == []
        first.ends()
        server.ends()
        assert stage.accept().got == b"second"
        assert second.connection == "open"

    def test_not_longer_than_timeout_queue(self, tcp):
        stage = tcp({"maxconn": 1}, backend={"timeout_queue": 1.0})
        stage.client()
        stage.accept()
        second = stage.client()
        stage.wait(1.2)
        assert second.connection == "closed"
        assert endings(stage) == [(None, "sQ")]


class TestLeaving:
    """As measured with HAProxy 2.6."""

    @pytest.mark.parametrize(("leave", "code"), [("ends", "CC"), ("resets", "CD")])
    def test_while_the_server_is_being_connected_to(self, tcp, leave, code):
        stage = tcp()
        client = stage.client()
        getattr(client, leave)()
        assert client.connection == "closed"
        assert stage.connecting_to == []
        assert endings(stage) == [("s1", code)]

    @pytest.mark.parametrize(("leave", "code"), [("ends", "CQ"), ("resets", "CD")])
    def test_while_it_waits_for_a_place(self, tcp, leave, code):
        stage = tcp({"maxconn": 1})
        stage.client()
        stage.accept()
        getattr(stage.client(), leave)()
        assert endings(stage) == [(None, code)]

    @pytest.mark.parametrize("abort", [False, True])
    def test_who_has_said_all_is_still_served_unless_abortonclose(self, tcp, abort):
        stage = tcp(backend={"abortonclose": abort})
        client = stage.client() >> b"question"
        client.ends()
        if abort:
            assert endings(stage) == [("s1", "CC")]
            return
        server = stage.accept()
        assert (server.got, server.connection) == (b"question", "half-closed")
        server << b"answer"
        server.ends()
        assert (client.got, client.connection) == (b"answer", "closed")
        assert endings(stage) == [("s1", "--")]


class TestEnds:
    @pytest.mark.parametrize("first", ["client", "server"])
    def test_a_half_close_is_passed_on(self, tcp, first):
        stage = tcp()
        client = stage.client()
        server = stage.accept()
        one, other = (client, server) if first == "client" else (server, client)
        one.ends()
        assert (one.connection, other.connection) == ("open", "half-closed")
        other.sends(b"more")
        assert one.got == b"more"
        other.ends()
        assert (client.connection, server.connection) == ("closed", "closed")
        assert endings(stage) == [("s1", "--")]

    @pytest.mark.parametrize(("first", "code", "other"), [("client", "CD", "reset"), ("server", "SD", "closed")])
    def test_a_reset_ends_both(self, tcp, first, code, other):
        stage = tcp()
        client = stage.client()
        server = stage.accept()
        (client if first == "client" else server).resets()
        assert (server if first == "client" else client).connection == other
        assert endings(stage) == [("s1", code)]

    def test_what_the_server_did_before_anybody_listened_is_not_lost(self, tcp):
        stage = tcp()
        client = stage.client()
        server = stage.accept_with(b"hello", None)
        assert client.got == b"hello"
        assert client.connection == "half-closed"
        client.ends()
        assert server.connection == "closed"
        assert endings(stage) == [("s1", "--")]

    def test_nor_is_a_reset(self, tcp):
        stage = tcp()
        client = stage.client()
        stage.accept_with(b"", ConnectionResetError(104, "Connection reset by peer"))
        assert client.connection == "closed"
        assert endings(stage) == [("s1", "SD")]

    def test_stopping_waits_for_it_until_the_limit(self, tcp):
        stage = tcp()
        client = stage.client()
        waiting = stage.client()
        server = stage.accept()
        task = stage.loop.create_task(stage.shared.finish(3.0))
        stage.wait(2)
        server << b"still here"
        assert client.got == b"still here"
        stage.wait(1.2)
        assert task.result() == 2
        assert (client.connection, waiting.connection, server.connection) == ("closed", "closed", "closed")


class TestSilence:
    def test_of_the_client_is_taken_for_its_end(self, tcp):
        stage = tcp(frontend={"timeout_client": 1.0}, backend={"timeout_server": 10.0})
        client = stage.client()
        server = stage.accept()
        client >> b"question"
        stage.wait(1.2)
        assert (client.connection, server.connection) == ("open", "half-closed")
        stage.wait(4)
        server << b"late"
        client >> b"too late"
        assert (client.got, server.got) == (b"late", b"question")
        server.ends()
        assert client.connection == "closed"
        assert endings(stage) == [("s1", "cD")]
        assert stage.record.reason == "the client was silent for timeout.client"

    def test_and_the_other_side_keeps_the_rest_of_its_time(self, tcp):
        stage = tcp(frontend={"timeout_client": 1.0}, backend={"timeout_server": 3.0})
        client = stage.client()
        server = stage.accept()
        stage.wait(2.8)
        assert client.connection == "open"
        stage.wait(0.6)  # two limits, and each is kept to within a tick
        assert (client.connection, server.connection) == ("closed", "closed")
        assert endings(stage) == [("s1", "cD")]

    def test_of_the_server(self, tcp):
        stage = tcp(frontend={"timeout_client": 10.0}, backend={"timeout_server": 1.0})
        client = stage.client()
        stage.accept()
        stage.wait(1.2)
        assert client.connection == "half-closed"
        client.ends()
        assert endings(stage) == [("s1", "sD")]

    def test_bytes_are_signs_of_life_of_both(self, tcp):
        stage = tcp(frontend={"timeout_client": 2.0}, backend={"timeout_server": 2.0})
        client = stage.client()
        server = stage.accept()
        for _ in range(4):
            stage.wait(1.5)
            server << b"x"
        assert client.connection == "open"
        stage.wait(2.2)
        assert client.connection == "closed"
        assert endings(stage) == [("s1", "cD")]

    def test_after_the_end_of_one_only_the_other_is_waited_for(self, tcp):
        stage = tcp(frontend={"timeout_client": 2.0}, backend={"timeout_server": 5.0})
        client = stage.client()
        server = stage.accept()
        client.ends()
        stage.wait(4.5)
        assert server.connection == "half-closed"
        stage.wait(0.7)
        assert (client.connection, server.connection) == ("closed", "closed")
        assert endings(stage) == [("s1", "sD")]

    def test_timeout_tunnel_takes_the_place_of_both(self, tcp):
        limits = {"timeout_server": 1.0, "timeout_tunnel": 3.0}
        stage = tcp(frontend={"timeout_client": 1.0}, backend=limits)
        client = stage.client()
        server = stage.accept()
        stage.wait(2.8)
        assert client.connection == "open"
        stage.wait(0.4)
        assert (client.connection, server.connection) == ("closed", "closed")
        assert endings(stage) == [("s1", "cD")]
        assert stage.record.reason == "the connection was silent for timeout.tunnel"

    def test_a_slow_reader_has_its_time_and_one_who_does_not_read_has_not(self, tcp):
        stage = tcp(frontend={"timeout_client": 2.0}, backend={"timeout_server": 2.0})
        client = stage.client()
        server = stage.accept()
        client.stops_reading()
        server.sends_whole(b"x" * 100000)
        for _ in range(4):
            stage.wait(1.9)
            client.reads(5000)
        assert client.connection == "open"
        stage.wait(4.5)
        assert (client.connection, server.connection) == ("closed", "closed")
        assert endings(stage) == [("s1", "cD")]


class TestRecord:
    def test_bytes_and_counts_are_those_of_the_end(self, tcp):
        stage = tcp()
        client = stage.client() >> b"early"
        server = stage.accept()
        client >> b"more"
        server << b"x" * 1000
        client.ends()
        server.ends()
        record = stage.record
        assert (record.bytes_in, record.bytes_out, record.mode, record.method) == (9, 1000, "tcp", None)
        counts = (record.process_connections, record.frontend_connections)
        assert counts == (1, 1)
        assert (record.backend_connections, record.server_connections) == (0, 0)

    def test_nobody_who_does_not_log_pays_for_one(self, tcp):
        stage = tcp(log=False)
        client = stage.client()
        stage.accept()
        client.resets()
        assert stage.records == []

    def test_what_is_waited_for_can_be_seen(self, tcp):
        stage = tcp()
        client = stage.client() >> b"abc"
        assert repr(client.downstream) == "<TcpDownstream 192.0.2.7, 3 unread>"
