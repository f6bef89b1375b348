"""Whole exchanges, scene by scene: what the other files do not look at on their own."""

from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from affinity_gw.plugin import Extractor
from affinity_gw.proxy import replies
from affinity_gw.proxy.stages import CLIENT_GONE, CLIENT_STAGES, EXPIRED, Stage
from affinity_gw.routing.sections import AffinityEntry
from tests.proxy.stage import GET, OK

CHUNKED_POST = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKED_OK = b"HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_a_request_and_its_answer_pass(stage, client):
    client >> GET
    server = stage.accept()
    assert server.receives() == GET
    server << OK
    assert client.receives() == OK
    assert stage.endings == [(200, "--")]
    assert repr(stage.pool) == "<Pool 1 opened, 0 reused, idle {}>"
    assert server.connection == "closed"
    assert client.connection == "open"


@pytest.mark.parametrize("connection", ["keep-alive", "server-close"])
def test_twenty_clients_at_once_get_each_their_own(open_stage, connection):
    stage = open_stage({}, {}, connection=connection)
    clients = [stage.client() >> GET.replace(b"page", b"%02d" % number) for number in range(20)]
    servers = [stage.accept() for _ in clients]
    for server in reversed(servers):
        server << OK.replace(b"ok", server.got[5:7])
    assert [client.got[-2:] for client in clients] == [b"%02d" % number for number in range(20)]
    assert [server.name for server in servers] == ["s1", "s2"] * 10


def test_an_answers_head_beyond_the_limit_is_502_even_when_it_comes_at_once(stage, client):
    client >> GET
    stage.accept().sends_whole(b"HTTP/1.1 200 OK\r\n" + b"X: yyyyyyyyyy\r\n" * 5000 + b"\r\n")
    assert client.got == replies.page(502, close=False)
    assert stage.endings == [(502, "PH")]


class TestBothWaysAtOnce:
    """The answer comes while the request is still on its way."""

    def test_they_do_not_disturb_each_other(self, stage, client):
        client >> CHUNKED_POST
        server = stage.accept()
        server << CHUNKED_OK
        for _ in range(3):
            client >> b"4\r\nping\r\n"
            server << b"4\r\npong\r\n"
        client >> b"0\r\n\r\n"
        server << b"0\r\n\r\n"
        assert server.got == CHUNKED_POST + b"4\r\nping\r\n" * 3 + b"0\r\n\r\n"
        assert client.got == CHUNKED_OK + b"4\r\npong\r\n" * 3 + b"0\r\n\r\n"
        assert client.connection == "open"
        assert stage.endings == [(200, "--")]

    def test_a_request_that_breaks_http_cuts_the_answer(self, stage, client):
        client >> CHUNKED_POST
        server = stage.accept()
        server << CHUNKED_OK + b"4\r\npong\r\n"
        client >> b"xyz\r\n"
        assert client.got == CHUNKED_OK + b"4\r\npong\r\n"
        assert (client.connection, server.connection) == ("closed", "closed")
        assert stage.endings == [(200, "PR")]

    def test_one_that_breaks_it_behind_the_whole_answer_is_closed(self, stage, client):
        client >> CHUNKED_POST
        server = stage.accept()
        server << OK
        client >> b"xyz\r\n"
        assert client.got == OK
        assert (client.connection, server.connection) == ("closed", "closed")

    def test_more_than_an_answer_is_nobodys(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client() >> CHUNKED_POST
        server = stage.accept()
        server << OK
        server << b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
        client >> b"0\r\n\r\n" + GET
        assert client.receives() == OK
        assert server.connection == "closed"
        stage.accept() << OK
        assert client.receives() == OK

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    def test_a_client_that_leaves_is_passed_on(self, stage, client, leave):
        client >> CHUNKED_POST
        server = stage.accept()
        server << CHUNKED_OK
        getattr(client, leave)()
        assert server.connection == "closed"
        assert stage.endings == [(200, "CD")]


def test_half_a_request_behind_a_half_close_is_told_400(open_stage):
    stage = open_stage(backend={"abortonclose": False})
    client = stage.client() >> GET + GET[:10]
    server = stage.accept()
    client.ends()
    server << OK
    assert client.got == OK + replies.page(400, close=True)
    assert client.connection == "closed"


@dataclass(frozen=True, slots=True)
class Raising(Extractor):
    def request_key(self, head):
        raise LookupError("on purpose")


class TestFaults:
    """An extractor that raises costs its key, never the request."""

    RAISING = (AffinityEntry("raising", Raising(), "server"),)

    def test_the_request_is_balanced(self, open_stage):
        stage = open_stage(backend={"affinity": self.RAISING})
        client = stage.client()
        with capture_logs() as logs:
            stage.get(client)
        assert client.got == OK
        assert [(entry["extractor"], type(entry["exc_info"])) for entry in logs] == [("raising", LookupError)]
        assert stage.record.pin == "none"

    def test_or_refused_for_another_reason(self, open_stage):
        stage = open_stage(backend={"affinity": self.RAISING}, down=["s1"])
        with capture_logs() as logs:
            client = stage.client() >> GET
        assert client.got == replies.page(503, close=False)
        assert [entry["extractor"] for entry in logs] == ["raising"]


class TestStages:
    """What is waited for, and what it means when that does not come: data that must be whole."""

    def test_every_wait_has_an_end(self):
        assert set(EXPIRED) == set(Stage) - {Stage.CONNECT}, "attempts are tried again instead"

    @pytest.mark.parametrize("waiting", EXPIRED)
    def test_an_end_is_a_page_and_haproxys_two_letters(self, waiting):
        status, termination, reason = EXPIRED[waiting]
        assert status in replies.PAGES
        assert termination in {"cR", "sQ", "sH", "sD"}
        assert reason

    def test_the_clients_stages_are_those_in_which_its_body_comes(self):
        assert {Stage.COLLECT, Stage.REQUEST, Stage.UPLOAD, Stage.SWALLOW} == CLIENT_STAGES
        assert all(code[0] == "C" for code in CLIENT_GONE.values())
