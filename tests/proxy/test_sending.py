"""What goes to the server: once, the head as it has to be, the body when it is wanted."""

from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from affinity_gw.plugin import Extractor
from affinity_gw.proxy import replies
from affinity_gw.proxy.stages import Stage as Waiting
from affinity_gw.routing.rules import Return, Rule, SetField, SetTarget
from affinity_gw.routing.sections import AffinityEntry, Forwarding
from tests.proxy.pinned import PINNED, to
from tests.proxy.stage import GET, OK

POST = b"POST /form HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nform"


class TestSentOnce:
    """RFC 9110 section 9.2.2."""

    @pytest.fixture
    def warm(self, open_stage):
        """A stage with an idle connection to its server, a client, and the server's end of it."""
        stage = open_stage(connection="keep-alive")
        client = stage.client()
        server = stage.get(client)
        client.receives()
        server.receives()
        return stage, client, server

    @pytest.mark.parametrize("leave", ["ends", "resets"])
    @pytest.mark.parametrize("method", [b"GET", b"HEAD"])
    def test_a_get_that_met_the_close_of_an_idle_connection_goes_once_more(self, warm, method, leave):
        stage, client, server = warm
        request = GET.replace(b"GET", method)
        client >> request
        assert server.receives() == request
        getattr(server, leave)()
        server = stage.accept()
        assert server.got == request
        server << OK[:-2] + (b"ok" if method == b"GET" else b"")
        assert client.receives().startswith(OK[:-2])
        assert stage.endings == [(200, "--")] * 2

    def test_not_twice(self, warm):
        stage, client, server = warm
        client >> GET
        server.ends()
        stage.accept().ends()
        assert client.receives() == replies.page(502, close=False)
        assert stage.attempts == []

    def test_never_from_a_second_idle_connection(self, warm):
        stage, client, server = warm
        other = stage.client()
        client >> GET
        second = stage.get(other)
        assert repr(stage.pool).endswith("idle {app/s1: 1}>")
        server.ends()
        assert second.got == GET
        stage.accept() << OK
        assert client.receives() == OK

    @pytest.mark.parametrize("request_", [POST, GET.replace(b"GET", b"PUT"), GET[:-2] + b"Content-Length: 1\r\n\r\nx"])
    def test_nothing_else_is_sent_again(self, warm, request_):
        stage, client, server = warm
        client >> request_
        assert server.receives() == request_
        server.ends()
        assert client.receives() == replies.page(502, close=False)
        assert stage.attempts == []
        assert stage.endings[1:] == [(502, "SH")]

    def test_not_after_a_byte_of_an_answer(self, warm):
        stage, client, server = warm
        client >> GET
        server << b"H"
        server.ends()
        assert client.receives() == replies.page(502, close=False)
        assert stage.attempts == []

    def test_not_on_a_new_connection(self, stage, client):
        client >> GET
        stage.accept().ends()
        assert client.got == replies.page(502, close=False)
        assert stage.attempts == []

    def test_a_post_takes_no_connection_that_has_been_idle_for_long(self, warm):
        stage, client, server = warm
        stage.wait(1.5)
        client >> POST
        assert server.receives() == b""
        stage.accept() << OK
        assert client.receives() == OK

    def test_the_place_is_counted_once_through_a_replay(self, open_stage):
        stage = open_stage({"maxconn": 1}, connection="keep-alive")
        client = stage.client()
        server = stage.get(client)
        client >> GET
        waiting = stage.client() >> GET
        server.ends()
        assert stage.load("s1").active == 1
        stage.accept() << OK
        assert stage.load("s1").active == 1
        stage.accept() << OK
        assert (client.got, waiting.got) == (OK + OK, OK)


