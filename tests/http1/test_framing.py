import pytest

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.http1.framing import (
    CHUNKED,
    LARGEST_LENGTH,
    NO_BODY,
    UNTIL_CLOSE,
    LengthBody,
    UntilCloseBody,
    body_of,
    request_length,
    response_length,
)
from affinity_gw.http1.head import RequestHead, ResponseHead
from tests.http1.making import answer, get, headers_of

POST = "POST / HTTP/1.1"


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        pytest.param((), NO_BODY, id="neither field"),
        pytest.param(("Content-Length: 0",), 0, id="zero"),
        pytest.param(("Content-Length: 11",), 11, id="a number"),
        pytest.param(("content-length: 0011",), 11, id="leading zeros"),
        pytest.param((f"Content-Length: {LARGEST_LENGTH}",), LARGEST_LENGTH, id="the largest"),
        pytest.param(("Transfer-Encoding: chunked",), CHUNKED, id="chunked"),
        pytest.param(("Transfer-Encoding: CHUNKED",), CHUNKED, id="chunked in capitals"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_request_length(method, lines, length):
    assert request_length(get(*lines, start=f"{method} / HTTP/1.1")) == length


def fields(*lines):
    return tuple(tuple(line.encode().split(b": ", 1)) for line in lines)


BAD_FRAMINGS = {
    "two different": ("Content-Length: 3", "Content-Length: 4"),
    "two equal": ("Content-Length: 3", "Content-Length: 3"),
    "two in one line": ("Content-Length: 3, 3",),
    "empty": ("Content-Length: ",),
    "signed": ("Content-Length: +3",),
    "negative": ("Content-Length: -3",),
    "hexadecimal": ("Content-Length: 0x3",),
    "underscore": ("Content-Length: 1_000",),
    "a blank inside": ("Content-Length: 3 4",),
    "a fraction": ("Content-Length: 3.0",),
    "Arabic digits": ("Content-Length: ٣",),
    "superscript": ("Content-Length: ³",),
    "just too large": (f"Content-Length: {LARGEST_LENGTH + 1}",),
    "huge": ("Content-Length: 99999999999999999999999",),
    "thousands of zeros": ("Content-Length: " + "0" * 5000,),
    "both fields": ("Content-Length: 3", "Transfer-Encoding: chunked"),
    "both fields, the other way round": ("Transfer-Encoding: chunked", "Content-Length: 3"),
    "a coding before chunked": ("Transfer-Encoding: gzip, chunked",),
    "a coding after chunked": ("Transfer-Encoding: chunked, gzip",),
    "another coding": ("Transfer-Encoding: gzip",),
    "identity": ("Transfer-Encoding: identity",),
    "chunked twice": ("Transfer-Encoding: chunked, chunked",),
    "chunked in two lines": ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "no coding": ("Transfer-Encoding: ",),
    "an empty element": ("Transfer-Encoding: ,chunked",),
    "quoted": ('Transfer-Encoding: "chunked"',),
    "a parameter": ("Transfer-Encoding: chunked;a=b",),
    "something like chunked": ("Transfer-Encoding: xchunked",),
    "a KELVIN SIGN, which lowers to k": ("Transfer-Encoding: chun\u212aed",),
    "a vertical tab": ("Transfer-Encoding: \x0bchunked",),
}


@pytest.mark.parametrize("lines", BAD_FRAMINGS.values(), ids=BAD_FRAMINGS)
class TestBadFramings:
    """What the parser refuses is refused here as well: framing does not lean on it."""

    def test_in_a_request(self, lines):
        given = fields("Host: a", *lines)
        with pytest.raises(BadRequest) as caught:
            request_length(RequestHead("POST", "/", 1, given, headers_of(given)))
        assert caught.value.status == 400

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_in_an_answer(self, lines, method):
        given = fields(*lines)
        with pytest.raises(BadAnswer):
            response_length(method, ResponseHead(200, "OK", 1, given, headers_of(given)))


def test_chunked_in_http10_is_refused_both_ways():
    with pytest.raises(BadRequest):
        request_length(get("Transfer-Encoding: chunked", start="POST / HTTP/1.0"))
    with pytest.raises(BadAnswer):
        response_length("GET", answer("Transfer-Encoding: chunked", start="HTTP/1.0 200 OK"))


LENGTHS = [
    ((), UNTIL_CLOSE),
    (("Content-Length: 0",), 0),
    (("Content-Length: 11",), 11),
    (("Transfer-Encoding: chunked",), CHUNKED),
]


@pytest.mark.parametrize(("lines", "length"), LENGTHS)
@pytest.mark.parametrize("status", [200, 205, 206, 301, 403, 426, 500, 999])
def test_response_length(lines, length, status):
    assert response_length("GET", answer(*lines, start=f"HTTP/1.1 {status} X")) == length


@pytest.mark.parametrize("lines", [lines for lines, _ in LENGTHS])
@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", 200), ("HEAD", 404), ("GET", 100), ("GET", 101), ("GET", 103), ("POST", 204), ("GET", 304)],
)
def test_answers_that_never_have_a_body(method, status, lines):
    assert response_length(method, answer(*lines, start=f"HTTP/1.1 {status} X")) == NO_BODY


class TestLengthBody:
    def test_takes_its_bytes_and_no_more(self):
        body = LengthBody(5)
        assert (body.feed(b"abc"), body.finished) == (3, False)
        assert (body.feed(b"deGET /"), body.finished) == (2, True)
        assert body.feed(b"GET /") == 0

    def test_ends_exactly_with_the_data(self):
        body = LengthBody(3)
        assert (body.feed(b"abc"), body.finished) == (3, True)

    def test_of_nothing_is_finished_from_the_start(self):
        body = LengthBody(0)
        assert body.finished
        assert body.feed(b"GET /") == 0


def test_until_close_takes_everything_until_somebody_says_that_it_is_finished():
    body = UntilCloseBody()
    assert (body.feed(b"abc"), body.feed(b""), body.finished) == (3, 0, False)
    body.finished = True
    assert body.feed(b"late") == 0


@pytest.mark.parametrize(
    ("length", "kind"), [(0, LengthBody), (7, LengthBody), (CHUNKED, ChunkedBody), (UNTIL_CLOSE, UntilCloseBody)]
)
def test_body_of(length, kind):
    assert type(body_of(length, BadAnswer)) is kind
