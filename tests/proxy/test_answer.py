"""A server's answer on its way to the client: interim answers, framing, edits."""

from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from affinity_gw.plugin import Extractor
from affinity_gw.routing.rules import Deny, ResponseRule, SetField, SetStatus
from affinity_gw.routing.sections import AffinityEntry
from tests.proxy.stage import GET, OK

OLD_GET = b"GET / HTTP/1.0\r\n\r\n"
HEAD = GET.replace(b"GET", b"HEAD")
CHUNKED = b"HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n\r\n"


class TestBodies:
    @pytest.mark.parametrize(
        ("request_", "answer"),
        [
            (GET, b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 0\r\n\r\n"),
            (GET, b"HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n"),
            (GET, b"HTTP/1.1 304 Not Modified\r\nDate: today\r\nContent-Length: 12\r\n\r\n"),
            (HEAD, b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 12\r\n\r\n"),
            (GET, CHUNKED + b"0\r\n\r\n"),
            (GET, CHUNKED + b"5;why=not\r\n12345\r\nA\r\n1234567890\r\n0\r\nX-Trailer: yes\r\n\r\n"),
            (GET, b"HTTP/1.1 999 Whatever you say\r\nDate: today\r\nContent-Length: 1\r\n\r\n!"),
            (GET, b"HTTP/1.1 200 \r\nDate: today\r\nContent-Length: 1\r\n\r\n!"),
            (GET, b"HTTP/1.1 200 OK\r\nDate: today\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n"),
        ],
        ids=[
            "empty",
            "204",
            "304 with a length",
            "HEAD with a length",
            "no chunks",
            "chunks, an extension and a trailer",
            "an unknown status",
            "no reason",
            "two cookies",
        ],
    )
    def test_what_passes_as_it_is(self, open_stage, request_, answer):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client, answer, request_)
        assert client.got == answer
        assert (client.connection, server.connection) == ("open", "open")
        assert stage.record.bytes_out == len(answer)

    def test_a_204_loses_its_length(self, stage, client):
        stage.get(client, b"HTTP/1.1 204 No Content\r\nDate: today\r\nContent-Length: 0\r\n\r\n")
        assert client.got == b"HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n"

    def test_the_answer_to_head_has_no_coding(self, stage, client):
        stage.get(client, CHUNKED, HEAD)
        assert client.got == b"HTTP/1.1 200 OK\r\nDate: today\r\n\r\n"

    def test_a_date_is_added_where_there_is_none(self, stage, client):
        stage.get(client, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert client.got.startswith(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: ")

    def test_hop_by_hop_fields_are_removed(self, stage, client):
        answer = b"HTTP/1.1 200 OK\r\nDate: today\r\nConnection: X-Own\r\nX-Own: 1\r\nKeep-Alive: 5\r\n"
        stage.get(client, answer + b"Content-Length: 0\r\n\r\n")
        assert client.got == b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 0\r\n\r\n"

    def test_a_chunked_answer_is_decoded_for_an_http10_client(self, stage, client):
        stage.get(client, CHUNKED + b"3\r\nabc\r\n3\r\ndef\r\n0\r\nX-Trailer: 1\r\n\r\n", OLD_GET)
        assert client.got == b"HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\nabcdef"
        assert client.connection == "closed"

    def test_even_where_that_client_wants_to_be_kept(self, stage, client):
        stage.get(client, CHUNKED + b"3\r\nabc\r\n0\r\n\r\n", b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert client.got.endswith(b"Connection: close\r\n\r\nabc")
        assert client.connection == "closed"

    def test_events_reach_the_client_as_they_come(self, stage, client):
        server = stage.get(client, CHUNKED)
        client.receives()
        for _ in range(3):
            server << b"6\r\ntick\n\n\r\n"
            assert client.receives() == b"6\r\ntick\n\n\r\n"
        server << b"0\r\n\r\n"
        assert stage.endings == [(200, "--")]

    def test_what_comes_behind_a_chunked_answer_reaches_nobody(self, open_stage):
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client, CHUNKED + b"1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert client.got == CHUNKED + b"1\r\na\r\n0\r\n\r\n"
        assert server.connection == "closed"


class TestInterim:
    HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"

    def test_they_are_passed_on(self, stage, client):
        stage.get(client, self.HINTS + b"HTTP/1.1 100 Continue\r\n\r\n" + OK)
        assert client.got == self.HINTS + b"HTTP/1.1 100 Continue\r\n\r\n" + OK
        assert stage.record.status == 200
        assert stage.record.bytes_out == len(client.got)

    def test_at_once(self, stage, client):
        server = stage.get(client, self.HINTS)
        assert client.got == self.HINTS
        server << OK
        assert client.got == self.HINTS + OK

    def test_not_to_http10_clients(self, stage, client):
        stage.get(client, self.HINTS * 50 + OK, OLD_GET)
        assert client.got == OK[:-4] + b"Connection: close\r\n\r\nok"

    def test_a_server_that_leaves_after_them_has_not_answered(self, stage, client):
        stage.get(client, self.HINTS).ends()
        assert client.got.startswith(self.HINTS + b"HTTP/1.1 502 Bad Gateway")
        assert stage.endings == [(502, "SH")]


class TestBackPressure:
    BIG = b"HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 1000000\r\n\r\n"

    def test_a_slow_client_slows_its_server(self, stage, client):
        client.stops_reading()
        server = stage.get(client, self.BIG)
        sent = 0
        while server.is_listened_to:
            server.sends_whole(b"x" * 20000)
            sent += 20000
        assert sent <= 100000, "no more than asyncio's write buffer and one read"
        server.sends_whole(b"x" * (1000000 - sent))
        assert client.got == b""
        client.reads()
        assert client.got == self.BIG + b"x" * 1000000
        assert stage.endings == [(200, "--")]

    def test_a_client_that_reads_slowly_has_its_time(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0}, backend={"timeout_server": 2.0})
        client = stage.client()
        client.stops_reading()
        server = stage.get(client, self.BIG)
        server.sends_whole(b"x" * 100000)
        for _ in range(8):
            client.reads(5000)
            stage.wait(2.5)
        assert client.downstream.exchange is not None
        client.reads()
        server.sends_whole(b"x" * 900000)
        assert stage.endings == [(200, "--")]

    def test_a_client_that_stops_reading_is_cut(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0}, backend={"timeout_server": 2.0})
        client = stage.client()
        client.stops_reading()
        server = stage.get(client, self.BIG)
        server.sends_whole(b"x" * 100000)
        stage.wait(2.8)
        assert server.connection == "open"
        stage.wait(4)
        assert server.connection == "closed"
        assert stage.endings == [(200, "cD")]
        stage.wait(3.2)
        assert client.connection == "closed"

    def test_a_client_that_does_not_read_is_asked_for_nothing_more_and_left(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 3.0, "timeout_http_keep_alive": 1.0})
        client = stage.client()
        client.stops_reading()
        client >> GET + GET
        stage.accept().sends_whole(self.BIG + b"x" * 1000000)
        assert stage.attempts == []
        stage.wait(6)
        assert client.connection == "closed"
        assert stage.endings == [(200, "--")]

    def test_the_server_may_be_silent_while_the_client_is_slow(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 30.0}, backend={"timeout_server": 2.0})
        client = stage.client()
        client.stops_reading()
        server = stage.get(client, self.BIG)
        server.sends_whole(b"x" * 100000)
        stage.wait(10)
        client.reads()
        stage.wait(1.5)
        server.sends_whole(b"x" * 900000)
        assert stage.endings == [(200, "--")]

    def test_it_has_to_go_on_once_the_client_has_caught_up(self, open_stage):
        stage = open_stage(frontend={"timeout_client": 30.0}, backend={"timeout_server": 2.0})
        client = stage.client()
        client.stops_reading()
        server = stage.get(client, self.BIG)
        server.sends_whole(b"x" * 100000)
        client.reads()
        stage.wait(2.4)
        assert stage.endings == [(200, "sD")]