class TestHead:
    def test_what_is_added(self, open_stage):
        stage = open_stage(frontend={"forwarding": Forwarding("replace", True, True, True, True)})
        server = stage.get(stage.client())
        assert server.got == (
            GET[:-2]
            + b"X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n"
            + b"X-Forwarded-Port: 80\r\nX-Original-To: 198.51.100.1\r\n\r\n"
        )

    def test_names_keep_their_case_and_order_and_hop_by_hop_ones_go(self, open_stage):
        stage = open_stage()
        request = b"GET / HTTP/1.1\r\nhOST: a\r\nb: 2\r\nConnection: X-Mine\r\nA: 1\r\nX-Mine: 3\r\nProxy: evil\r\n\r\n"
        server = stage.get(stage.client(), request=request)
        assert server.got == b"GET / HTTP/1.1\r\nhOST: a\r\nb: 2\r\nA: 1\r\n\r\n"

    @pytest.mark.parametrize(("wanted", "target"), [(True, b"/stripped"), (False, b"/s1")])
    def test_a_lost_key_is_stripped_where_it_is_wanted(self, open_stage, wanted, target):
        backend = {"affinity": PINNED, "strip_lost_key": lambda head, snapshot: wanted}
        stage = open_stage({}, {}, down=["s1"], backend=backend)
        server = stage.get(stage.client(), request=to("s1"))
        assert server.name == "s2"
        assert server.got == GET.replace(b"/page", target)
        assert stage.record.pin == "lost"
        assert stage.record.target == "/s1"

    def test_a_key_that_holds_is_not_stripped(self, open_stage):
        backend = {"affinity": PINNED, "strip_lost_key": lambda head, snapshot: True}
        stage = open_stage({}, {}, backend=backend)
        assert stage.get(stage.client(), request=to("s2")).got == to("s2")


@dataclass(frozen=True, slots=True)
class Editing(Extractor):
    """Does to the fields of a request what it is told."""

    what: str

    def request_key(self, head):
        return None

    def edit_request(self, fields, forward):
        if self.what == "raise":
            raise LookupError("on purpose")
        if self.what == "inject":
            fields["X-Added"] = "a\r\nX-Injected: b"
        elif self.what == "two hosts":
            fields.add("Host", "other.example")
        elif self.what == "length":
            fields["Content-Length"] = "99"
            fields["Transfer-Encoding"] = "chunked"
        else:
            fields["X-Added"] = f"{forward.server_name} {forward.pin}"


def editing(what: str) -> dict[str, object]:
    return {"affinity": (AffinityEntry("editing", Editing(what), "hash"),)}


class TestEdits:
    def test_a_plugin_changes_what_the_server_sees(self, open_stage):
        stage = open_stage(backend=editing("add"))
        assert stage.get(stage.client()).got == GET[:-2] + b"X-Added: s1 none\r\n\r\n"

    @pytest.mark.parametrize("what", ["raise", "inject", "two hosts"])
    def test_a_fault_costs_the_edit_and_not_the_request(self, open_stage, what):
        stage = open_stage(backend=editing(what))
        client = stage.client()
        with capture_logs() as logs:
            server = stage.get(client)
        assert server.got == GET
        assert client.got == OK
        assert [(entry["log_level"], entry["extractor"]) for entry in logs] == [("error", "editing")]

    def test_the_framing_is_not_the_plugins(self, open_stage):
        stage = open_stage(backend=editing("length"))
        assert stage.get(stage.client()).got == GET


class TestExpect:
    REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"

    def test_the_servers_100_is_passed_on_at_once(self, stage, client):
        client >> self.REQUEST
        server = stage.accept()
        assert server.got == self.REQUEST
        server << b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.receives() == b"HTTP/1.1 100 Continue\r\n\r\n"
        stage.wait(2)
        assert client.receives() == b""
        client >> b"form"
        server << OK
        assert client.receives() == OK
        assert server.got == self.REQUEST + b"form"

    def test_a_server_that_stays_silent_is_spoken_for_after_a_second(self, stage, client):
        client >> self.REQUEST
        server = stage.accept()
        stage.wait(0.9)
        assert client.receives() == b""
        stage.wait(0.2)
        assert client.receives() == replies.CONTINUE
        server << b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.receives() == b""
        client >> b"form"
        server << OK
        assert client.receives() == OK
        assert stage.endings == [(200, "--")]

    def test_a_refusal_is_passed_on_instead_and_closes(self, stage, client):
        client >> self.REQUEST
        server = stage.accept()
        server << b"HTTP/1.1 417 No\r\nDate: today\r\nContent-Length: 0\r\n\r\n"
        assert client.got == b"HTTP/1.1 417 No\r\nDate: today\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        stage.wait(2)
        assert replies.CONTINUE not in client.got
        client.ends()

    def test_a_client_that_does_not_wait_is_told_nothing_more_than_it_needs(self, stage, client):
        client >> self.REQUEST + b"form"
        server = stage.accept()
        stage.wait(2)
        assert client.got == b""
        server << OK
        assert client.got == OK

    def test_an_http10_client_is_never_told_100(self, stage, client):
        client >> self.REQUEST.replace(b"HTTP/1.1", b"HTTP/1.0")
        server = stage.accept()
        assert b"Expect" not in server.got
        stage.wait(2)
        server << b"HTTP/1.1 100 Continue\r\n\r\n"
        assert client.got == b""
        client >> b"form"
        server << OK
        assert client.got.startswith(b"HTTP/1.1 200 OK")

    def test_early_hints_are_no_leave_to_send(self, stage, client):
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
        client >> self.REQUEST
        stage.accept() << hints
        assert client.receives() == hints
        stage.wait(1.1)
        assert client.receives() == replies.CONTINUE


