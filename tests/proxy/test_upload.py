"""A request's body on its way to the server."""

import pytest

from affinity_gw.errors import BadRequest
from affinity_gw.http1.framing import CHUNKED
from affinity_gw.proxy import replies
from affinity_gw.proxy.upload import RATE_WINDOW, UNSENT_LIMIT, Upload
from tests.proxy.stage import GET, OK

LENGTH = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"
CHUNKED_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = b"5;a=b\r\n12345\r\nA\r\n1234567890\r\n0\r\nX-Trailer: yes\r\n\r\n"


def test_whatever_is_fed_is_counted():
    upload = Upload(4, 0, 0.0)
    assert upload.feed(b"fo") == 2
    assert upload.feed(b"rmGET") == 2
    assert (upload.finished, upload.received) == (True, 4)


def test_it_is_full_only_until_there_is_a_connection(stage, client):
    upload = Upload(10 * UNSENT_LIMIT, 0, 0.0)
    upload.feed(b"x" * UNSENT_LIMIT)
    assert not upload.is_full
    upload.feed(b"x")
    assert upload.is_full
    client >> GET
    server = stage.accept()
    assert sum(map(len, upload.attach(server.upstream))) == UNSENT_LIMIT + 1
    assert not upload.is_full


def test_what_nobody_wants_is_not_kept():
    upload = Upload(10 * UNSENT_LIMIT, 0, 0.0)
    upload.discard()
    upload.feed(b"x" * 2 * UNSENT_LIMIT)
    assert not upload.is_full
    assert upload.received == 2 * UNSENT_LIMIT


def test_the_rate_is_an_average_over_a_window():
    upload = Upload(10**9, 0, 100.0)
    upload.feed(b"x" * 30)
    assert not upload.is_too_slow(100.0 + RATE_WINDOW - 1, 64)
    assert not upload.is_too_slow(100.0 + RATE_WINDOW, 1)
    upload.feed(b"x" * 29)
    assert upload.is_too_slow(100.0 + 2 * RATE_WINDOW, 1), "a new window has begun"


def test_time_for_which_the_client_had_to_wait_does_not_count():
    upload = Upload(10**9, 0, 100.0)
    upload.restart_window(190.0)
    assert not upload.is_too_slow(200.0, 64)


def test_collecting_stops_at_its_limit():
    upload = Upload(CHUNKED, 10, 0.0)
    upload.feed(b"A\r\n1234567890\r\n")
    assert upload.collected == 10
    with pytest.raises(BadRequest) as caught:
        upload.feed(b"1\r\nx")
    assert caught.value.status == 413
    assert not upload.wanted


class TestPassing:
    @pytest.mark.parametrize(
        "request_",
        [LENGTH + b"1234567890", CHUNKED_HEAD + CHUNKS, CHUNKED_HEAD + b"0\r\n\r\n"],
        ids=["Content-Length", "chunked with a trailer", "chunked, empty"],
    )
    def test_bodies_pass_as_they_are(self, stage, client, request_):
        server = stage.get(client, request=request_)
        assert server.got == request_
        assert client.got == OK
        assert stage.record.bytes_in == len(request_)

    def test_a_body_passes_before_it_is_complete(self, stage, client):
        client >> LENGTH + b"123"
        server = stage.accept()
        assert server.got == LENGTH + b"123"
        client >> b"456"
        assert server.got == LENGTH + b"123456"
        client >> b"7890"
        server << OK
        assert client.got == OK

    def test_a_get_may_have_a_body(self, stage, client):
        request = GET[:-2] + b"Content-Length: 2\r\n\r\nhi"
        assert stage.get(client, request=request).got == request

    def test_a_length_of_nothing_is_no_body(self, stage, client):
        request = LENGTH.replace(b"10", b"0")
        assert stage.get(client, request=request).got == request

    @pytest.mark.parametrize(
        "body",
        [
            b"5\n12345\r\n",
            b"g\r\n",
            b"-1\r\n",
            b"5\r\n123456\r\n",
            b"0\r\nContent-Length: 1\r\n\r\n",
            b"11111111111111111\r\n",
        ],
        ids=["bare LF", "no digit", "a sign", "a longer chunk", "a length in a trailer", "17 digits"],
    )
    def test_a_chunked_body_that_breaks_http_is_refused(self, stage, client, body):
        client >> CHUNKED_HEAD
        server = stage.accept()
        client >> body
        assert client.got == replies.page(400, close=True)
        assert client.connection == "half-closed"
        assert server.connection == "closed"
        assert b"0\r\n\r\n" not in server.got
        assert stage.endings == [(400, "PR")]

    def test_so_it_is_when_it_comes_with_its_head(self, stage, client):
        client >> CHUNKED_HEAD + b"xyz\r\n"
        assert client.got == replies.page(400, close=True)
        assert stage.connecting_to == []
        assert (stage.record.method, stage.record.termination) == ("POST", "PR--")


