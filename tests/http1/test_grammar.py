"""Which heads are refused, by the parser or by us, each whole and as a beginning that waits for more.

The tables run raw bytes through the very parser that the gateway uses, so an update of it that lets something new
through fails here.
"""

import pytest

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1 import grammar
from affinity_gw.http1.head import RequestHead, ResponseHead
from tests.http1.making import headers_of, parse_request, parse_response, request, response

HOST = b"Host: a.example\r\n"


def with_start(start: bytes) -> bytes:
    return start + b"\r\n" + HOST + b"\r\n"


def with_line(line: bytes) -> bytes:
    return b"GET / HTTP/1.1\r\n" + HOST + line + b"\r\n\r\n"


def with_host(value: bytes, start: bytes = b"GET / HTTP/1.1") -> bytes:
    return start + b"\r\nHost: " + value + b"\r\n\r\n"


GOOD_REQUESTS = {
    "plain": with_start(b"GET / HTTP/1.1"),
    "HTTP/1.0 without Host": b"GET / HTTP/1.0\r\n\r\n",
    "HTTP/1.0 with Host": with_start(b"GET / HTTP/1.0"),
    "WebDAV method": with_start(b"PROPFIND / HTTP/1.1"),
    "OPTIONS *": with_start(b"OPTIONS * HTTP/1.1"),
    "absolute-form": with_start(b"GET http://a.example/b?c HTTP/1.1"),
    "absolute-form, default port and case": with_start(b"GET HTTP://A.example:80/ HTTP/1.1"),
    "absolute-form, HTTP/1.0 without Host": b"GET http://a.example/ HTTP/1.0\r\n\r\n",
    "what browsers leave unescaped": with_start(b'GET /?a={b|c}&d[]="<>^`\\ HTTP/1.1'),
    "an empty line before": b"\r\n" + with_start(b"GET / HTTP/1.1"),
    "no field value": with_line(b"X:"),
    "blanks around a value": with_line(b"X: \t a \t"),
    "tab in a value": with_line(b"X: a\tb"),
    "8-bit bytes in a value": with_line(b"X: caf\xe9"),
    "underscore in a name": with_line(b"X_A: b"),
    "IPv6 Host": with_host(b"[::1]:8080"),
    "100 fields": with_line(b"\r\n".join(b"X-%d: y" % number for number in range(99))),
}

