"""What is relied on of aiohttp's parsers, so that an update which changes it fails here and not on the wire."""

import os
import subprocess
import sys

import aiohttp
import pytest
from aiohttp import http_exceptions, http_parser
from aiohttp.http import HttpRequestParser, HttpResponseParser
from multidict import CIMultiDictProxy

from affinity_gw.errors import BadAnswer, BadRequest, GatewayError
from affinity_gw.proxy import parser
from affinity_gw.proxy.parser import MAX_ANSWER_FIELDS, parse_request, parse_response, require_native_parser


def engine(kind, limit=8190, fields=100):
    """A parser made as the gateway makes it."""
    return kind(
        None,
        None,
        limit,
        max_line_size=limit,
        max_field_size=limit,
        max_headers=fields,
        response_with_body=False,
        auto_decompress=False,
    )


class TestContract:
    """``proxy/parser`` alone touches aiohttp; this is all that it needs."""

    def test_the_version_is_of_the_series_that_was_tried(self):
        assert aiohttp.__version__.startswith("3.14."), "run the whole corpus, then move the pin in pyproject.toml"

    def test_the_native_parser_is_the_one_that_is_used(self):
        assert HttpRequestParser is not http_parser.HttpRequestParserPy
        assert HttpResponseParser is not http_parser.HttpResponseParserPy
        assert HttpRequestParser.__module__ == "aiohttp._http_parser"

    def test_a_request_message_has_the_fields_that_are_read(self):
        raw = b"GET /a%20b?c=d HTTP/1.0\r\nhOST: a\r\nX-b: \xe9 1\r\nX-B: 2\r\n\r\n"
        ((message, _),), upgraded, rest = engine(HttpRequestParser).feed_data(raw)
        assert (message.method, message.path) == ("GET", "/a%20b?c=d")
        assert (message.version.major, message.version.minor) == (1, 0)
        assert (upgraded, rest) == (False, b"")

    def test_raw_headers_keep_bytes_case_and_order(self):
        raw = b"GET / HTTP/1.1\r\nhOST: a\r\nX-b:  \xe9 1 \r\nX-B: 2\r\nEmpty:\r\n\r\n"
        ((message, _),), _, _ = engine(HttpRequestParser).feed_data(raw)
        assert message.raw_headers == ((b"hOST", b"a"), (b"X-b", b"\xe9 1"), (b"X-B", b"2"), (b"Empty", b""))

    def test_headers_are_a_multidict_with_surrogates(self):
        raw = b"GET / HTTP/1.1\r\nHost: a\r\nX-b: \xe9\r\nx-B: 2\r\n\r\n"
        ((message, _),), _, _ = engine(HttpRequestParser).feed_data(raw)
        assert isinstance(message.headers, CIMultiDictProxy)
        assert message.headers.getall("x-b") == ["\udce9", "2"]

    def test_an_answer_message_has_the_fields_that_are_read(self):
        raw = b"HTTP/1.1 404 N\xe9t found\r\nContent-Length: 5\r\n\r\n"
        ((message, _),), _, rest = engine(HttpResponseParser).feed_data(raw)
        assert (message.code, message.reason) == (404, "N\udce9t found")
        assert (message.version.major, message.version.minor) == (1, 1)
        assert message.raw_headers == ((b"Content-Length", b"5"),)
        assert rest == b""

    @pytest.mark.parametrize(
        ("kind", "raw"),
        [
            (HttpRequestParser, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"),
            (HttpRequestParser, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (HttpRequestParser, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            (HttpResponseParser, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
            (HttpResponseParser, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            (HttpResponseParser, b"HTTP/1.1 200 OK\r\n\r\n"),
            (HttpResponseParser, b"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        ],
        ids=[
            "request with a length",
            "chunked request",
            "upgrade",
            "answer with a length",
            "chunked answer",
            "answer until the close",
            "101",
        ],
    )
    def test_a_head_alone_is_one_message_with_nothing_left(self, kind, raw):
        """Without a protocol, a loop or a byte of a body."""
        messages, _upgraded, rest = engine(kind).feed_data(raw)
        assert len(messages) == 1
        assert rest == b""

    def test_what_is_too_long_has_an_error_of_its_own(self):
        raw = b"GET / HTTP/1.1\r\nHost: " + b"a" * 100 + b"\r\n\r\n"
        with pytest.raises(http_exceptions.LineTooLong):
            engine(HttpRequestParser, limit=50).feed_data(raw)
        assert issubclass(http_exceptions.LineTooLong, http_exceptions.BadHttpMessage)

    def test_a_head_as_long_as_the_limit_is_not_too_long(self):
        raw = b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: " + b"a" * 200 + b"\r\n\r\n"
        messages, _, _ = engine(HttpRequestParser, limit=len(raw)).feed_data(raw)
        assert len(messages) == 1

    def test_errors_carry_a_message(self):
        with pytest.raises(http_exceptions.BadHttpMessage) as caught:
            engine(HttpRequestParser).feed_data(b"GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n")
        assert "token" in caught.value.message

    @pytest.mark.parametrize(
        "raw",
        [
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"GET / HTTP/1.1\nHost: a\n\n",
            b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
            b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        ],
        ids=["two lengths", "length and chunked", "bare LF", "blank before colon", "folded", "NUL"],
    )
    def test_requests_are_read_strictly(self, raw):
        with pytest.raises((http_exceptions.BadHttpMessage, ValueError)):
            engine(HttpRequestParser).feed_data(raw)


class TestRequests:
    def test_a_head(self):
        head = parse_request(b"GET /a?b HTTP/1.1\r\nHost: a.example\r\nX: y\r\n\r\n", 100, "192.0.2.1")
        assert (head.method, head.target, head.minor) == ("GET", "/a?b", 1)
        assert head.fields == ((b"Host", b"a.example"), (b"X", b"y"))
        assert head.headers["host"] == "a.example"
        assert (head.peer, head.client) == ("192.0.2.1", "192.0.2.1")

    def test_one_field_too_many_is_431(self):
        raw = b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nX: 2\r\n\r\n"
        assert len(parse_request(raw, 3, "").fields) == 3
        with pytest.raises(BadRequest) as caught:
            parse_request(raw, 2, "")
        assert caught.value.status == 431

    @pytest.mark.parametrize(
        "raw",
        [
            b"\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n",
            b"PRI * HTTP/2.0\r\n\r\n",
            b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
            b"GET / RTSP/1.0\r\nHost: a\r\n\r\n",
            b"GET /\r\nHost: a\r\n\r\n",
        ],
        ids=["nothing", "two heads", "half a head", "HTTP/2", "HTTP/1.2", "RTSP", "HTTP/0.9"],
    )
    def test_what_is_not_one_head_is_400(self, raw):
        with pytest.raises(BadRequest) as caught:
            parse_request(raw, 100, "")
        assert caught.value.status == 400

    def test_the_reason_says_what_is_wrong(self):
        with pytest.raises(BadRequest) as caught:
            parse_request(b"GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n", 100, "")
        assert "token" in caught.value.reason
        assert "\n" not in caught.value.reason


class TestAnswers:
    def test_a_head(self):
        head = parse_response(b"HTTP/1.0 404 Not Found\r\nX-Y: z\r\n\r\n")
        assert (head.status, head.reason, head.minor) == (404, "Not Found", 0)
        assert head.fields == ((b"X-Y", b"z"),)

    @pytest.mark.parametrize(
        "raw",
        [
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (MAX_ANSWER_FIELDS + 1) + b"\r\n",
            b"HTTP/1.1 200 OK\n\n",
            b"HTTP/2.0 200 OK\r\n\r\n",
            b"HTTP/1.1 20 OK\r\n\r\n",
            b"RTSP/1.0 200 OK\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        ],
        ids=["too many fields", "bare LF", "HTTP/2", "two digits", "RTSP", "folded"],
    )
    def test_what_is_not_http_is_a_bad_answer(self, raw):
        with pytest.raises(BadAnswer):
            parse_response(raw)


class TestRefusal:
    def test_the_native_parser_is_fine(self):
        require_native_parser()

    def test_the_pure_python_parser_is_refused(self, monkeypatch):
        monkeypatch.setattr(parser, "HttpRequestParser", http_parser.HttpRequestParserPy)
        with pytest.raises(GatewayError, match="pure-Python"):
            require_native_parser()

    def test_so_it_is_where_aiohttp_is_told_to_use_it(self):
        program = "from affinity_gw.proxy.parser import require_native_parser; require_native_parser()"
        environment = os.environ | {"AIOHTTP_NO_EXTENSIONS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "install aiohttp from a wheel" in done.stderr
