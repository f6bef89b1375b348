import pytest
from multidict import CIMultiDict

from affinity_gw.http1.fields import editable
from affinity_gw.http1.framing import CHUNKED, UNTIL_CLOSE
from affinity_gw.http1.rewrite import build_response
from tests.http1.making import answer

DATE = b"Sat, 21 Nov 2026 01:00:00 GMT"
OK = "HTTP/1.1 200 OK"


def sent(*lines, start=OK, **arguments):
    """The lines that the client gets."""
    defaults = {"http10_client": False, "keep": True, "upgrade": False, "length": 0, "date": DATE}
    raw = build_response(answer(*lines, start=start), **{**defaults, **arguments})
    assert raw.endswith(b"\r\n\r\n")
    return raw[:-4].decode("latin-1").split("\r\n")


def fields_sent(*lines, **arguments):
    return sent("Date: d", *lines, **arguments)[2:]


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (OK, OK),
        ("HTTP/1.0 200 OK", OK),
        ("HTTP/1.1 999 Odd reason", "HTTP/1.1 999 Odd reason"),
        ("HTTP/1.1 200", "HTTP/1.1 200 "),
        ("HTTP/1.1 200 caf\xe9", "HTTP/1.1 200 caf\xc3\xa9"),
    ],
)
def test_the_status_line_is_our_own(start, line):
    assert sent(start=start)[0] == line


def test_names_and_values_pass_in_the_order_and_case_in_which_they_came():
    lines = ["SET-cookie: a", "Content-Type: ", "set-Cookie: b", "X_Y: z"]
    assert fields_sent(*lines) == lines


@pytest.mark.parametrize(
    "line",
    [
        "Connection: keep-alive",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "Proxy-Authenticate: Basic",
        "TE: trailers",
        "Upgrade: h2c",
        "Trailer: X-Sum",
    ],
)
def test_hop_by_hop_fields_do_not_pass(line):
    assert fields_sent(line, "A: b") == ["A: b"]


def test_nominated_fields_do_not_pass_but_what_is_needed_does():
    lines = ("Connection: close, x-foo, set-cookie, content-length", "X-Foo: 1", "Set-Cookie: a", "Content-Length: 3")
    assert fields_sent(*lines, length=3) == ["Set-Cookie: a", "Content-Length: 3"]


class TestDate:
    def test_is_added_to_a_final_answer_without_one(self):
        assert sent("A: b") == [OK, "A: b", f"Date: {DATE.decode()}"]

    def test_of_the_server_stays(self):
        assert sent("date: x") == [OK, "date: x"]

    @pytest.mark.parametrize("status", ["100 Continue", "101 Switching Protocols", "103 Early Hints"])
    def test_is_not_added_to_interim_answers(self, status):
        assert sent("Link: a", start=f"HTTP/1.1 {status}") == [f"HTTP/1.1 {status}", "Link: a"]


class TestConnection:
    @pytest.mark.parametrize(
        ("http10", "keep", "lines"),
        [
            (False, True, []),
            (False, False, ["Connection: close"]),
            (True, True, ["Connection: keep-alive"]),
            (True, False, ["Connection: close"]),
        ],
    )
    @pytest.mark.parametrize("theirs", [(), ("Connection: close",), ("Connection: keep-alive",)])
    def test_is_ours(self, theirs, http10, keep, lines):
        assert fields_sent(*theirs, http10_client=http10, keep=keep) == lines

    @pytest.mark.parametrize("keep", [False, True])
    def test_a_body_that_the_close_ends_is_never_kept(self, keep):
        assert fields_sent(length=UNTIL_CLOSE, keep=keep) == ["Connection: close"]

    def test_an_interim_answer_says_nothing(self):
        assert fields_sent(start="HTTP/1.1 100 Continue", keep=False) == []

    def test_a_switch_says_upgrade(self):
        lines = ("Upgrade: WebSocket", "Connection: Upgrade", "Sec-WebSocket-Accept: x")
        sent_lines = fields_sent(*lines, start="HTTP/1.1 101 Switching Protocol", upgrade=True, keep=False)
        assert sent_lines == ["Upgrade: WebSocket", "Sec-WebSocket-Accept: x", "Connection: Upgrade"]

    def test_a_refused_upgrade_carries_no_upgrade(self):
        lines = ("Upgrade: WebSocket", "Connection: Upgrade")
        assert fields_sent(*lines, start="HTTP/1.1 403 Forbidden") == []

    @pytest.mark.parametrize(("keep", "connection"), [(True, "Upgrade"), (False, "Upgrade, close")])
    def test_426_says_what_to_upgrade_to(self, keep, connection):
        lines = fields_sent("Upgrade: a", "Connection: upgrade", start="HTTP/1.1 426 Upgrade Required", keep=keep)
        assert lines == ["Upgrade: a", f"Connection: {connection}"]