class TestLimits:
    def test_a_body_that_stops_is_told_408(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0})
        client = stage.client() >> LENGTH + b"12345"
        server = stage.accept()
        stage.wait(2.9)
        assert client.got == b""
        stage.wait(0.4)
        assert client.got == replies.page(408, close=True)
        assert (client.connection, server.connection) == ("half-closed", "closed")
        assert stage.endings == [(408, "cR")]

    def test_a_body_that_goes_on_in_time_is_not(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0, "min_body_rate": 0})
        client = stage.client() >> LENGTH
        server = stage.accept()
        for digit in b"1234567890":
            stage.wait(2.7)
            client >> bytes([digit])
        server << OK
        assert client.got == OK

    def test_a_body_below_min_body_rate_is_told_408(self, open_stage):
        stage = open_stage(frontend={"min_body_rate": 2})
        client = stage.client() >> LENGTH.replace(b"10", b"1000")
        stage.accept()
        for _ in range(29):
            stage.wait(1)
            client >> b"x"
        assert client.got == b""
        stage.wait(1)
        client >> b"x"
        assert client.got == replies.page(408, close=True)
        assert stage.endings == [(408, "cR")]

    def test_timeout_client_does_not_run_while_the_server_works(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 2.0}, backend={"timeout_server": 9.0})
        client = stage.client() >> LENGTH + b"1234567890"
        server = stage.accept()
        stage.wait(8)
        server << OK
        assert client.got == OK


class TestBackPressure:
    HUGE = LENGTH.replace(b"10", b"1000000")

    def test_a_slow_server_slows_its_client(self, stage, client):
        client >> self.HUGE
        server = stage.accept()
        server.stops_reading()
        sent = 0
        while client.is_listened_to:
            client.sends_whole(b"x" * 20000)
            sent += 20000
        assert sent <= 100000
        server.reads()
        assert client.is_listened_to
        client.sends_whole(b"x" * (1000000 - sent))
        server << OK
        assert server.got == self.HUGE + b"x" * 1000000
        assert client.got == OK

    def test_a_server_that_takes_nothing_is_told_of_as_504(self, open_stage):
        stage = open_stage(backend={"timeout_server": 3.0}, frontend={"timeout_client": 1.0})
        client = stage.client() >> self.HUGE
        server = stage.accept()
        server.stops_reading()
        client.sends_whole(b"x" * 100000)
        stage.wait(2.8)
        assert client.got == b""
        stage.wait(0.4)
        assert client.got == replies.page(504, close=True)
        assert server.connection == "closed"
        assert stage.endings == [(504, "sH")]

    def test_a_client_waits_until_there_is_a_connection(self, stage, client):
        client >> self.HUGE
        client.sends_whole(b"x" * (UNSENT_LIMIT + 1))
        assert not client.is_listened_to
        client.sends_whole(b"x" * (1000000 - UNSENT_LIMIT - 1))
        server = stage.accept()
        assert server.got == self.HUGE + b"x" * 1000000
        server << OK
        assert client.got == OK

    def test_a_client_that_was_not_read_can_still_be_refused(self, open_stage):
        stage = open_stage(backend={"retries": 0})
        client = stage.client() >> self.HUGE
        client.sends_whole(b"x" * (UNSENT_LIMIT + 1))
        stage.refuse()
        assert client.got == replies.page(503, close=True)
        assert client.is_listened_to
        client.ends()
        assert client.connection == "closed"


