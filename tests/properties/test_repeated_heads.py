"""A head that was kept is the head that the parser would have read: the short way and the long one never differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.errors import BadRequest
from affinity_gw.proxy import parser

METHODS = st.sampled_from(
    ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "TRACE", "PROPFIND", "G T"]
)
TARGETS = st.one_of(
    st.text(st.characters(codec="latin-1"), max_size=12).map(lambda text: f"/{text}"),
    st.sampled_from(
        ["*", "/", "//", "//a/b", "/?", "/??", "http://a.example/", "http://b.example/", "a.example:80", ""]
    ),
)
VERSIONS = st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 "])
LINES = st.lists(
    st.sampled_from(
        [
            "Host: a.example",
            "Host: b.example",
            "Host: a b",
            "Content-Length: 3",
            "Content-Length: 4",
            "Transfer-Encoding: chunked",
            "Connection: close",
            "Upgrade: websocket",
            "Cookie: a=b; c=d",
            "X: \x01",
            "No colon",
            " folded",
            "Accept: */*",
        ]
    ),
    max_size=5,
)


def verdict(read, raw):
    """What was read, or with which status it was refused."""
    try:
        head = read(raw, 100, "192.0.2.1")
    except BadRequest as error:
        return error.status
    return head.method, head.target, head.minor, head.fields, tuple(head.headers.items()), head.peer, head.client


@given(METHODS, TARGETS, VERSIONS, LINES, st.sampled_from(["\r\n", "\n"]))
def test_the_short_way_reads_what_the_long_one_reads(method, target, version, lines, end):
    raw = end.join([f"{method} {target} {version}", *lines, "", ""]).encode("latin-1")
    long = verdict(parser._parse_request, raw)
    assert verdict(parser.parse_request, raw) == long
    assert verdict(parser.parse_request, raw) == long  # kept by now


@pytest.mark.parametrize(
    "character", [chr(code) for code in range(0x100)], ids=lambda character: f"{ord(character):02x}"
)
def test_each_character_of_a_target_is_judged_alike(character):
    raw = f"GET /a{character}b?c HTTP/1.1\r\nHost: a.example\r\n\r\n".encode("latin-1")
    assert verdict(parser.parse_request, raw) == verdict(parser._parse_request, raw)


def test_a_head_that_is_refused_is_refused_each_time():
    raw = b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"
    for _ in range(3):
        assert verdict(parser.parse_request, raw) == 400


def test_nothing_of_one_request_is_in_the_next_that_has_the_same_fields():
    lines = b"Host: a.example\r\nCookie: a=b\r\n\r\n"
    one = parser.parse_request(b"GET /one?x=1 HTTP/1.1\r\n" + lines, 100, "192.0.2.1")
    two = parser.parse_request(b"POST /two?y=2 HTTP/1.1\r\n" + lines, 100, "192.0.2.2")
    one.client = "198.51.100.7"
    assert (one.method, one.path, one.query, one.peer) == ("GET", "/one", "x=1", "192.0.2.1")
    assert (two.method, two.path, two.query, two.peer, two.client) == ("POST", "/two", "y=2", "192.0.2.2", "192.0.2.2")


def test_more_fields_than_one_frontend_allows_may_be_few_enough_for_another():
    raw = b"GET / HTTP/1.1\r\nHost: a.example\r\nA: 1\r\nB: 2\r\n\r\n"
    assert parser.parse_request(raw, 3, "").target == "/"
    with pytest.raises(BadRequest) as refused:
        parser.parse_request(raw, 2, "")
    assert refused.value.status == 431
