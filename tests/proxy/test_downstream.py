"""A client's connection: where heads begin and end, how long it may take, and how much is held."""

import pytest

from affinity_gw.proxy import replies
from affinity_gw.proxy.downstream import LINGER
from tests.proxy.stage import GET, HIGH_WATER, OK

LIMIT = 2048
BIG_FIELD = b"X-Filler: " + b"x" * 100 + b"\r\n"


class TestHeads:
    def test_nothing_happens_before_the_head_is_complete(self, stage, client):
        client >> GET[:-1]
        assert stage.attempts == []
        client >> GET[-1:]
        assert stage.connecting_to == ["s1"]

    @pytest.mark.parametrize("empty", [b"\r\n", b"\r\n\r\n", b"\r\n\r\n\r\n"], ids=["one", "two", "three"])
    def test_empty_lines_before_a_request_are_ignored(self, stage, client, empty):
        server = stage.get(client, request=empty + GET)
        assert server.got == GET
        assert client.got == OK

    def test_empty_lines_between_requests_are_ignored(self, stage, client):
        stage.get(client)
        server = stage.get(client, request=b"\r\n\r\n" + GET)
        assert server.got == GET

    def test_an_empty_line_is_no_request(self, open_stage):
        stage = open_stage(frontend={"timeout_http_keep_alive": 3.0, "timeout_http_request": 60.0})
        client = stage.client()
        stage.get(client)
        client >> b"\r\n"
        client.receives()
        stage.wait(3.4)
        assert client.receives() == b""
        assert client.connection == "closed"

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (b"GET / HTTP/1.1\nHost: a\n\n", 400),
            (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400),
            (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            (b"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX: y\x00\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
            (b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            (b"\x16\x03\x01\x02\x00\x01\x00", 400),
            (b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", None),
            (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
            (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n", 417),
            (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 100 + b"\r\n", 431),
        ],
        ids=[
            "no Host",
            "bare LF",
            "HTTP/2.0",
            "two blanks",
            "a fragment",
            "two Hosts",
            "a blank before the colon",
            "NUL",
            "length and chunked",
            "a signed length",
            "chunked in HTTP/1.0",
            "TLS",
            "CONNECT",
            "TRACE",
            "an unknown expectation",
            "a WebSocket without a key",
            "101 fields",
        ],
    )
    def test_what_is_refused(self, stage, client, request_, status):
        client >> request_ + b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        assert stage.attempts == []
        assert client.got in [replies.page(each, close=True) for each in ([status] if status else [400, 405])]
        assert client.connection == "half-closed"
        client.ends()
        assert client.connection == "closed"
        assert stage.record.method is None
        assert stage.record.termination == "PR--"

    def test_a_hundred_fields_are_accepted(self, stage, client):
        stage.get(client, request=b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 99 + b"\r\n")
        assert client.got == OK

    @pytest.mark.parametrize("ending", [b"", b"\r\n"], ids=["unfinished", "complete"])
    def test_a_head_that_is_too_long_is_refused(self, open_stage, ending):
        stage = open_stage(frontend={"max_head_bytes": LIMIT})
        client = stage.client() >> GET[:-2] + BIG_FIELD * 19 + ending
        assert client.got == replies.page(431, close=True)
        assert client.connection == "half-closed"
        assert stage.endings == [(431, "PR")]

    def test_a_head_of_just_the_limit_is_accepted(self, open_stage):
        stage = open_stage(frontend={"max_head_bytes": LIMIT})
        head = GET[:-2] + BIG_FIELD * 17
        head += b"Y: " + b"y" * (LIMIT - len(head) - 7) + b"\r\n\r\n"
        assert len(head) == LIMIT
        client = stage.client()
        assert stage.get(client, request=head).got == head

    def test_a_connection_that_ends_within_a_head_is_told_400(self, stage, client):
        client >> GET[:-2]
        client.ends()
        assert client.got == replies.page(400, close=True)
        assert client.connection == "closed"
        assert stage.endings == [(400, "CR")]

    def test_a_connection_that_ended_within_a_pipelined_head_is_told_400_after_the_answer(self, open_stage):
        stage = open_stage(backend={"abortonclose": False})
        client = stage.client() >> GET + GET[:-2]
        client.ends()
        stage.accept() << OK
        assert client.got == OK + replies.page(400, close=True)
        assert client.connection == "closed"
        assert stage.endings == [(200, "--"), (400, "CR")]

    def test_a_connection_that_ends_between_requests_is_closed_without_a_word(self, stage, client):
        stage.get(client)
        client.ends()
        assert client.got == OK
        assert client.connection == "closed"
        assert len(stage.records) == 1

    def test_a_reset_within_a_head_is_told_to_nobody_but_the_log(self, stage, client):
        client >> GET[:-2]
        client.resets()
        assert client.connection == "closed"
        assert client.got == b""
        assert stage.endings == [(-1, "CR")]

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    @pytest.mark.parametrize(("dontlognull", "logged"), [(False, [(-1, "CR")]), (True, [])])
    def test_a_client_that_leaves_without_a_word(self, open_stage, leave, dontlognull, logged):
        stage = open_stage(frontend={"dontlognull": dontlognull})
        getattr(stage.client(), leave)()
        assert stage.endings == logged

    def test_a_client_that_leaves_between_two_requests_is_nothing_to_log(self, open_stage):
        stage = open_stage(frontend={"dontlognull": False})
        client = stage.client()
        stage.get(client)
        client.ends()
        assert len(stage.records) == 1

    def test_nothing_is_recorded_of_a_frontend_without_a_log(self, open_stage):
        stage = open_stage(log=False)
        client = stage.client()
        stage.get(client)
        client >> b"nonsense\r\n\r\n"
        assert client.got == OK + replies.page(400, close=True)
        assert stage.records == []


class TestTimeLimits:
    @pytest.mark.parametrize(("dontlognull", "logged"), [(False, [(408, "cR")]), (True, [])])
    def test_a_client_that_says_nothing_is_told_408(self, open_stage, dontlognull, logged):
        stage = open_stage(frontend={"timeout_http_request": 3.0, "dontlognull": dontlognull})
        client = stage.client()
        stage.wait(2.9)
        assert client.got == b""
        stage.wait(0.4)
        assert client.got == replies.page(408, close=True)
        assert client.connection == "half-closed"
        assert stage.endings == logged

    def test_a_head_that_drips_is_told_408_in_time(self, open_stage):
        stage = open_stage(frontend={"timeout_http_request": 3.0})
        client = stage.client()
        for byte in GET[:15]:
            client >> bytes([byte])
            stage.wait(0.2)
        assert client.got == b""
        stage.wait(0.4)
        assert client.got == replies.page(408, close=True)
        assert stage.endings == [(408, "cR")]

    def test_a_second_head_has_its_own_time(self, open_stage):
        stage = open_stage(frontend={"timeout_http_request": 3.0, "timeout_http_keep_alive": 9.0})
        client = stage.client()
        stage.get(client)
        client.receives()
        stage.wait(8)
        client >> GET[:5]
        stage.wait(2.8)
        assert client.receives() == b""
        stage.wait(0.5)
        assert client.receives() == replies.page(408, close=True)

    def test_an_idle_connection_is_closed_without_a_word(self, open_stage):
        stage = open_stage(frontend={"timeout_http_keep_alive": 3.0})
        client = stage.client()
        stage.get(client)
        stage.wait(2.9)
        assert client.connection == "open"
        stage.wait(0.4)
        assert client.connection == "closed"
        assert client.got == OK
        assert len(stage.records) == 1

    def test_a_refused_client_may_go_on_sending_for_a_while(self, stage, client):
        client >> b"GET / HTTP/1.1\r\n\r\n"
        stage.wait(LINGER - 0.2)
        client >> b"more" * 100
        assert client.connection == "half-closed"
        stage.wait(0.5)
        assert client.connection == "closed"

    def test_a_client_that_never_reads_its_last_answer_is_closed(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0})
        client = stage.client()
        client.stops_reading()
        stage.get(client, request=GET[:-2] + b"Connection: close\r\n\r\n")
        assert client.connection == "closing"
        stage.wait(3.4)
        assert client.connection == "closed"


class TestPipelining:
    def test_requests_are_answered_in_order(self, stage, client):
        requests = [GET.replace(b"/page", b"/%d" % number) for number in range(20)]
        client >> b"".join(requests)
        for number, request in enumerate(requests):
            assert stage.connecting_to == ["s1"], "one at a time"
            server = stage.accept()
            assert server.got == request
            server << OK[:-2] + b"%02d" % number
        assert client.got == b"".join(OK[:-2] + b"%02d" % number for number in range(20))

    def test_a_request_behind_a_body_is_answered(self, stage, client):
        post = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        client >> post + GET
        for request in (post, GET):
            server = stage.accept()
            assert server.got == request
            server << OK
        assert client.got == OK + OK

    def test_refusals_in_a_pipeline_do_not_pile_up(self, denying):
        stage = denying(403)
        client = stage.client() >> GET * 400
        assert client.got == replies.page(403, close=False) * 400

    def test_a_client_that_pipelines_too_much_is_not_read_until_there_is_room(self, open_stage):
        stage = open_stage(frontend={"max_head_bytes": LIMIT})
        client = stage.client() >> GET
        while client.is_listened_to:
            client >> GET
        held = len(client.downstream.buffer)
        assert LIMIT < held <= LIMIT + len(GET)
        client >> GET
        assert len(client.downstream.buffer) == held
        for _ in range(held // len(GET) + 2):
            stage.accept() << OK
        assert client.is_listened_to
        assert client.got == OK * (held // len(GET) + 2)

    def test_a_bad_request_in_a_pipeline_ends_it_after_the_answers_before_it(self, stage, client):
        client >> GET + b"GET / HTTP/1.1\r\n\r\n" + GET
        stage.accept() << OK
        assert client.got == OK + replies.page(400, close=True)
        assert stage.attempts == []
        assert client.connection == "half-closed"

    def test_our_own_answers_do_not_pile_up_before_a_client_that_does_not_read(self, denying):
        stage = denying(403)
        client = stage.client()
        client.stops_reading()
        asked = 0
        while client.is_listened_to and asked < 4000:
            client.sends_whole(GET * 100)
            asked += 100
        assert client.wire.get_write_buffer_size() < 2 * HIGH_WATER
        client.reads()
        assert client.got == replies.page(403, close=False) * asked

    def test_an_answer_that_is_not_read_holds_the_next_one_back(self, stage, client):
        """Otherwise a client that pipelines and does not read would have us keep every answer whole."""
        big = b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 300000\r\n\r\n"
        client.stops_reading()
        client >> GET + GET
        first = stage.accept()
        first.sends_whole(big + b"x" * 300000)
        assert client.wire.get_write_buffer_size() > 300000
        if stage.attempts:
            second = stage.accept()
            second.sends_whole(big)
            assert not second.is_listened_to
            client.reads()
            second.sends_whole(b"x" * 300000)
        else:
            client.reads()
            stage.accept().sends_whole(big + b"x" * 300000)
        assert client.got == (big + b"x" * 300000) * 2


class TestStopping:
    def test_idle_connections_are_closed_and_busy_ones_finish(self, stage):
        silent, idle, busy = stage.client(), stage.client(), stage.client()
        stage.get(idle)
        busy >> GET
        server = stage.accept()
        task = stage.loop.create_task(stage.shared.finish(10.0))
        stage.settle()
        assert [each.connection for each in (silent, idle, busy)] == ["closed", "closed", "open"]
        server << OK
        assert busy.got == OK[:-4] + b"Connection: close\r\n\r\nok"
        assert busy.connection == "closed"
        assert task.result() == 0

    def test_what_does_not_finish_in_time_is_cut(self, stage):
        client = stage.client() >> GET
        server = stage.accept()
        task = stage.loop.create_task(stage.shared.finish(3.0))
        stage.wait(3.2)
        assert task.result() == 1
        assert (client.connection, server.connection) == ("closed", "closed")

    def test_our_own_words_say_that_we_close(self, open_stage):
        stage = open_stage()
        client = stage.client() >> GET[:-1]
        stage.set_down("s1")
        task = stage.loop.create_task(stage.shared.finish(3.0))
        stage.settle()
        client >> GET[-1:]
        assert client.got == replies.page(503, close=True)
        assert client.connection == "closed"
        assert task.done()


class TestWhatGoesOutAtTheEndOfTheTurn:
    """A whole small answer waits for the end of the loop's turn; nothing that happens meanwhile may lose it."""

    def answered_in_this_turn(self, stage, client):
        client >> b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        server = stage.accept()
        client.downstream.exchange.upstream.data_received(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
        assert client.downstream.unsent.endswith(b"hi")
        return server

    def test_an_end_of_stream_in_the_same_turn(self, stage, client):
        self.answered_in_this_turn(stage, client)
        client.ends()
        assert client.got.endswith(b"hi")

    def test_a_bad_request_in_the_same_turn(self, stage, client):
        self.answered_in_this_turn(stage, client)
        client.downstream.data_received(b"\x00")
        stage.settle()
        assert client.got.index(b"hi") < client.got.index(b"HTTP/1.1 400")

    def test_a_stop_in_the_same_turn(self, stage, client):
        self.answered_in_this_turn(stage, client)
        client.downstream.stop()
        stage.settle()
        assert client.got.endswith(b"hi")

    def test_a_client_that_is_gone_in_the_same_turn(self, stage, client):
        self.answered_in_this_turn(stage, client)
        client.resets()
        assert client.downstream.unsent == b""
