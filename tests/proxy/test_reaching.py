"""The way to a server: places, queues, connections, retries."""

import pytest

from affinity_gw.proxy import replies
from tests.proxy.pinned import PINNED, to
from tests.proxy.stage import GET, OK

POST = b"POST /form HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nform"


class TestQueue:
    """``maxconn`` of a server."""

    def test_requests_beyond_maxconn_wait_and_go_in_order(self, open_stage):
        stage = open_stage({"maxconn": 1})
        clients = [stage.client() >> GET.replace(b"page", b"%d" % number) for number in range(3)]
        for number, client in enumerate(clients):
            assert stage.connecting_to == ["s1"]
            assert stage.load("s1").active == 1
            server = stage.accept()
            assert server.got.startswith(b"GET /%d " % number)
            server << OK
            assert client.got == OK
        assert [record.target for record in stage.records] == ["/0", "/1", "/2"]

    def test_whoever_waits_goes_to_the_server_that_has_room_first(self, open_stage):
        stage = open_stage({"maxconn": 1}, {"maxconn": 1})
        first, second, third = (stage.client() >> GET for _ in range(3))
        one, two = stage.accept("s1"), stage.accept("s2")
        two << OK
        assert stage.connecting_to == ["s2"]
        stage.accept() << OK
        one << OK
        assert first.got == second.got == third.got == OK

    def test_a_pinned_request_waits_for_its_own_server(self, open_stage):
        stage = open_stage({"maxconn": 1}, {"maxconn": 1}, backend={"affinity": PINNED})
        stage.client() >> to("s1")
        waiting = stage.client() >> to("s1")
        server = stage.accept()
        assert stage.load("s1").queued == 1
        assert stage.connecting_to == []
        server << OK
        stage.accept("s1") << OK
        assert waiting.got == OK

    def test_a_place_that_comes_with_the_end_of_the_wait_is_a_place(self, open_stage):
        """One tick ends the request before it, which hands the place on, and then looks at the one that waited."""
        stage = open_stage({"maxconn": 1}, backend={"timeout_server": 3.0, "timeout_queue": 3.2})
        stage.client() >> GET
        stage.accept()
        waiting = stage.client() >> GET
        stage.deadlines.advance(stage.loop.now + 4.0)
        stage.settle()
        assert stage.connecting_to == ["s1"]
        stage.accept() << OK
        assert waiting.got == OK

    def test_timeout_queue(self, open_stage):
        stage = open_stage({"maxconn": 1}, backend={"timeout_queue": 3.0})
        stage.client() >> GET
        server = stage.accept()
        waiting = stage.client() >> GET
        stage.wait(2.9)
        assert waiting.got == b""
        stage.wait(0.4)
        assert waiting.got == replies.page(503, close=False)
        assert waiting.connection == "open"
        assert stage.endings == [(503, "sQ")]
        assert stage.record.server is None
        server << OK
        assert stage.attempts == []

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_a_client_that_leaves_while_it_waits(self, open_stage, leave):
        stage = open_stage({"maxconn": 1})
        stage.client() >> GET
        server = stage.accept()
        waiting = stage.client() >> GET
        getattr(waiting, leave)()
        assert stage.endings == [(-1, "CQ")]
        server << OK
        assert stage.attempts == []

    def test_a_client_that_half_closes_while_it_waits_is_still_served(self, open_stage):
        stage = open_stage({"maxconn": 1}, backend={"abortonclose": False})
        stage.client() >> GET
        server = stage.accept()
        waiting = stage.client() >> GET
        waiting.ends()
        server << OK
        stage.accept() << OK
        assert waiting.got == OK[:-4] + b"Connection: close\r\n\r\nok"

    def test_the_server_goes_down_while_a_pinned_request_waits_for_it(self, open_stage):
        stage = open_stage({"maxconn": 1}, {}, backend={"affinity": PINNED})
        stage.client() >> to("s1")
        under_way = stage.accept()
        waiting = stage.client() >> to("s1")
        stage.set_down("s1")
        stage.accept("s2") << OK
        assert waiting.got == OK
        assert stage.record.pin == "lost"
        under_way << OK
        assert [record.server for record in stage.records] == ["s2", "s1"]

    def test_without_redispatch_it_goes_on_waiting_for_it(self, open_stage):
        """HAProxy 2.6.12: a place that becomes free on a server that is down is still the next one's in its queue."""
        stage = open_stage({"maxconn": 1}, {}, backend={"affinity": PINNED, "redispatch": False})
        stage.client() >> to("s1")
        under_way = stage.accept()
        waiting = stage.client() >> to("s1")
        stage.set_down("s1")
        assert stage.connecting_to == []
        under_way << OK
        stage.accept("s1") << OK
        assert waiting.got == OK

    def test_a_hashed_request_waits_for_its_server_though_another_one_has_room(self, open_stage):
        stage = open_stage({"maxconn": 1}, {"maxconn": 1}, backend={"balance": "uri"})
        stage.client() >> GET
        server = stage.accept()
        waiting = stage.client() >> GET
        assert stage.connecting_to == []
        server << OK
        stage.accept(server.name) << OK
        assert waiting.got == OK

    def test_all_servers_go_down_while_a_pinned_request_waits(self, open_stage):
        stage = open_stage({"maxconn": 1}, backend={"affinity": PINNED})
        stage.client() >> to("s1")
        server = stage.accept()
        waiting = stage.client() >> to("s1")
        stage.set_down("s1")
        assert waiting.got == replies.page(503, close=False)
        assert stage.endings == [(503, "SC")]
        server << OK

    def test_a_server_that_comes_up_takes_those_who_wait(self, open_stage):
        stage = open_stage({"maxconn": 1}, {"maxconn": 1}, down=["s2"])
        stage.client() >> GET
        stage.accept("s1")
        stage.client() >> GET
        stage.set_down()
        assert stage.connecting_to == ["s2"]
        stage.accept("s2")

    def test_a_body_that_comes_while_its_request_waits_is_kept(self, open_stage):
        stage = open_stage({"maxconn": 1})
        stage.client() >> GET
        server = stage.accept()
        client = stage.client() >> POST
        server << OK
        server = stage.accept()
        assert server.got == POST
        server << OK
        assert client.got == OK

    def test_an_idle_connection_takes_no_place(self, open_stage):
        stage = open_stage({"maxconn": 1}, connection="keep-alive")
        server = stage.get(stage.client())
        stage.client() >> GET
        assert server.got == GET + GET
        server << OK

    def test_a_failure_gives_the_place_to_the_next(self, open_stage):
        stage = open_stage({"maxconn": 1}, backend={"retries": 0})
        failing, waiting = stage.client() >> GET, stage.client() >> GET
        stage.refuse()
        assert failing.got == replies.page(503, close=False)
        stage.accept() << OK
        assert waiting.got == OK


