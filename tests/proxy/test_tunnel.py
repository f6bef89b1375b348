"""After a 101: bytes both ways, ends both ways, and nothing left behind."""

import pytest

from affinity_gw.proxy import replies
from affinity_gw.proxy.downstream import LINGER
from affinity_gw.proxy.tunnel import CLOSING
from tests.proxy.stage import GET, OK

UPGRADE = b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n"
WEBSOCKET = (
    b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\nConnection: Upgrade\r\n\r\n"
)
ACCEPT = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
WEBSOCKET_SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" + ACCEPT + b"Connection: Upgrade\r\n\r\n"
)


def tunnel(stage, client):
    """An open tunnel; returns the server's end."""
    server = stage.get(client, SWITCH, UPGRADE)
    assert client.receives() == SWITCH
    assert server.receives() == UPGRADE
    return server


class TestSwitching:
    @pytest.mark.parametrize("connection", ["keep-alive", "server-close", "close"])
    @pytest.mark.parametrize("pretend", [True, False])
    def test_every_connection_mode_forwards_an_upgrade(self, open_stage, connection, pretend):
        stage = open_stage(connection=connection, backend={"pretend_keepalive": pretend})
        client = stage.client()
        tunnel(stage, client)

    def test_a_websocket(self, stage, client):
        server = stage.get(client, WEBSOCKET_SWITCH + b"\x81\x02hi", WEBSOCKET)
        assert client.receives() == WEBSOCKET_SWITCH + b"\x81\x02hi"
        assert server.receives() == WEBSOCKET
        client >> b"\x81\x82abcd12"
        assert server.receives() == b"\x81\x82abcd12"
        client.ends()
        server.ends()
        assert stage.endings == [(101, "--")]
        assert stage.record.upgrade == "websocket"
        assert stage.record.bytes_out == len(WEBSOCKET_SWITCH) + 4

    @pytest.mark.parametrize(
        "answer",
        [
            WEBSOCKET_SWITCH.replace(ACCEPT, b""),
            WEBSOCKET_SWITCH.replace(b"s3p", b"S3P"),
            WEBSOCKET_SWITCH.replace(b"Upgrade: websocket", b"Upgrade: h2c"),
            WEBSOCKET_SWITCH.replace(b"Connection: Upgrade\r\n", b""),
        ],
        ids=["no accept", "another accept", "another protocol", "no Connection"],
    )
    def test_a_switch_to_something_else_is_502(self, stage, client, answer):
        server = stage.get(client, answer, WEBSOCKET)
        assert client.got == replies.page(502, close=False)
        assert (client.connection, server.connection) == ("open", "closed")
        assert stage.endings == [(502, "PH")]

    def test_a_server_that_does_not_switch_answers_as_ever(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client, OK, UPGRADE)
        assert client.got == OK
        assert (client.connection, server.connection) == ("open", "open")

    def test_an_upgrade_takes_a_new_connection(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        idle = stage.get(client)
        client.receives()
        tunnel(stage, client)
        assert idle.got == GET

    def test_what_the_client_sent_before_the_101_comes_after_it(self, stage, client):
        client >> UPGRADE + b"early"
        server = stage.accept()
        client >> b" bytes"
        assert server.receives() == UPGRADE
        server << SWITCH
        assert server.receives() == b"early bytes"

    def test_early_bytes_behind_a_refusal_are_the_next_request(self, stage, client):
        client >> UPGRADE + GET
        stage.accept() << OK
        assert stage.accept().got == GET

    def test_interim_answers_go_before_it(self, stage, client):
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        stage.get(client, hints + SWITCH, UPGRADE)
        assert client.got == hints + SWITCH


class TestBytes:
    def test_they_pass_both_ways_and_nothing_looks_inside(self, stage, client):
        server = tunnel(stage, client)
        everything = bytes(range(256))
        client >> everything
        server << everything[::-1]
        assert server.receives() == everything
        assert client.receives() == everything[::-1]

    @pytest.mark.parametrize("slow", ["client", "server"])
    def test_a_slow_side_slows_the_other(self, stage, client, slow):
        server = tunnel(stage, client)
        reader, writer = (client, server) if slow == "client" else (server, client)
        reader.stops_reading()
        sent = 0
        while writer.is_listened_to:
            writer.sends_whole(b"x" * 20000)
            sent += 20000
        assert sent <= 100000
        assert reader.is_listened_to
        reader.reads()
        assert writer.is_listened_to
        writer.sends_whole(b"y")
        assert reader.receives() == b"x" * sent + b"y"

    def test_many_early_bytes_slow_their_client_too(self, open_stage):
        stage = open_stage(frontend={"max_head_bytes": 2048})
        client = stage.client() >> UPGRADE
        server = stage.accept()
        server.stops_reading()
        client.sends_whole(b"x" * 200000)
        assert not client.is_listened_to
        server << SWITCH
        assert not client.is_listened_to
        client.sends_whole(b"y")
        server.reads()
        assert client.is_listened_to
        assert server.got == UPGRADE + b"x" * 200000 + b"y"

    def test_a_client_that_was_not_read_is_read_again(self, open_stage):
        stage = open_stage(frontend={"max_head_bytes": 2048})
        client = stage.client() >> UPGRADE
        server = stage.accept()
        client.sends_whole(b"x" * 4000)
        assert not client.is_listened_to
        server << SWITCH
        assert client.is_listened_to
        client >> b"y"
        assert server.got == UPGRADE + b"x" * 4000 + b"y"

    def test_a_client_that_is_slow_already_slows_the_tunnel(self, stage, client):
        client.stops_reading()
        client >> UPGRADE
        server = stage.accept()
        server.sends_whole(SWITCH + b"x" * 100000)
        assert not server.is_listened_to
        client.reads()
        assert server.is_listened_to
        assert client.got == SWITCH + b"x" * 100000


class TestEnds:
    @pytest.mark.parametrize("first", ["client", "server"])
    def test_a_half_close_is_passed_on_and_the_other_direction_goes_on(self, stage, client, first):
        server = tunnel(stage, client)
        one, other = (client, server) if first == "client" else (server, client)
        one.ends()
        assert other.connection == "half-closed"
        assert one.connection == "open"
        other.sends(b"more")
        assert one.receives() == b"more"
        other.ends()
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.endings == [(101, "--")]

    @pytest.mark.parametrize(("first", "code"), [("client", "CD"), ("server", "SD")])
    def test_a_reset_takes_the_other_side_with_it(self, stage, client, first, code):
        server = tunnel(stage, client)
        one, other = (client, server) if first == "client" else (server, client)
        one.resets()
        assert other.connection == ("reset" if first == "client" else "closed")
        assert stage.endings == [(101, code)]

    @pytest.mark.parametrize("first", ["client", "server"])
    def test_a_side_that_cannot_be_half_closed_is_closed(self, stage, client, first):
        server = tunnel(stage, client)
        one, other = (client, server) if first == "client" else (server, client)
        other.wire.half_closes = False
        one.ends()
        assert (one.connection, other.connection) == ("closed", "closed")

    def test_what_is_on_its_way_arrives_before_the_end(self, stage, client):
        server = tunnel(stage, client)
        client.stops_reading()
        server << b"last words"
        server.ends()
        client.ends()
        assert client.receives() == b""
        client.reads()
        assert client.receives() == b"last words"
        assert client.connection == "closed"

    def test_a_client_that_ended_before_the_101_is_passed_on(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> UPGRADE + b"early"
        server = stage.accept()
        client.ends()
        server << SWITCH
        assert server.got == UPGRADE + b"early"
        assert server.connection == "half-closed"
        server << b"answer"
        assert client.got == SWITCH + b"answer"
        server.ends()
        assert client.connection == "closed"
        assert stage.endings == [(101, "--")]

    @pytest.mark.parametrize("first", ["client", "server"])
    def test_an_end_that_the_other_side_cannot_be_told_closes_both(self, stage, client, first):
        """Plain asyncio shuts a socket down at once; one that has been reset cannot be."""
        server = tunnel(stage, client)
        one, other = (client, server) if first == "client" else (server, client)
        other.wire.half_closing_fails = True
        one.ends()
        assert (one.connection, other.connection) == ("closed", "closed")


class TestTimeout:
    def test_silence_in_both_directions_ends_it(self, open_stage):
        stage = open_stage(backend={"timeout_tunnel": 3.0})
        client = stage.client()
        server = tunnel(stage, client)
        stage.wait(2.5)
        client >> b"x"
        stage.wait(2.5)
        server << b"y"
        stage.wait(2.8)
        assert client.connection == "open"
        stage.wait(0.4)
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.endings == [(101, "sD")]
        assert stage.record.reason == "the tunnel was silent for timeout.tunnel"

    def test_no_other_limit_holds(self, open_stage):
        stage = open_stage(
            frontend={"timeout_client": 1.0, "timeout_http_request": 1.0, "timeout_http_keep_alive": 1.0},
            backend={"timeout_server": 1.0, "timeout_tunnel": 60.0},
        )
        client = stage.client()
        tunnel(stage, client)
        stage.wait(50)
        assert client.connection == "open"

    @pytest.mark.parametrize("slow", ["client", "server"])
    def test_it_ends_also_where_a_side_never_reads(self, open_stage, slow):
        stage = open_stage(backend={"timeout_tunnel": 3.0})
        client = stage.client()
        server = tunnel(stage, client)
        reader, writer = (client, server) if slow == "client" else (server, client)
        reader.stops_reading()
        writer << b"x" if slow == "client" else writer >> b"x"
        stage.wait(3.2 + LINGER + 0.2)
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.endings == [(101, "sD")]

    def test_so_it_does_where_the_other_side_has_left(self, open_stage):
        stage = open_stage(backend={"timeout_tunnel": 3.0})
        client = stage.client()
        server = tunnel(stage, client)
        client.stops_reading()
        server << b"x"
        server.ends()
        stage.wait(3.2 + LINGER + 0.2)
        assert (client.connection, server.connection) == ("closed", "closed")

    def test_what_one_side_was_still_sent_does_not_wait_for_a_reader_for_ever(self, stage, client):
        server = tunnel(stage, client)
        server.stops_reading()
        client >> b"x"
        server.ends()
        client.ends()
        assert (client.connection, server.connection) == ("closed", "closing")
        stage.wait(CLOSING + 1)
        assert server.connection == "closed"


class TestPlaces:
    def test_a_tunnel_holds_its_place(self, open_stage):
        stage = open_stage({"maxconn": 1})
        client = stage.client()
        server = tunnel(stage, client)
        waiting = stage.client() >> GET
        assert stage.load("s1").active == 1
        assert stage.attempts == []
        client.ends()
        server.ends()
        assert stage.load("s1").active == 1
        stage.accept() << OK
        assert waiting.got == OK

    def test_stopping_waits_for_it_until_the_limit(self, stage, client):
        server = tunnel(stage, client)
        task = stage.loop.create_task(stage.shared.finish(3.0))
        stage.wait(2)
        server << b"still here"
        assert client.receives() == b"still here"
        stage.wait(1.2)
        assert task.result() == 1
        assert (client.connection, server.connection) == ("closed", "closed")

    def test_without_a_log_nothing_is_recorded(self, open_stage):
        stage = open_stage(log=False)
        client = stage.client()
        tunnel(stage, client)
        client.resets()
        assert stage.records == []

    def test_times_and_bytes_are_those_of_the_whole_tunnel(self, stage, client):
        server = tunnel(stage, client)
        server << b"x" * 1000
        client >> b"y" * 500
        client.resets()
        assert stage.record.bytes_out == len(SWITCH) + 1000
        assert stage.record.upgrade == "chat"
        assert stage.record.frontend_connections <= 1
