"""How exchanges end: what becomes of both connections, what the client sees, and what the record says."""

import pytest

from affinity_gw.proxy import replies
from affinity_gw.routing.sections import ErrorPage
from tests.proxy.stage import GET, OK

POST = b"POST /form HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nform"
CLOSING_GET = b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
OLD_GET = b"GET / HTTP/1.0\r\n\r\n"
OLD_KEEPING_GET = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"


class TestConnectionModes:
    def test_server_close_keeps_the_client_and_closes_the_server(self, open_stage):
        stage = open_stage(connection="server-close")
        client = stage.client()
        first = stage.get(client)
        second = stage.get(client)
        assert client.receives() == OK + OK
        assert (first.connection, second.connection, client.connection) == ("closed", "closed", "open")
        assert repr(stage.pool) == "<Pool 2 opened, 0 reused, idle {}>"

    def test_server_close_with_pretend_keepalive_does_not_tell_the_server(self, open_stage):
        stage = open_stage(connection="server-close", backend={"pretend_keepalive": True})
        assert stage.get(stage.client()).got == GET

    def test_server_close_without_pretend_keepalive_tells_the_server(self, open_stage):
        stage = open_stage(connection="server-close", backend={"pretend_keepalive": False})
        assert stage.get(stage.client()).got == GET[:-2] + b"Connection: close\r\n\r\n"

    def test_keep_alive_uses_the_servers_connection_again(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client, other = stage.client(), stage.client("192.0.2.8")
        server = stage.get(client)
        assert repr(stage.pool) == "<Pool 1 opened, 0 reused, idle {app/s1: 1}>"
        client >> GET
        server << OK
        other >> GET
        assert repr(stage.pool) == "<Pool 1 opened, 2 reused, idle {}>"
        server << OK
        assert server.got == GET * 3
        assert client.got == OK * 2
        assert other.got == OK

    def test_close_closes_both(self, open_stage):
        stage = open_stage(connection="close")
        client = stage.client()
        server = stage.get(client)
        assert server.got == GET[:-2] + b"Connection: close\r\n\r\n"
        assert client.got == OK[:-4] + b"Connection: close\r\n\r\nok"
        assert (server.connection, client.connection) == ("closed", "closed")

    def test_close_in_the_backend_alone_keeps_the_client(self, open_stage):
        stage = open_stage(frontend={"connection": "keep-alive"}, backend={"connection": "close"})
        client = stage.client()
        server = stage.get(client)
        assert (server.connection, client.connection) == ("closed", "open")
        assert client.got == OK


class TestClientsWish:
    def test_a_client_that_says_close_is_closed(self, stage, client):
        stage.get(client, request=CLOSING_GET)
        assert client.got == OK[:-4] + b"Connection: close\r\n\r\nok"
        assert client.connection == "closed"

    def test_a_client_that_says_close_leaves_the_servers_connection_to_others(self, open_stage):
        stage = open_stage(connection="keep-alive")
        server = stage.get(stage.client(), request=CLOSING_GET)
        assert server.connection == "open"
        assert b"onnection" not in server.got

    def test_an_http10_client_is_closed(self, stage, client):
        server = stage.get(client, request=OLD_GET)
        assert server.got == b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        assert client.got == OK[:-4] + b"Connection: close\r\n\r\nok"
        assert client.connection == "closed"

    def test_an_http10_client_that_wants_to_be_kept_is_told_so(self, stage, client):
        stage.get(client, request=OLD_KEEPING_GET)
        assert client.got == OK[:-4] + b"Connection: keep-alive\r\n\r\nok"
        assert client.connection == "open"


class TestNeverUsedAgain:
    """What ``lifecycle`` does not allow back into the pool."""

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.0 200 OK\r\nDate: today\r\nContent-Length: 0\r\n\r\n",
        ],
        ids=["the server says close", "an HTTP/1.0 server"],
    )
    def test_the_servers_wish(self, open_stage, answer):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        assert stage.get(client, answer).connection == "closed"
        assert client.got == b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 0\r\n\r\n"
        assert client.connection == "open"

    def test_an_http10_server_that_keeps_its_connection_is_used_again(self, open_stage):
        stage = open_stage(connection="keep-alive")
        answer = b"HTTP/1.0 200 OK\r\nDate: today\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
        assert stage.get(stage.client(), answer).connection == "open"

    def test_a_second_answer_that_nobody_asked_for(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client, OK + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
        assert client.got == OK
        assert server.connection == "closed"
        assert repr(stage.pool).endswith("idle {}>")

    def test_a_byte_on_an_idle_connection(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client)
        server << b"H"
        assert server.connection == "closed"
        stage.get(client)
        assert client.got == OK + OK
        assert repr(stage.pool) == "<Pool 2 opened, 0 reused, idle {app/s1: 1}>"

    def test_a_body_after_the_answer_to_head(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client, OK, GET.replace(b"GET", b"HEAD"))
        assert server.connection == "closed"
        assert client.got == OK[:-2]
        assert client.connection == "open"

    @pytest.mark.parametrize(("reuse", "connection"), [(True, "open"), (False, "closed")])
    def test_reuse_after_head(self, open_stage, reuse, connection):
        stage = open_stage(connection="keep-alive", backend={"reuse_after_head": reuse})
        server = stage.get(stage.client(), OK[:-2], GET.replace(b"GET", b"HEAD"))
        assert server.connection == connection

    def test_a_body_that_the_close_ends(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client, b"HTTP/1.1 200 OK\r\nDate: today\r\n\r\nall")
        assert client.connection == "open"
        server.ends()
        assert client.got == b"HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\nall"
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.record.termination == "----"

    def test_an_early_answer(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        client >> POST[:-4]
        server = stage.accept()
        server << OK
        client >> b"form"
        assert server.got == POST
        assert client.got == OK
        assert (server.connection, client.connection) == ("closed", "open")


class TestFailures:
    """Before the answer has begun: a status, and HAProxy's keep or close."""

    def test_no_server_is_up(self, open_stage):
        stage = open_stage(down=["s1"])
        client = stage.client() >> GET
        assert client.got == replies.page(503, close=False)
        assert client.connection == "open"
        assert stage.endings == [(503, "SC")]
        assert stage.record.server is None

    def test_no_answer_within_timeout_server(self, open_stage):
        stage = open_stage(backend={"timeout_server": 3.0})
        client = stage.client() >> GET
        server = stage.accept()
        stage.wait(2.9)
        assert client.got == b""
        stage.wait(0.4)
        assert client.got == replies.page(504, close=False)
        assert (client.connection, server.connection) == ("open", "closed")
        assert stage.endings == [(504, "sH")]

    def test_timeout_server_starts_anew_with_each_byte_of_a_head(self, open_stage):
        stage = open_stage(backend={"timeout_server": 3.0})
        client = stage.client() >> GET
        server = stage.accept()
        for piece in (b"HTTP/1.1 200 OK\r\nDate: today\r\n", b"Content-Length: 2\r\n", b"\r\nok"):
            stage.wait(2.5)
            server << piece
        assert client.got == OK

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    @pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nDa"], ids=["nothing", "half a head"])
    def test_the_server_leaves_before_its_answer(self, stage, client, leave, said):
        client >> GET
        server = stage.accept()
        server << said
        getattr(server, leave)()
        assert client.got == replies.page(502, close=False)
        assert client.connection == "open"
        assert stage.endings == [(502, "SH")]
        assert stage.attempts == []

    @pytest.mark.parametrize(
        "answer",
        [
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000,
        ],
        ids=[
            "not HTTP",
            "bare LF",
            "two lengths",
            "length and chunked",
            "NUL",
            "101 unasked",
            "300 fields",
            "a field without end",
        ],
    )
    def test_the_answer_is_malformed(self, stage, client, answer):
        client >> GET
        server = stage.accept()
        server << answer
        assert client.got == replies.page(502, close=False)
        assert (client.connection, server.connection) == ("open", "closed")
        assert stage.endings == [(502, "PH")]

    def test_a_failure_with_the_body_unfinished_closes(self, stage, client):
        client >> POST[:-2]
        stage.accept().ends()
        assert client.got == replies.page(502, close=True)
        assert client.connection == "half-closed"

    def test_head_is_told_without_a_body(self, open_stage):
        stage = open_stage(down=["s1"])
        client = stage.client() >> GET.replace(b"GET", b"HEAD")
        assert client.got == replies.page(503, close=False, head_only=True)

    def test_an_http10_client_that_stays_is_told_so(self, open_stage):
        stage = open_stage(down=["s1"])
        client = stage.client() >> OLD_KEEPING_GET
        assert client.got == replies.page(503, close=False, http10=True)
        assert client.connection == "open"

    def test_the_connection_serves_the_next_request_after_an_error(self, open_stage):
        stage = open_stage(down=["s1"])
        client = stage.client() >> POST
        stage.set_down()
        client.receives()
        stage.get(client)
        assert client.receives() == OK


class TestCuts:
    """After the answer has begun: the client can see that it is not whole, and it is never repaired."""

    LONG = b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 10\r\n\r\n12345"
    CHUNKED = b"HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"
    UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\nDate: today\r\n\r\n12345"

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    @pytest.mark.parametrize("answer", [LONG, CHUNKED], ids=["Content-Length", "chunked"])
    def test_the_server_breaks_off(self, stage, client, answer, leave):
        server = stage.get(client, answer)
        getattr(server, leave)()
        assert client.got == answer
        assert client.connection == "closed"
        assert stage.endings == [(200, "SD")]

    def test_a_body_that_the_close_ends_is_reset(self, stage, client):
        server = stage.get(client, self.UNTIL_CLOSE)
        server.resets()
        assert client.connection == "reset"
        assert stage.endings == [(200, "SD")]

    @pytest.mark.parametrize("answer", [LONG, CHUNKED], ids=["Content-Length", "chunked"])
    def test_the_server_stops(self, open_stage, answer):
        stage = open_stage(backend={"timeout_server": 3.0})
        client = stage.client()
        server = stage.get(client, answer)
        stage.wait(3.4)
        assert client.got == answer
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.endings == [(200, "sD")]

    def test_a_drip_is_no_stop(self, open_stage):
        stage = open_stage(backend={"timeout_server": 3.0})
        client = stage.client()
        server = stage.get(client, self.LONG)
        for byte in b"67890":
            stage.wait(2.7)
            server << bytes([byte])
        assert client.got == self.LONG + b"67890"
        assert stage.endings == [(200, "--")]

    def test_a_bad_chunk(self, stage, client):
        server = stage.get(client, self.CHUNKED)
        server << b"xyz\r\n"
        assert client.connection == "closed"
        assert b"xyz" not in client.got
        assert stage.endings == [(200, "PD")]

    def test_to_an_http10_client_a_broken_chunked_answer_is_reset(self, stage, client):
        server = stage.get(client, self.CHUNKED, OLD_GET)
        assert client.got == b"HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\n12345"
        server.ends()
        assert client.connection == "reset"
        assert stage.endings == [(200, "SD")]


class TestClientLeaves:
    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_while_the_server_works(self, stage, client, leave):
        client >> GET
        server = stage.accept()
        getattr(client, leave)()
        assert server.connection == "closed"
        assert client.connection == "closed"
        assert stage.endings == [(-1, "CH")]

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_in_the_middle_of_the_answer(self, stage, client, leave):
        server = stage.get(client, TestCuts.LONG)
        getattr(client, leave)()
        assert server.connection == "closed"
        assert stage.endings == [(200, "CD")]

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_while_the_connection_is_opened(self, stage, client, leave):
        client >> GET
        assert stage.connecting_to == ["s1"]
        getattr(client, leave)()
        assert stage.connecting_to == []
        assert stage.endings == [(-1, "CC")]

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_in_the_middle_of_its_body(self, stage, client, leave):
        client >> POST[:-2]
        server = stage.accept()
        getattr(client, leave)()
        assert server.got == POST[:-2]
        assert server.connection == "closed"
        assert stage.endings == [(-1, "CR")]

    def test_no_last_chunk_is_invented(self, stage, client):
        client >> b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"
        server = stage.accept()
        client.ends()
        assert server.got.endswith(b"5\r\n12345\r\n")
        assert server.connection == "closed"

    def test_its_end_of_stream_is_a_half_close_without_abortonclose(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> GET
        server = stage.accept()
        client.ends()
        assert (client.connection, server.connection) == ("open", "open")
        server << OK
        assert client.got == OK[:-4] + b"Connection: close\r\n\r\nok"
        assert client.connection == "closed"
        assert stage.endings == [(200, "--")]

    def test_its_reset_does_not_abort_without_abortonclose(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> GET
        server = stage.accept()
        client.resets()
        assert server.connection == "open"
        server << OK
        assert (client.got, stage.record.status, stage.record.termination) == (b"", 200, "----")
        assert not stage.shared.connections

    def test_its_reset_aborts_half_a_request_also_without_abortonclose(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> POST[:-1]
        server = stage.accept()
        client.resets()
        assert server.connection == "closed"
        assert stage.record.termination == "CR--"

    def test_a_server_that_says_nothing_is_left_in_its_time_though_the_client_is_gone(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> GET
        server = stage.accept()
        client.resets()
        stage.wait(60.0)
        assert server.connection == "closed"
        assert stage.record.termination == "sH--"
        assert not stage.shared.connections

    def test_nobody_switches_to_a_protocol_of_a_client_that_is_gone(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"
        server = stage.accept()
        client.resets()
        server << b"HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"
        assert server.connection == "closed"
        assert stage.record.termination == "CD--"
        assert not stage.shared.connections

    def test_requests_sent_before_a_half_close_are_all_answered(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> GET + GET
        server = stage.accept()
        client.ends()
        server << OK
        stage.accept() << OK
        assert client.got == OK + OK[:-4] + b"Connection: close\r\n\r\nok"
        assert client.connection == "closed"

    def test_so_they_are_where_the_end_comes_between_two_of_them(self, denying):
        stage = denying(403)
        client = stage.client()
        client.wire.arrive(GET + GET)
        client.ends()
        assert client.got == replies.page(403, close=False) * 2
        assert client.connection == "closed"

    def test_a_client_that_ends_and_does_not_read_is_logged_once(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 2.0})
        client = stage.client()
        client.stops_reading()
        server = stage.get(client, TestCuts.LONG)
        client.ends()
        assert client.connection == "closing"
        stage.wait(10)
        assert client.connection == "closed"
        assert server.connection == "closed"
        assert stage.endings == [(200, "CD")]


class TestRefusedRest:
    """An answer before the upload has ended."""

    REFUSAL = b"HTTP/1.1 413 Payload Too Large\r\nDate: today\r\nContent-Length: 3\r\n\r\nbig"
    SEEN = REFUSAL.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")

    def test_a_refusal_is_passed_on_and_the_rest_of_the_upload_too(self, stage, client):
        client >> POST[:-4]
        server = stage.accept()
        server << self.REFUSAL
        assert client.got == self.SEEN
        client >> b"form"
        assert server.got == POST
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.endings == [(413, "--")]

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_a_server_that_refuses_and_leaves(self, stage, client, leave):
        client >> POST[:-4]
        server = stage.accept()
        server << self.REFUSAL
        getattr(server, leave)()
        assert client.got == self.SEEN
        assert client.connection == "half-closed"
        client >> b"form"
        client.ends()
        assert client.connection == "closed"
        assert stage.endings == [(413, "--")]

    def test_a_client_that_never_ends_is_closed(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0})
        client = stage.client() >> POST[:-4]
        server = stage.accept()
        server << self.REFUSAL
        stage.wait(3.4)
        assert server.connection == "closed"
        assert client.connection == "half-closed"
        stage.wait(6)
        assert client.connection == "closed"
        assert stage.endings == [(413, "--")]

    def test_an_early_200_reads_on(self, stage, client):
        client >> POST[:-4]
        server = stage.accept()
        server << OK[:-1]
        client >> b"fo"
        server << b"k"
        client >> b"rm" + GET
        assert server.got == POST
        assert client.receives() == OK
        stage.accept() << OK
        assert client.receives() == OK


class TestOwnAnswers:
    def test_a_denied_body_is_swallowed(self, denying):
        stage = denying(403)
        client = stage.client() >> POST + POST
        assert client.got == replies.page(403, close=False) * 2
        assert stage.endings == [(403, "PR"), (403, "PR")]

    def test_a_denied_body_that_stops_is_closed(self, denying):
        stage = denying(403, timeout_client=3.0)
        client = stage.client() >> POST[:-1]
        assert client.receives() == replies.page(403, close=False)
        stage.wait(9)
        assert client.connection == "closed"
        assert client.receives() == b""
        assert stage.endings == [(403, "PR")]

    def test_a_denied_body_that_breaks_http_gets_no_second_answer(self, denying):
        stage = denying(403)
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        client = stage.client() >> head + b"xyz\r\n"
        assert client.got == replies.page(403, close=False)
        assert client.connection == "half-closed"
        assert stage.endings == [(403, "PR")]

    def test_a_client_that_waits_for_100_is_closed(self, denying):
        stage = denying(403)
        client = stage.client() >> POST[:-6] + b"Expect: 100-continue\r\n\r\n"
        assert client.got == replies.page(403, close=True)

    def test_a_redirect_keeps_the_connection(self, redirecting):
        stage = redirecting("/new", 302)
        client = stage.client() >> GET + GET
        assert client.got == replies.redirect(302, "/new", close=False) * 2
        assert stage.endings == [(302, "LR")] * 2

    def test_a_redirect_of_a_request_with_a_body_closes(self, redirecting):
        stage = redirecting("/new", 301)
        client = stage.client() >> POST
        assert client.got == replies.redirect(301, "/new", close=True)
        assert client.connection == "half-closed"


CLOSING = ErrorPage(b"HTTP/1.0 503 Nope\r\nX: y\r\n", b"sorry", delimited=False)
DELIMITED = ErrorPage(b"HTTP/1.1 503 Nope\r\nContent-Length: 5\r\n", b"sorry", delimited=True)
SILENT = ErrorPage(b"", b"", delimited=False)


class TestErrorfiles:
    """As HAProxy 2.6 sends them."""

    def failing(self, open_stage, page, **options):
        return open_stage(frontend={"errorfiles": {503: page}}, down=["s1"], **options)

    def test_a_page_with_its_length_keeps_the_connection(self, open_stage):
        stage = self.failing(open_stage, DELIMITED)
        client = stage.client()
        for _ in range(2):
            client >> GET
            assert client.receives() == b"HTTP/1.1 503 Nope\r\nContent-Length: 5\r\n\r\nsorry"

    def test_another_one_ends_with_the_connection(self, open_stage):
        stage = self.failing(open_stage, CLOSING)
        client = stage.client()
        client >> GET
        assert client.receives() == b"HTTP/1.0 503 Nope\r\nX: y\r\n\r\nsorry"
        assert client.connection == "closed"

    def test_a_head_has_no_body(self, open_stage):
        stage = self.failing(open_stage, DELIMITED)
        client = stage.client()
        client >> GET.replace(b"GET", b"HEAD")
        assert client.receives() == b"HTTP/1.1 503 Nope\r\nContent-Length: 5\r\n\r\n"

    def test_an_empty_one_closes_without_a_word(self, open_stage):
        stage = self.failing(open_stage, SILENT)
        client = stage.client()
        client >> GET
        assert client.receives() == b""
        assert client.connection == "closed"
        assert stage.records[0].status == 503

    def test_the_backends_come_first(self, open_stage):
        stage = self.failing(open_stage, SILENT, backend={"errorfiles": {503: DELIMITED}})
        client = stage.client()
        client >> GET
        assert client.receives().endswith(b"sorry")

    def test_a_head_that_never_comes_is_closed_without_a_word(self, open_stage):
        stage = open_stage(frontend={"errorfiles": {408: SILENT}})
        client = stage.client()
        stage.wait(11)
        assert client.receives() == b""
        assert client.connection == "closed"


def test_a_monitor_is_answered_and_not_logged(open_stage):
    stage = open_stage(frontend={"monitor_uri": "/up"}, down=["s1"])
    client = stage.client()
    client >> b"GET /up HTTP/1.1\r\nHost: a\r\n\r\n"
    assert client.receives().endswith(b"<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n")
    assert stage.records == []