class TestWaiting:
    def test_what_is_waited_for_can_be_seen(self, open_stage):
        stage = open_stage({"maxconn": 1})
        client, other = stage.client() >> GET, stage.client() >> GET
        assert client.downstream.exchange.stage is Waiting.CONNECT
        assert repr(other.downstream.exchange) == "<Exchange GET /page waits for a place on the server>"
        stage.accept()
        assert client.downstream.exchange.stage is Waiting.ANSWER


class TestRules:
    """What rules have made of a request is what its server gets; the log has what came."""

    def opened(self, open_stage, *actions, **options):
        return open_stage(frontend={"rules": tuple(Rule(None, action) for action in actions)}, **options)

    def test_the_server_gets_the_edited_head(self, open_stage):
        stage = self.opened(open_stage, SetField(b"X-A", "1"), SetTarget("path", "/other"))
        client = stage.client()
        client >> b"GET /page?q HTTP/1.1\r\nHost: a.example\r\nx-a: 0\r\n\r\n"
        server = stage.accept()
        assert server.receives() == b"GET /other?q HTTP/1.1\r\nHost: a.example\r\nX-A: 1\r\n\r\n"
        server << OK
        assert client.receives() == OK
        assert stage.records[0].target == "/page?q"

    def test_a_body_goes_with_it(self, open_stage):
        stage = self.opened(open_stage, SetField(b"X-A", "1"))
        stage.client() >> b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi"
        expected = b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nhi"
        assert stage.accept().receives() == expected

    def test_what_a_rule_says_of_the_client_is_no_claim_of_the_clients(self, open_stage):
        forwarding = Forwarding("replace", True, False, False, False)
        rules = (Rule(None, SetField(b"X-Forwarded-Proto", "https")), Rule(None, SetField(b"X-Real-IP", "192.0.2.9")))
        stage = open_stage(frontend={"rules": rules, "forwarding": forwarding})
        stage.client() >> b"GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-Proto: ws\r\n\r\n"
        lines = stage.accept().receives().split(b"\r\n")
        assert b"X-Real-IP: 192.0.2.9" in lines
        assert [line for line in lines if b"Proto" in line] == [b"X-Forwarded-Proto: https"]

    def test_what_cannot_be_sent_is_a_400(self, open_stage):
        stage = self.opened(open_stage, SetField(b"X-A", lambda _head, _snapshot: "a\r\nb"))
        client = stage.client()
        client >> GET
        assert client.receives().startswith(b"HTTP/1.1 400 ")

    def test_an_operators_own_answer_needs_no_server(self, open_stage):
        stage = self.opened(open_stage, Return(200, "text/plain", "up"))
        client = stage.client()
        for _ in range(2):  # on one connection
            client >> GET
            assert client.receives().endswith(b"content-length: 2\r\ncontent-type: text/plain\r\n\r\nup")
        assert stage.records[0].termination == "LR--"


class TestReuse:
    """HAProxy's http-reuse: whose idle connections a request may have."""

    def opened(self, open_stage, mode, clients):
        """Each letter is a request of that client, one after the other; how many connections each of them opened."""
        stage = open_stage(connection="keep-alive", backend={"http_reuse": mode})
        people, servers, opened = {}, [], []
        for name in clients:
            client = people.setdefault(name, None) or stage.client()
            people[name] = client
            client >> GET
            new = bool(stage.attempts)
            if new:
                servers.append(stage.accept())
            next(server for server in servers if server.receives()) << OK
            assert client.receives() == OK
            opened.append(int(new))
        return opened

    @pytest.mark.parametrize(
        ("mode", "clients", "opened"),
        [
            ("always", "abab", [1, 0, 0, 0]),
            ("safe", "abab", [1, 1, 0, 0]),
            ("aggressive", "abab", [1, 1, 0, 0]),
            ("aggressive", "aabb", [1, 0, 0, 0]),
            ("safe", "aabb", [1, 0, 1, 0]),
            ("never", "abab", [1, 1, 0, 0]),
            ("never", "aabb", [1, 0, 1, 0]),
        ],
    )
    def test_which_requests_open_a_connection(self, open_stage, mode, clients, opened):
        assert self.opened(open_stage, mode, clients) == opened