BAD_REQUESTS = {
    "bare LF everywhere": b"GET / HTTP/1.1\nHost: a\n\n",
    "bare LF after the request line": b"GET / HTTP/1.1\n" + HOST + b"\r\n",
    "bare LF after a field": b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
    "bare LF as the blank line": b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    "bare LF before the request": b"\n" + with_start(b"GET / HTTP/1.1"),
    "bare CR in a value": with_line(b"X: a\rb"),
    "CR CR LF": with_line(b"X: a\r"),
    "NUL in a value": with_line(b"X: a\0b"),
    "NUL in a name": with_line(b"X\0: b"),
    "0x01 in a value": with_line(b"X: a\1b"),
    "0x7f in a value": with_line(b"X: a\x7fb"),
    "folded line": with_line(b"X: a\r\n b"),
    "line folded with a tab": with_line(b"X: a\r\n\tb"),
    "folded empty line": with_line(b"X: a\r\n "),
    "first field begins with a blank": b"GET / HTTP/1.1\r\n " + HOST + b"\r\n",
    "blank before the colon": with_line(b"X : a"),
    "no colon": with_line(b"X"),
    "no name": with_line(b": a"),
    "8-bit byte in a name": with_line(b"X\xe9: a"),
    "parenthesis in a name": with_line(b"X(: a"),
    "blank in a name": with_line(b"X Y: a"),
    "two blanks after the method": with_start(b"GET  / HTTP/1.1"),
    "two blanks before the version": with_start(b"GET /  HTTP/1.1"),
    "tab after the method": with_start(b"GET\t/ HTTP/1.1"),
    "blank after the version": with_start(b"GET / HTTP/1.1 "),
    "blank before the method": with_start(b" GET / HTTP/1.1"),
    "method in lower case": with_start(b"get / HTTP/1.1"),
    "unknown method": with_start(b"FOO / HTTP/1.1"),
    "HTTP/0.9 by version": with_start(b"GET / HTTP/0.9"),
    "HTTP/0.9 without a version": b"GET /\r\n\r\n",
    "HTTP/1.2": with_start(b"GET / HTTP/1.2"),
    "HTTP/1.10": with_start(b"GET / HTTP/1.10"),
    "HTTP/2.0": with_start(b"GET / HTTP/2.0"),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\n",
    "PRI in 1.1": with_start(b"PRI * HTTP/1.1"),
    "http in lower case": with_start(b"GET / http/1.1"),
    "RTSP": with_start(b"DESCRIBE / RTSP/1.0"),
    "RTSP by version": with_start(b"GET / RTSP/1.0"),
    "ICE": with_start(b"SOURCE / ICE/1.0"),
    "fragment": with_start(b"GET /a#b HTTP/1.1"),
    "8-bit byte in the target": with_start(b"GET /\xe9 HTTP/1.1"),
    "UTF-8 in the target": with_start("GET /é HTTP/1.1".encode()),
    "0x01 in the target": with_start(b"GET /\1 HTTP/1.1"),
    "0x7f in the target": with_start(b"GET /\x7f HTTP/1.1"),
    "tab in the target": with_start(b"GET /\ta HTTP/1.1"),
    "target without a slash": with_start(b"GET a HTTP/1.1"),
    "target is a query": with_start(b"GET ?a HTTP/1.1"),
    "* with GET": with_start(b"GET * HTTP/1.1"),
    "authority-form with GET": with_start(b"GET a.example:80 HTTP/1.1"),
    "foreign scheme": with_start(b"GET ftp://a.example/ HTTP/1.1"),
    "no authority": with_start(b"GET http:///b HTTP/1.1"),
    "user name in the target": with_start(b"GET http://u@a.example/ HTTP/1.1"),
    "fragment in absolute-form": with_start(b"GET http://a.example/#b HTTP/1.1"),
    "authority is not Host": with_start(b"GET http://b.example/ HTTP/1.1"),
    "authority's port is not Host's": with_start(b"GET http://a.example:8080/ HTTP/1.1"),
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "no Host beside an absolute-form": b"GET http://a.example/ HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\n" + HOST + b"Host: b.example\r\n\r\n",
    "the same Host twice": b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "the same Host twice, HTTP/1.0": b"GET / HTTP/1.0\r\n" + HOST + HOST + b"\r\n",
    "empty Host": with_host(b""),
    "empty Host, HTTP/1.0": with_host(b"", b"GET / HTTP/1.0"),
    "blank in Host": with_host(b"a b"),
    "list in Host": with_host(b"a, b"),
    "path in Host": with_host(b"a/b"),
    "user name in Host": with_host(b"u@a"),
    "odd port in Host": with_host(b"a:http"),
    "8-bit byte in Host": with_host(b"caf\xe9"),
}