@dataclass(frozen=True, slots=True)
class Editing(Extractor):
    """Does to the fields of an answer what it is told."""

    what: str

    def request_key(self, head):
        return None

    def edit_response(self, fields, status, forward):
        if self.what == "raise":
            raise LookupError("on purpose")
        if self.what == "inject":
            fields["X-Added"] = "a\r\nX-Injected: b"
        elif self.what == "length":
            fields["Content-Length"] = "99"
        elif self.what == "cookie":
            fields.add("Set-Cookie", "a=1")
            return "I"
        else:
            fields["X-Added"] = f"{status} {forward.server_name}"
        return None

    def cookie_seen(self, forward):
        return "N" if self.what == "cookie" else None


def editing(what: str) -> dict[str, object]:
    return {"affinity": (AffinityEntry("editing", Editing(what), "hash"),)}


class TestEdits:
    def test_a_plugin_changes_what_the_client_sees(self, open_stage):
        stage = open_stage(backend=editing("add"))
        client = stage.client()
        stage.get(client)
        assert client.got == OK[:-4] + b"X-Added: 200 s1\r\n\r\nok"
        assert stage.record.termination == "----"

    def test_a_cookie_is_seen_in_the_record(self, open_stage):
        stage = open_stage(backend=editing("cookie"))
        client = stage.client()
        stage.get(client)
        assert b"Set-Cookie: a=1\r\n" in client.got
        assert stage.record.termination == "--NI"

    @pytest.mark.parametrize("what", ["raise", "inject"])
    def test_a_fault_costs_the_edit_and_not_the_answer(self, open_stage, what):
        stage = open_stage(backend=editing(what))
        client = stage.client()
        with capture_logs() as logs:
            stage.get(client)
        assert client.got == OK
        assert [(entry["log_level"], entry["extractor"]) for entry in logs] == [("error", "editing")]
        assert stage.record.termination[:2] == "--"

    def test_the_framing_is_not_the_plugins(self, open_stage):
        stage = open_stage(backend=editing("length"))
        client = stage.client()
        stage.get(client)
        assert client.got == OK


class TestRules:
    def opened(self, open_stage, *rules):
        return open_stage(backend={"response_rules": rules})

    def test_the_client_gets_the_edited_head(self, open_stage):
        stage = self.opened(
            open_stage, ResponseRule(None, SetField(b"X-B", "1")), ResponseRule(None, SetStatus(418, "teapot"))
        )
        client = stage.client()
        client >> GET
        stage.accept() << OK
        expected = b"HTTP/1.1 418 teapot\r\nDate: today\r\nContent-Length: 2\r\nX-B: 1\r\n\r\nok"
        assert client.receives() == expected
        assert stage.records[0].status == 418

    def test_the_frontends_rules_come_last(self, open_stage):
        stage = open_stage(
            frontend={"response_rules": (ResponseRule(None, SetField(b"X", "frontend")),)},
            backend={"response_rules": (ResponseRule(None, SetField(b"X", "backend")),)},
        )
        client = stage.client()
        client >> GET
        stage.accept() << OK
        assert client.receives().count(b"X: frontend") == 1

    def test_a_refused_answer_is_a_502(self, open_stage):
        stage = self.opened(open_stage, ResponseRule(lambda seen, _: seen.response.status == 200, Deny(502)))
        client = stage.client()
        client >> GET
        stage.accept() << OK
        assert client.receives().startswith(b"HTTP/1.1 502 ")
        assert stage.records[0].termination == "PH--"