class TestRetries:
    """As HAProxy does it; ``timeout.connect`` is 5 s, so a second lies between two attempts at one server."""

    def test_the_only_server_is_tried_four_times_a_second_apart(self, open_stage):
        stage = open_stage({}, backend={"retries": 3})
        client = stage.client() >> GET
        for _ in range(3):
            stage.refuse()
            assert stage.connecting_to == []
            stage.wait(0.9)
            assert stage.connecting_to == []
            stage.wait(0.2)
        stage.refuse()
        assert client.got == replies.page(503, close=False)
        assert client.connection == "open"
        assert stage.endings == [(503, "SC")]
        assert (stage.record.retries, stage.record.redispatched, stage.record.server) == (3, False, "s1")

    def test_a_server_that_comes_back_is_reached(self, open_stage):
        stage = open_stage()
        client = stage.client() >> GET
        stage.refuse()
        stage.wait(1.1)
        stage.accept() << OK
        assert client.got == OK
        assert (stage.record.retries, stage.record.termination) == (1, "----")

    def test_a_post_is_tried_again_too_since_nothing_was_sent(self, open_stage):
        stage = open_stage()
        client = stage.client() >> POST
        stage.refuse()
        stage.wait(1.1)
        server = stage.accept()
        assert server.got == POST
        server << OK
        assert client.got == OK

    def test_a_request_that_was_only_balanced_moves_at_once(self, open_stage):
        stage = open_stage({}, {})
        client = stage.client() >> GET
        stage.refuse("s1")
        assert stage.connecting_to == ["s2"]
        assert (stage.load("s1").active, stage.load("s2").active) == (0, 1)
        stage.accept() << OK
        assert client.got == OK
        assert (stage.record.server, stage.record.retries, stage.record.redispatched) == ("s2", 1, True)

    def test_a_pinned_request_moves_with_its_last_retry(self, open_stage):
        stage = open_stage({}, {}, backend={"retries": 2, "affinity": PINNED})
        stage.client() >> to("s1")
        stage.refuse("s1")
        stage.wait(1.1)
        stage.refuse("s1")
        assert stage.connecting_to == ["s2"]
        stage.accept() << OK
        assert stage.record.redispatched

    def test_without_redispatch_it_stays(self, open_stage):
        stage = open_stage({}, {}, backend={"retries": 1, "redispatch": False})
        client = stage.client() >> GET
        stage.refuse("s1")
        stage.wait(1.1)
        stage.refuse("s1")
        assert client.got == replies.page(503, close=False)

    def test_a_connection_that_nobody_answers_counts_as_refused_without_the_extra_second(self, open_stage):
        stage = open_stage(backend={"timeout_connect": 2.0, "retries": 1})
        client = stage.client() >> GET
        stage.wait(1.9)
        assert len(stage.attempts) == 1
        first = stage.attempts[0]
        stage.wait(0.3)
        assert len(stage.attempts) == 1
        assert stage.attempts[0] is not first
        stage.wait(2.3)
        assert client.got == replies.page(503, close=False)
        assert stage.endings == [(503, "sC")]

    def test_a_client_that_leaves_in_the_moment_of_the_timeout(self, open_stage):
        stage = open_stage(backend={"timeout_connect": 2.0})
        client = stage.client() >> GET
        stage.loop.now += 3
        stage.deadlines.advance(stage.loop.now)
        client.resets()
        stage.wait(2)
        assert stage.attempts == []
        assert stage.endings == [(-1, "CC")]

    def test_a_client_that_leaves_between_two_attempts_ends_them(self, open_stage):
        stage = open_stage()
        client = stage.client() >> GET
        stage.refuse()
        client.resets()
        stage.wait(2)
        assert stage.attempts == []
        assert stage.endings == [(-1, "CC")]

    def test_a_redispatch_gives_the_place_to_whoever_waits_for_it(self, open_stage):
        stage = open_stage({"maxconn": 1}, {}, backend={"retries": 1, "affinity": PINNED})
        stage.client() >> to("s1")
        waiting = stage.client() >> to("s1")
        stage.refuse("s1")
        assert sorted(stage.connecting_to) == ["s1", "s2"]
        stage.accept("s2") << OK
        stage.accept("s1") << OK
        assert waiting.got == OK

    def test_a_redispatch_never_exceeds_maxconn(self, open_stage):
        stage = open_stage({"maxconn": 1}, {"maxconn": 1})
        served, moving, waiting = (stage.client() >> GET for _ in range(3))
        full = stage.accept("s1")
        stage.refuse("s2")
        assert stage.connecting_to == ["s2"], "whoever waited longer has the place"
        assert (stage.load("s1").active, stage.load("s2").active) == (1, 1)
        full << OK
        stage.accept("s1") << OK
        stage.accept("s2") << OK
        assert served.got == moving.got == waiting.got == OK
        assert [(record.server, record.retries) for record in stage.records] == [("s1", 0), ("s1", 1), ("s2", 0)]

    def test_a_client_that_leaves_while_it_waits_for_its_redispatch(self, open_stage):
        stage = open_stage({"maxconn": 1}, {"maxconn": 1})
        _, moving, _ = (stage.client() >> GET for _ in range(3))
        stage.accept("s1")
        stage.refuse("s2")
        moving.resets()
        assert stage.endings == [(-1, "CQ")]