@pytest.mark.parametrize("raw", GOOD_REQUESTS.values(), ids=GOOD_REQUESTS)
class TestGoodRequests:
    def test_is_accepted(self, raw):
        assert request(raw).method

    def test_no_beginning_of_it_is_refused(self, raw):
        for end in range(len(raw)):
            grammar.check_partial(raw[:end])
            grammar.check_partial(raw[:end], max(end - 1, 0))
            grammar.check_partial(raw[:end], end // 2)


@pytest.mark.parametrize("raw", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_bad_request_is_refused_with_400(raw):
    with pytest.raises(BadRequest) as caught:
        request(raw)
    assert caught.value.status == 400


@pytest.mark.parametrize("raw", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_bad_request_is_never_accepted_byte_by_byte(raw):
    """Either a beginning is refused, or the whole of it."""
    with pytest.raises(BadRequest):  # noqa: PT012  # which of the two it is makes no difference
        for end in range(1, len(raw)):
            if b"\r\n\r\n" in raw[:end].lstrip(b"\r\n"):
                break
            grammar.check_partial(raw[:end])
        request(raw)


@pytest.mark.parametrize(
    "raw", [with_start(b"CONNECT a.example:80 HTTP/1.1"), with_start(b"TRACE / HTTP/1.1")], ids=["CONNECT", "TRACE"]
)
def test_connect_and_trace_are_refused_with_405(raw):
    with pytest.raises(BadRequest) as caught:
        request(raw)
    assert caught.value.status == 405


BAD_BEGINNINGS = {
    "LF line ends": b"GET / HTTP/1.1\nHost: a\n",
    "LF after a complete line": b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    "a bare CR": b"GET / HTTP/1.1\rH",
    "NUL": b"GET /\0",
    "an escape sequence": b"\x1b[A",
    "TLS": b"\x16\x03\x01",
    "not a token": b"(GET",
    "a blank first": b" GET",
    "an LF first": b"\n",
    "an LF after empty lines": b"\r\n\r\n\n",
    "a blank after an empty line": b"\r\n GET",
    "a folded line": b"GET / HTTP/1.1\r\nA: b\r\n ",
    "a line that is no field": b"GET / HTTP/1.1\r\nA\r\n",
    "a blank before the colon": b"GET / HTTP/1.1\r\nA : b\r\nC",
    "no version": b"GET /\r\n",
    "HTTP/2.0": b"PRI * HTTP/2.0\r\n",
    "two blanks": b"GET  / HTTP/1.1\r\n",
}


@pytest.mark.parametrize("raw", BAD_BEGINNINGS.values(), ids=BAD_BEGINNINGS)
def test_a_beginning_that_cannot_become_valid_is_refused_at_once(raw):
    with pytest.raises(BadRequest) as caught:
        grammar.check_partial(raw)
    assert caught.value.status == 400


@pytest.mark.parametrize("raw", BAD_BEGINNINGS.values(), ids=BAD_BEGINNINGS)
def test_byte_by_byte_it_is_refused_as_soon(raw):
    """Looking only at what is new finds the same."""
    with pytest.raises(BadRequest):  # noqa: PT012  # which byte it is makes no difference
        for end in range(1, len(raw) + 1):
            grammar.check_partial(raw[:end], end - 1)


@pytest.mark.parametrize("raw", [b"", b"\r", b"\r\n", b"\r\n\r", b"G", b"GET / HTTP/1.1\r\nHost: a\r"])
def test_a_beginning_that_may_become_valid_is_waited_for(raw):
    grammar.check_partial(raw)


def answer_with(line: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + line + b"\r\n\r\n"


GOOD_ANSWERS = {
    "plain": answer_with(b"A: b"),
    "no field": b"HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n",
    "no reason": b"HTTP/1.1 200 \r\nA: b\r\n\r\n",
    "no reason and no blank": b"HTTP/1.1 200\r\nA: b\r\n\r\n",
    "8-bit reason": b"HTTP/1.1 200 \xe9\r\nA: b\r\n\r\n",
    "unknown status": b"HTTP/1.1 999 X\r\nA: b\r\n\r\n",
    "two Content-Types": answer_with(b"Content-Type: a\r\nContent-Type: b"),
    "8-bit value": answer_with(b"A: \xe9"),
    "tab in a value": answer_with(b"A: b\tc"),
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n",
    "empty value": answer_with(b"Content-Type:"),
}

BAD_ANSWERS = {
    "bare LF everywhere": b"HTTP/1.1 200 OK\nA: b\n\n",
    "bare LF after a field": answer_with(b"A: b\nC: d"),
    "bare LF as the blank line": b"HTTP/1.1 200 OK\r\nA: b\r\n\n",
    "bare CR": answer_with(b"A: b\rC: d"),
    "CR CR LF": answer_with(b"A: b\r"),
    "NUL in a value": answer_with(b"A: b\0c"),
    "0x01 in a value": answer_with(b"A: b\1c"),
    "0x7f in a value": answer_with(b"A: b\x7fc"),
    "NUL in the reason": b"HTTP/1.1 200 O\0K\r\nA: b\r\n\r\n",
    "0x01 in the reason": b"HTTP/1.1 200 O\1K\r\nA: b\r\n\r\n",
    "bare CR in the reason": b"HTTP/1.1 200 O\rK\r\nA: b\r\n\r\n",
    "empty line before": b"\r\n" + answer_with(b"A: b"),
    "LF before": b"\n" + answer_with(b"A: b"),
    "HTTP/0.9": b"HTTP/0.9 200 OK\r\nA: b\r\n\r\n",
    "HTTP/1.2": b"HTTP/1.2 200 OK\r\nA: b\r\n\r\n",
    "HTTP/2.0": b"HTTP/2.0 200 OK\r\nA: b\r\n\r\n",
    "RTSP": b"RTSP/1.0 200 OK\r\nA: b\r\n\r\n",
    "ICE": b"ICE/1.0 200 OK\r\nA: b\r\n\r\n",
    "ICY": b"ICY 200 OK\r\nA: b\r\n\r\n",
    "two blanks": b"HTTP/1.1  200 OK\r\nA: b\r\n\r\n",
    "tab": b"HTTP/1.1\t200 OK\r\nA: b\r\n\r\n",
    "status of two digits": b"HTTP/1.1 20 OK\r\nA: b\r\n\r\n",
    "status of four digits": b"HTTP/1.1 2000 OK\r\nA: b\r\n\r\n",
    "status 099": b"HTTP/1.1 099 OK\r\nA: b\r\n\r\n",
    "status 000": b"HTTP/1.1 000 OK\r\nA: b\r\n\r\n",
    "no HTTP at all": b"hello\r\n\r\n",
    "folded line": answer_with(b"A: b\r\n c\r\nD: e"),
    "folded Content-Length": answer_with(b"Content-Length:\r\n 3"),
    "line folded after LF": answer_with(b"A: b\n c"),
    "first field begins with a blank": answer_with(b" A: b"),
    "blank before the colon": answer_with(b"A : b"),
    "blank before the colon of Transfer-Encoding": answer_with(b"Transfer-Encoding : chunked"),
    "blanks before the colon of Connection": answer_with(b"Connection  : close"),
    "blank before the colon of Upgrade": answer_with(b"Upgrade : websocket"),
    "no colon": answer_with(b"A"),
    "no name": answer_with(b": b"),
    "8-bit byte in a name": answer_with(b"A\xe9: b"),
    "two equal Content-Lengths": answer_with(b"Content-Length: 3\r\nContent-Length: 3"),
}


@pytest.mark.parametrize("raw", GOOD_ANSWERS.values(), ids=GOOD_ANSWERS)
def test_a_good_answer_is_accepted(raw):
    assert response(raw).status


@pytest.mark.parametrize("raw", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_a_bad_answer_is_refused(raw):
    with pytest.raises(BadAnswer) as caught:
        response(raw)
    assert caught.value.status == 502


FIELD = (b"Host", b"a")


@pytest.mark.parametrize(
    ("minor", "fields", "raw"),
    [
        pytest.param(0, (FIELD, FIELD), b"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", id="two Hosts"),
        pytest.param(1, (FIELD,), b"GET / HTTP/1.1\r\nHost: a\r\n\r\nX", id="more than a head"),
        pytest.param(1, (FIELD,), b"GET / HTTP/1.1\r\n\r\nHost: a\r\n", id="no blank line at the end"),
        pytest.param(1, (FIELD,), b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", id="a bare LF inside a value"),
    ],
)
def test_another_parser_s_mistakes_are_refused_as_well(minor, fields, raw):
    """The grammar does not lean on what this parser happens to refuse."""
    with pytest.raises(BadRequest):
        grammar.check_request(RequestHead("GET", "/", minor, fields, headers_of(fields)), raw)


def test_another_parser_s_status_of_two_digits_is_refused():
    with pytest.raises(BadAnswer):
        grammar.check_response(ResponseHead(99, "X", 1, (), headers_of(())), b"HTTP/1.1 99 X\r\n\r\n")


def test_what_the_parser_alone_would_let_through():
    """Why this file exists. When the parser becomes stricter, lines here can go."""
    assert parse_request(with_start(b"GET / HTTP/2.0")).minor == 0
    assert parse_request(with_start(b"GET / RTSP/1.0")).minor == 0
    assert parse_request(b"GET /\r\n\r\n").minor == 9
    assert parse_request(with_start(b"GET  /a#b  HTTP/1.1")).target == "/a#b"
    assert parse_response(answer_with(b"A: b\n c\x01")).headers["A"] == "b c\x01"
    assert parse_response(b"HTTP/0.9 000\n\n").status == 0