class TestCollecting:
    """``buffer_chunked_requests``: Wt ignores Transfer-Encoding."""

    @pytest.fixture
    def collecting(self, open_stage):
        return open_stage(backend={"buffer_chunked_requests": 20}, frontend={"timeout_client": 3.0})

    def test_a_chunked_body_is_sent_with_its_length(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD + CHUNKS[:-1]
        assert collecting.attempts == []
        client >> CHUNKS[-1:]
        server = collecting.accept()
        assert server.got == b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\n123451234567890"
        server << OK
        assert client.got == OK

    def test_an_empty_one_too(self, collecting):
        server = collecting.get(collecting.client(), request=CHUNKED_HEAD + b"0\r\n\r\n")
        assert server.got == b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"

    def test_what_follows_is_the_next_request(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD + CHUNKS + GET
        collecting.accept() << OK
        server = collecting.accept()
        assert server.got == GET
        server << OK
        assert client.got == OK + OK

    def test_beyond_the_limit_it_is_413(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD + b"A\r\n1234567890\r\nB\r\n12345678901\r\n"
        assert client.got == replies.page(413, close=True)
        assert client.connection == "half-closed"
        assert collecting.attempts == []
        assert collecting.endings == [(413, "PR")]

    def test_a_request_behind_a_body_that_is_too_long_is_not_lost_in_silence(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD + b"15\r\n123456789012345678901\r\n0\r\n\r\n" + GET
        assert client.got == replies.page(413, close=True)
        assert client.connection == "half-closed"

    def test_a_body_that_stops_is_told_408(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD + CHUNKS[:-1]
        collecting.wait(3.4)
        assert client.got == replies.page(408, close=True)
        assert collecting.endings == [(408, "cR")]

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_a_client_that_leaves(self, collecting, leave):
        client = collecting.client() >> CHUNKED_HEAD + CHUNKS[:-1]
        getattr(client, leave)()
        assert collecting.endings == [(-1, "CR")]
        assert client.connection == "closed"

    def test_the_gateway_says_100_itself_since_the_server_sees_nothing_yet(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD[:-2] + b"Expect: 100-continue\r\n\r\n"
        assert client.receives() == replies.CONTINUE
        client >> CHUNKS
        server = collecting.accept()
        assert b"Expect" not in server.got
        server << OK
        assert client.receives() == OK

    def test_a_body_with_a_length_passes_as_it_is(self, collecting):
        request = LENGTH.replace(b"10", b"30") + b"x" * 30
        assert collecting.get(collecting.client(), request=request).got == request

    def test_a_request_that_is_refused_by_its_server_is_sent_again_whole(self, collecting):
        client = collecting.client() >> CHUNKED_HEAD + CHUNKS
        collecting.refuse()
        collecting.wait(1.1)
        server = collecting.accept()
        assert server.got.endswith(b"Content-Length: 15\r\n\r\n123451234567890")
        server << OK
        assert client.got == OK

    def test_it_waits_in_the_queue_like_any_other(self, open_stage):
        stage = open_stage({"maxconn": 1}, backend={"buffer_chunked_requests": 20})
        stage.client() >> GET
        server = stage.accept()
        client = stage.client() >> CHUNKED_HEAD + CHUNKS + GET
        assert stage.load("s1").active == 1
        server << OK
        stage.accept() << OK
        stage.accept() << OK
        assert client.got == OK + OK