class TestFraming:
    def test_a_length_is_written_as_it_was_understood(self):
        assert fields_sent("content-length: 0011", "A: b", length=11) == ["content-length: 11", "A: b"]

    @pytest.mark.parametrize("start", [OK, "HTTP/1.1 304 Not Modified"])
    def test_the_length_of_what_is_not_sent_stays(self, start):
        """HEAD and 304 say how long the body would be."""
        assert fields_sent("Content-Length: 1000", start=start, length=0) == ["Content-Length: 1000"]

    @pytest.mark.parametrize("start", ["HTTP/1.1 204 No Content", "HTTP/1.1 103 Early Hints"])
    def test_204_and_interim_answers_have_no_framing(self, start):
        assert fields_sent("Content-Length: 0", start=start) == []
        assert fields_sent("Transfer-Encoding: chunked", start=start) == []

    def test_chunked_stays_with_its_trailer(self):
        lines = fields_sent("Trailer: X-Sum", "transfer-encoding: Chunked", length=CHUNKED)
        assert lines == ["Trailer: X-Sum", "transfer-encoding: chunked"]

    def test_the_coding_of_what_is_not_sent_goes(self):
        assert fields_sent("Transfer-Encoding: chunked", start="HTTP/1.1 304 Not Modified") == []

    def test_dechunked_ends_with_the_close(self):
        lines = fields_sent(
            "Trailer: X", "Transfer-Encoding: chunked", length=CHUNKED, dechunk=True, http10_client=True
        )
        assert lines == ["Connection: close"]

    def test_no_length_is_invented(self):
        assert fields_sent(length=UNTIL_CLOSE, keep=False) == ["Connection: close"]

    @pytest.mark.parametrize(
        ("lines", "length", "framing"),
        [
            (("Content-Length: 3",), 3, ["content-length: 3"]),
            (("Content-Length: 0",), 0, ["content-length: 0"]),
            (("Transfer-Encoding: chunked",), CHUNKED, ["transfer-encoding: chunked"]),
            ((), UNTIL_CLOSE, []),
        ],
    )
    @pytest.mark.parametrize("edit", [(), ("Content-Length: 7",), ("Transfer-Encoding: gzip", "content-length: 7")])
    def test_an_edit_cannot_change_it(self, lines, length, framing, edit):
        fields = CIMultiDict(line.split(": ") for line in (*edit, *edit))
        sent_lines = (line.lower() for line in sent(*lines, length=length, fields=fields))
        assert [line for line in sent_lines if line.startswith(("content-length", "transfer-encoding"))] == framing


class TestEdits:
    def test_replace_the_fields(self):
        fields = editable(answer("A: b", "Date: d").fields)
        fields.add("Set-Cookie", "SERVERID=a; path=/")
        assert sent(fields=fields) == [OK, "A: b", "Date: d", "Set-Cookie: SERVERID=a; path=/"]

    def test_that_would_break_the_head_are_refused(self):
        with pytest.raises(ValueError, match="control character"):
            sent(fields=CIMultiDict({"Set-Cookie": "a\r\nX: y"}))
