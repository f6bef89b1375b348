import pytest
from multidict import CIMultiDict

from affinity_gw.http1.framing import CHUNKED
from affinity_gw.http1.head import RequestHead
from affinity_gw.http1.rewrite import Origin, RequestRewrite, editable
from tests.http1.making import get

QUIET = {
    "forwarded_for": "off",
    "forwarded_proto": False,
    "forwarded_host": False,
    "forwarded_port": False,
    "original_to": False,
}
ORIGIN = Origin("192.0.2.1", "192.0.2.1", "10.0.0.9", 80)
TRUSTED = Origin("10.0.0.1", "192.0.2.1", "10.0.0.9", 80, trusted=True)


def sent(head, origin=ORIGIN, options=QUIET, **arguments):
    """The lines that the server gets."""
    raw = RequestRewrite(**options).build(head, origin, **arguments)
    assert raw.endswith(b"\r\n\r\n")
    lines = raw[:-4].decode("latin-1").split("\r\n")
    assert not any(mark in line for line in lines for mark in "\r\n\0")
    return lines


def fields_sent(*lines, options=QUIET, origin=ORIGIN, start="GET / HTTP/1.1", **arguments):
    """The lines behind request line and Host."""
    return sent(get(*lines, start=start), origin, options, **arguments)[2:]


def test_names_and_values_pass_in_the_order_and_case_in_which_they_came():
    lines = ["user-AGENT: x", "Accept: a", "Cookie: c=d", "accept: b", "X: caf\xe9", "X-Empty: "]
    assert fields_sent(*lines) == [*lines[:4], "X: caf\xc3\xa9", "X-Empty: "]


def test_everything_that_the_gateway_says_stands_at_the_end():
    options = {"set_fields": [("X-Wt-Redirect-Secret", "s")], "close": True}
    assert sent(get("Connection: keep-alive", "Accept: a"), options=options) == [
        "GET / HTTP/1.1",
        "Host: a.example",
        "Accept: a",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: a.example",
        "X-Forwarded-Port: 80",
        "X-Original-To: 10.0.0.9",
        "X-Wt-Redirect-Secret: s",
        "Connection: close",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Connection: keep-alive",
        "connection: x",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "Proxy-Authorization: Basic x",
        "Proxy-Authenticate: Basic",
        "Proxy: http://evil.example/",
        "HTTP2-Settings: x",
        "TE: gzip",
        "TE: trailers;q=0",
        "Trailer: X-Sum",
        "Upgrade: websocket",
    ],
)
def test_hop_by_hop_fields_do_not_pass(line):
    assert fields_sent(line, "Accept: a") == ["Accept: a"]
    assert (
        fields_sent(line, "Accept: a", options={**QUIET, "forwarded_for": "append"}, origin=TRUSTED)[0] == "Accept: a"
    )


def test_nominated_fields_do_not_pass():
    assert fields_sent("X-Foo: 1", "Connection: close, x-foo, X-Bar", "X-Bar: 2", "X-Baz: 3") == ["X-Baz: 3"]


def test_nominating_cannot_remove_what_is_needed():
    nominated = "Host, Content-Length, Cookie, X-Forwarded-For, Forwarded, X-Original-To, X-Secret"
    lines = fields_sent(
        f"Connection: {nominated}",
        "Content-Length: 3",
        "Cookie: a=b",
        "X-Secret: forged",
        start="POST / HTTP/1.1",
        length=3,
        options={"set_fields": [("X-Secret", "s")]},
    )
    assert lines == [
        "Content-Length: 3",
        "Cookie: a=b",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: a.example",
        "X-Forwarded-Port: 80",
        "X-Original-To: 10.0.0.9",
        "X-Secret: s",
    ]


def test_nominating_cannot_remove_what_a_trusted_proxy_said():
    lines = fields_sent(
        "Connection: X-Forwarded-For, X-Forwarded-Proto",
        "X-Forwarded-For: 192.0.2.1",
        "X-Forwarded-Proto: https",
        origin=TRUSTED,
        options={**QUIET, "forwarded_for": "replace"},
    )
    assert lines == ["X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1, 10.0.0.1"]


