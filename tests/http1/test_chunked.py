import time

import pytest

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1 import chunked
from affinity_gw.http1.chunked import ChunkedBody

PIPELINED = b"GET /next HTTP/1.1\r\n"

GOOD = {
    "empty": (b"0\r\n\r\n", b""),
    "one chunk": (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    "two chunks": (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", b"hello world"),
    "hexadecimal in both cases": (b"1a\r\n%b\r\n1A\r\n%b\r\n0\r\n\r\n" % (b"x" * 26, b"y" * 26), b"x" * 26 + b"y" * 26),
    "leading zeros": (b"0005\r\nhello\r\n000\r\n\r\n", b"hello"),
    "16 digits": (b"0000000000000005\r\nhello\r\n0\r\n\r\n", b"hello"),
    "CR LF in the data": (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n"),
    "what looks like the end in the data": (b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
    "an extension": (b"5;a\r\nhello\r\n0;b=c\r\n\r\n", b"hello"),
    "a quoted extension": (b'5;a="b;c\\"d\t"\r\nhello\r\n0\r\n\r\n', b"hello"),
    "two extensions": (b"5;a=b;c\r\nhello\r\n0\r\n\r\n", b"hello"),
    "a trailer": (b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", b"hello"),
    "trailers": (b"0\r\nX-Sum: 1\r\nServer-Timing:\r\nX: \xe9\r\n\r\n", b""),
}

BAD = {
    "no size": b"\r\nhello",
    "not a number": b"g\r\n",
    "signed": b"+5\r\nhello\r\n0\r\n\r\n",
    "negative": b"-5\r\nhello\r\n0\r\n\r\n",
    "0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "underscore": b"1_0\r\n",
    "17 digits": b"00000000000000005\r\n",
    "larger than a signed number": b"8000000000000000\r\n",
    "a blank before the size": b" 5\r\nhello\r\n0\r\n\r\n",
    "a blank after the size": b"5 \r\nhello\r\n0\r\n\r\n",
    "LF after the size": b"5\nhello\r\n0\r\n\r\n",
    "CR after the size": b"5\rhello\r\n0\r\n\r\n",
    "CR CR LF after the size": b"5\r\r\nhello\r\n0\r\n\r\n",
    "no CR LF after the data": b"5\r\nhello0\r\n\r\n",
    "LF after the data": b"5\r\nhello\n0\r\n\r\n",
    "CR after the data": b"5\r\nhello\r0\r\n\r\n",
    "more data than the size": b"5\r\nhellohello\r\n",
    "an extension without a name": b"5;\r\nhello",
    "an extension without a value": b"5;a=\r\nhello",
    "an extension without a semicolon": b"5 a\r\nhello",
    "a blank before an extension": b"5 ;a\r\nhello",
    "a blank in an extension": b"5; a\r\nhello",
    "a blank before a value": b"5;a= b\r\nhello",
    "an open quote": b'5;a="b\r\nhello',
    "a blank at the end of an extension": b"5;a \r\nhello",
    "LF in an extension": b"5;a\nb\r\nhello",
    "CR in an extension": b"5;a\rb\r\nhello",
    "NUL in an extension": b"5;a=\0\r\nhello",
    "LF in a quoted extension": b'5;a="\n"\r\nhello',
    "a long extension": b"5;%b\r\nhello" % (b"a" * chunked.LONGEST_SIZE_LINE),
    "LF after the last chunk": b"0\n\r\n",
    "LF as the end": b"0\r\n\n",
    "a trailer without a colon": b"0\r\nX\r\n\r\n",
    "a blank before the colon": b"0\r\nX : a\r\n\r\n",
    "no trailer name": b"0\r\n: a\r\n\r\n",
    "a folded trailer": b"0\r\nX: a\r\n b\r\n\r\n",
    "LF after a trailer": b"0\r\nX: a\n\r\n",
    "CR in a trailer": b"0\r\nX: a\rb\r\n\r\n",
    "NUL in a trailer": b"0\r\nX: a\0\r\n\r\n",
    "Content-Length as a trailer": b"0\r\nContent-Length: 5\r\n\r\n",
    "Transfer-Encoding as a trailer": b"0\r\ntransfer-encoding: chunked\r\n\r\n",
    "Host as a trailer": b"0\r\nHost: b\r\n\r\n",
    "a claim about the client as a trailer": b"0\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n",
    "an underscore in a trailer": b"0\r\nX_Real: 10.0.0.1\r\n\r\n",
    "too long a trailer": b"0\r\nX: %b\r\n\r\n" % (b"a" * chunked.MOST_TRAILER_BYTES),
    "too many trailers": b"0\r\n%b\r\n" % (b"X: a\r\n" * (chunked.MOST_TRAILERS + 1)),
    "trailers too long together": b"0\r\n%b\r\n" % (b"X: %b\r\n" % (b"a" * 400) * 50),
    "the next request": PIPELINED,
}


def fed_by(size, raw, collect=True):
    """The payload, how many bytes were the body's, and whether it is finished, when fed ``size`` bytes at a time."""
    body, count, parts = ChunkedBody(BadRequest, collect), 0, []
    for start in range(0, len(raw), size):
        count += body.feed(raw[start : start + size])
        parts.append(body.take())
    return b"".join(parts), count, body.finished


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100_000])
@pytest.mark.parametrize(("raw", "payload"), GOOD.values(), ids=GOOD)
def test_a_good_body_ends_where_it_ends(raw, payload, size):
    assert fed_by(size, raw + PIPELINED) == (payload, len(raw), True)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100_000])
@pytest.mark.parametrize("raw", BAD.values(), ids=BAD)
def test_a_bad_body_is_refused(raw, size):
    with pytest.raises(BadRequest):
        fed_by(size, raw)


@pytest.mark.parametrize("raw", [raw for raw, _ in GOOD.values()], ids=GOOD)
def test_every_beginning_of_a_good_body_waits_for_more(raw):
    for end in range(len(raw)):
        assert fed_by(100_000, raw[:end])[1:] == (end, False)


@pytest.mark.parametrize(
    "raw", [b"z", b"\n", b"5\rx", b"5\r\nhellox", b"0\r\n\x01", b"0\r\nA\x01", b"5;a\x01", b"00000000000000000"]
)
def test_what_can_no_longer_become_valid_is_refused_before_its_line_ends(raw):
    with pytest.raises(BadRequest):
        fed_by(100_000, raw)


def test_the_error_is_the_one_asked_for():
    with pytest.raises(BadAnswer):
        ChunkedBody(BadAnswer).feed(b"z\r\n")


def test_all_extensions_together_have_a_limit():
    extension = b"1;%b\r\nx\r\n" % (b"a" * 200)
    body = ChunkedBody(BadRequest)
    with pytest.raises(BadRequest, match="extensions"):
        body.feed(extension * (chunked.MOST_EXTENSION_BYTES // 200 + 1))


def test_payload_is_kept_only_when_asked():
    body = ChunkedBody(BadRequest)
    body.feed(b"5\r\nhello\r\n")
    assert body.take() == b""


def test_payload_can_be_taken_in_the_middle_of_a_chunk():
    body = ChunkedBody(BadAnswer, collect=True)
    body.feed(b"5\r\nhel")
    assert (body.take(), body.take()) == (b"hel", b"")
    body.feed(b"lo\r\n0\r\n\r\n")
    assert (body.take(), body.finished) == (b"lo", True)


@pytest.mark.parametrize(
    "unit",
    [b"1\r\nx\r\n", b"1;a\r\nx\r\n", b"10\r\n0123456789abcdef\r\n"],
    ids=["tiny chunks", "extensions", "small chunks"],
)
def test_time_grows_with_the_bytes_and_no_faster(unit, monkeypatch):
    """Eight times as many bytes take less than 24 times as long; a quadratic reader takes 64 times."""
    monkeypatch.setattr(chunked, "MOST_EXTENSION_BYTES", 10**9)

    def seconds(count):
        raw, body = unit * count, ChunkedBody(BadRequest)
        begun = time.process_time()
        for start in range(0, len(raw), 7):
            body.feed(raw[start : start + 7])
        body.feed(raw)
        return time.process_time() - begun

    assert min(seconds(16_000) for _ in range(3)) < 24 * min(seconds(2_000) for _ in range(3))


def test_a_long_trailer_byte_by_byte_is_not_quadratic():
    """16 KB, one byte a feed: what is looked at early has a limit."""
    begun = time.process_time()
    fed_by(1, b"0\r\nX: %b\r\n\r\n" % (b"a" * 16_000))
    assert time.process_time() - begun < 2