@pytest.mark.parametrize("mode", ["replace", "off"])
def test_a_stranger_s_claims_do_not_pass(mode):
    lines = ("X-Forwarded-For: 6.6.6.6", "x-real-ip: 6.6.6.6", "Forwarded: for=6.6.6.6", "X_Forwarded_For: 6.6.6.6")
    assert not any("6.6.6.6" in line for line in fields_sent(*lines, options={**QUIET, "forwarded_for": mode}))


def test_append_is_haproxy_s():
    lines = ("X-Forwarded-For: 6.6.6.6", "X_A: b")
    assert fields_sent(*lines, options={**QUIET, "forwarded_for": "append"}) == [*lines, "X-Forwarded-For: 192.0.2.1"]


def test_te_trailers_passes_and_is_named_in_connection():
    assert fields_sent("te: gzip, Trailers", "Accept: a") == ["te: trailers", "Accept: a", "Connection: TE"]
    assert fields_sent("TE: trailers", "TE: trailers", options={**QUIET, "close": True}) == [
        "TE: trailers",
        "Connection: TE, close",
    ]


class TestConnection:
    @pytest.mark.parametrize(
        ("options", "version", "upgrade", "line"),
        [
            ({}, 1, None, []),
            ({}, 0, None, []),
            ({"close": True}, 1, None, ["Connection: close"]),
            ({"close": True}, 0, None, []),
            ({"keepalive_for_http10": True}, 1, None, []),
            ({"keepalive_for_http10": True}, 0, None, ["Connection: keep-alive"]),
            ({"close": True}, 1, "websocket", ["Connection: Upgrade"]),
            ({"keepalive_for_http10": True}, 1, "websocket", ["Connection: Upgrade"]),
        ],
    )
    def test_connection(self, options, version, upgrade, line):
        start = f"GET / HTTP/1.{version}"
        assert fields_sent("Connection: x", start=start, options={**QUIET, **options}, upgrade=upgrade) == line


class TestUpgrade:
    LINES = ("Connection: keep-alive, Upgrade", "upgrade: WebSocket", "Sec-WebSocket-Key: k", "Accept-Encoding: gzip")

    def test_is_written_anew_in_its_place(self):
        lines = fields_sent(*self.LINES, upgrade="websocket")
        assert lines == ["upgrade: websocket", "Sec-WebSocket-Key: k", "Accept-Encoding: gzip", "Connection: Upgrade"]

    def test_is_written_once(self):
        lines = fields_sent("Connection: upgrade", "Upgrade: a", "Upgrade: b", upgrade="a, b")
        assert lines == ["Upgrade: a, b", "Connection: Upgrade"]

    def test_may_drop_more(self):
        options = {**QUIET, "drop_on_upgrade": ["ACCEPT-encoding"]}
        assert "Accept-Encoding: gzip" not in fields_sent(*self.LINES, options=options, upgrade="websocket")
        assert "Accept-Encoding: gzip" in fields_sent(*self.LINES, options=options)


class TestFraming:
    POST = "POST / HTTP/1.1"

    def test_a_length_stays_in_its_place(self):
        lines = ("content-length: 3", "Accept: a")
        assert fields_sent(*lines, start=self.POST, length=3) == list(lines)

    def test_a_length_is_written_as_it_was_understood(self):
        assert fields_sent("Content-Length: 0003", start=self.POST, length=3) == ["Content-Length: 3"]

    def test_a_length_of_zero_stays(self):
        assert fields_sent("Content-Length: 0", start=self.POST) == ["Content-Length: 0"]

    def test_no_length_is_invented(self):
        assert fields_sent(start=self.POST) == []

    def test_chunked_stays_with_its_trailer(self):
        lines = ("Trailer: X-Sum", "transfer-encoding: Chunked")
        assert fields_sent(*lines, start=self.POST, length=CHUNKED) == ["Trailer: X-Sum", "transfer-encoding: chunked"]

    @pytest.mark.parametrize("length", [0, 12])
    def test_a_body_that_was_buffered_gets_a_length(self, length):
        lines = ("Trailer: X-Sum", "Transfer-Encoding: chunked", "Accept: a")
        sent_lines = fields_sent(*lines, start=self.POST, length=CHUNKED, replace_length=length)
        assert sent_lines == ["Accept: a", f"Content-Length: {length}"]

    @pytest.mark.parametrize(
        ("lines", "length", "framing"),
        [
            (("Content-Length: 3",), 3, "Content-Length: 3"),
            (("Transfer-Encoding: chunked",), CHUNKED, "Transfer-Encoding: chunked"),
            (("Content-Length: 0",), 0, "Content-Length: 0"),
        ],
    )
    @pytest.mark.parametrize("edit", [(), ("Content-Length: 7",), ("Transfer-Encoding: gzip", "content-length: 7")])
    def test_an_edit_cannot_change_it(self, lines, length, framing, edit):
        fields = CIMultiDict(line.split(": ") for line in ("Host: a", *edit, *edit))
        raw = RequestRewrite(**QUIET).build(get(*lines, start=self.POST), ORIGIN, length=length, fields=fields)
        framings = [line for line in raw.decode().split("\r\n") if line.lower().startswith(("content-l", "transfer-"))]
        assert [line.lower() for line in framings] == [framing.lower()]


class TestExpect:
    START = "POST / HTTP/1.1"

    def test_passes(self):
        lines = ("Expect: 100-continue", "Content-Length: 3")
        assert fields_sent(*lines, start=self.START, length=3) == list(lines)

    def test_is_dropped_where_the_gateway_has_said_100(self):
        lines = ("Expect: 100-continue", "Content-Length: 3")
        assert fields_sent(*lines, start=self.START, length=3, drop_expect=True) == ["Content-Length: 3"]

    def test_is_dropped_from_http10(self):
        assert fields_sent("Expect: 100-continue", start="POST / HTTP/1.0") == []


class TestOptions:
    def test_names_and_prefixes_are_dropped(self):
        options = {**QUIET, "drop": ["X-Wt-*", "X-SSL-Client-Cert", "expect"]}
        lines = ("x-wt-redirect-secret: s", "X-Ssl-Client-Cert: c", "X-Wt: a", "Expect: 100-continue")
        assert fields_sent(*lines, options=options) == ["X-Wt: a"]

    def test_framing_cannot_be_dropped(self):
        options = {**QUIET, "drop": ["*"]}
        assert sent(get("Content-Length: 3", start="POST / HTTP/1.1"), options=options, length=3) == [
            "POST / HTTP/1.1",
            "Content-Length: 3",
        ]

    def test_what_is_set_replaces_what_came(self):
        options = {**QUIET, "set_fields": [("X-A", "ours"), ("x-forwarded-proto", "https")], "forwarded_proto": True}
        lines = ("x-a: theirs", "X-A: theirs", "X-B: b")
        for origin in (ORIGIN, TRUSTED):
            assert fields_sent(*lines, options=options, origin=origin) == [
                "X-B: b",
                "X-A: ours",
                "x-forwarded-proto: https",
            ]

    def test_a_host_that_is_set_is_the_only_one(self):
        head = get(start="GET http://a.example/ HTTP/1.0", host=None)
        assert sent(head, options={**QUIET, "set_fields": [("Host", "b")]}) == ["GET / HTTP/1.0", "Host: b"]

    @pytest.mark.parametrize(
        "field",
        [
            ("Connection", "close"),
            ("content-length", "3"),
            ("Transfer-Encoding", "chunked"),
            ("A", "b\r\nC: d"),
            ("A b", "c"),
        ],
    )
    def test_what_cannot_be_set_is_refused(self, field):
        with pytest.raises(ValueError, match=r"cannot be set|control character|field name"):
            RequestRewrite(set_fields=[field])


class TestTarget:
    @pytest.mark.parametrize(
        ("start", "line"),
        [
            ("GET /a?b HTTP/1.1", "GET /a?b HTTP/1.1"),
            ("OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1"),
            ("GET http://a.example/b?c HTTP/1.1", "GET /b?c HTTP/1.1"),
            ("GET http://a.example HTTP/1.1", "GET / HTTP/1.1"),
            ("OPTIONS http://a.example HTTP/1.1", "OPTIONS * HTTP/1.1"),
            ("GET / HTTP/1.0", "GET / HTTP/1.0"),
        ],
    )
    def test_is_sent_in_origin_form(self, start, line):
        assert sent(get(start=start)) == [line, "Host: a.example"]

    def test_host_comes_from_the_target_where_there_is_no_other(self):
        head = get("Accept: a", start="GET http://b.example:8080/c HTTP/1.0", host=None)
        lines = sent(head, options={**QUIET, "forwarded_host": True})
        assert lines[:3] == ["GET /c HTTP/1.0", "Host: b.example:8080", "Accept: a"]
        assert lines[3:] == ["X-Forwarded-Host: b.example:8080"]

    def test_can_be_replaced(self):
        assert sent(get(start="GET /a?wtd=x HTTP/1.1"), target="/a") == ["GET /a HTTP/1.1", "Host: a.example"]
        absolute = get(start="GET http://a.example/a?wtd=x HTTP/1.1")
        assert sent(absolute, target="http://a.example/a")[0] == "GET /a HTTP/1.1"

    @pytest.mark.parametrize("target", ["", "a", "/a b", "/a\r\nX: y", "/a#b"])
    def test_a_replacement_that_cannot_be_sent_is_refused(self, target):
        with pytest.raises(ValueError, match="request-target"):
            sent(get(), target=target)


class TestEdits:
    def test_replace_the_fields(self):
        head = get("Cookie: a=b; SERVERID=x", "Accept: a")
        fields = editable(head.fields)
        fields["Cookie"] = "a=b"
        fields.add("X-New", "n")
        assert sent(head, fields=fields)[1:] == ["Host: a.example", "Cookie: a=b", "Accept: a", "X-New: n"]

    def test_are_still_subject_to_the_rules(self):
        fields = CIMultiDict(
            [("Host", "a"), ("Upgrade", "h2c"), ("X-Foo", "1"), ("Connection", "x-foo"), ("Proxy", "p")]
        )
        assert sent(get(), fields=fields) == ["GET / HTTP/1.1", "Host: a"]

    @pytest.mark.parametrize("field", [("A", "b\r\nC: d"), ("A\r\nB", "c"), ("A", "\0")])
    def test_that_would_break_the_head_are_refused(self, field):
        with pytest.raises(ValueError, match=r"control character|field name"):
            sent(get(), fields=CIMultiDict([("Host", "a"), field]))

    @pytest.mark.parametrize("hosts", [[], ["a", "b"], ["a b"], [""]])
    def test_must_leave_one_valid_host(self, hosts):
        with pytest.raises(ValueError, match="Host"):
            sent(get(), fields=CIMultiDict(("Host", host) for host in hosts))


class TestTheUsualRequest:
    """``build_usual`` writes what ``build`` would, however often and in whatever order the requests come."""

    STARTS = ("GET /a HTTP/1.1", "POST /b?c=d HTTP/1.1", "GET / HTTP/1.0", "GET http://a.example/x HTTP/1.1")
    LINES = (
        ("Accept: */*",),
        ("Connection: close, X", "X: y"),
        ("X-Forwarded-For: 198.51.100.1", "TE: trailers"),
    )

    @pytest.mark.parametrize("trusted", [False, True])
    def test_is_written_as_any_other(self, trusted):
        one, other = RequestRewrite(), RequestRewrite(forwarded_for="append", close=True, drop=("Accept",))
        origin = Origin("192.0.2.1", "192.0.2.1", "10.0.0.9", 80, trusted=trusted)
        starts = [get(start=start) for start in (*self.STARTS, *self.STARTS)]
        heads = [
            RequestHead(start.method, start.target, start.minor, shared.fields, shared.headers)
            for shared in [get(*lines) for lines in self.LINES]
            for start in starts
        ]
        for head in (*heads, *reversed(heads)):
            for rewrite in (one, one, other):
                fresh = Origin("192.0.2.1", "192.0.2.1", "10.0.0.9", 80, trusted=trusted)
                assert rewrite.build_usual(head, origin) == rewrite.build(head, fresh)

    def test_the_fields_of_one_connection_do_not_reach_another(self):
        rewrite, head = RequestRewrite(), get()
        one = Origin("192.0.2.1", "192.0.2.1", "10.0.0.9", 80)
        two = Origin("192.0.2.2", "192.0.2.2", "10.0.0.9", 80)
        rewrite.build_usual(head, one)
        assert b"X-Forwarded-For: 192.0.2.2\r\n" in rewrite.build_usual(head, two)
        assert b"X-Forwarded-For: 192.0.2.1\r\n" in rewrite.build_usual(head, one)
