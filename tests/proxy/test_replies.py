"""The gateway's own words, byte for byte as HAProxy says them."""

import pytest

from affinity_gw.http1.framing import response_length
from affinity_gw.proxy import replies
from affinity_gw.proxy.parser import parse_response
from affinity_gw.routing.decision import Content
from affinity_gw.routing.sections import ErrorPage

HAPROXY = [
    (400, "Bad request", "Your browser sent an invalid request.", 90),
    (403, "Forbidden", "Request forbidden by administrative rules.", 93),
    (408, "Request Time-out", "Your browser didn't send a complete request in time.", 110),
    (413, "Payload Too Large", "The request entity exceeds the maximum allowed.", 106),
    (500, "Internal Server Error", "An internal server error occurred.", 97),
    (501, "Not Implemented", ".The server does not support the functionality required to fulfill the request.", 136),
    (502, "Bad Gateway", "The server returned an invalid or incomplete response.", 107),
    (503, "Service Unavailable", "No server is available to handle this request.", 107),
    (504, "Gateway Time-out", "The server didn't respond in time.", 92),
]
"""Its ``http.c``: status, reason, text, length of the body."""


@pytest.mark.parametrize(("status", "reason", "text", "length"), HAPROXY, ids=[str(row[0]) for row in HAPROXY])
def test_pages_are_haproxys(status, reason, text, length):
    body = f"<html><body><h1>{status} {reason}</h1>\n{text}\n</body></html>\n"
    assert len(body) == length
    head = (
        f"HTTP/1.1 {status} {reason}\r\ncontent-length: {length}\r\ncache-control: no-cache\r\ncontent-type: text/html"
    )
    assert replies.page(status, close=False).decode() == f"{head}\r\n\r\n{body}"
    assert replies.page(status, close=True).decode() == f"{head}\r\nconnection: close\r\n\r\n{body}"


@pytest.mark.parametrize("status", replies.PAGES)
@pytest.mark.parametrize("close", [True, False])
@pytest.mark.parametrize("http10", [True, False])
@pytest.mark.parametrize("head_only", [True, False])
def test_every_page_is_a_whole_answer(status, close, http10, head_only):
    out = replies.page(status, close=close, http10=http10, head_only=head_only)
    raw_head, body = out.split(b"\r\n\r\n", 1)
    head = parse_response(raw_head + b"\r\n\r\n")
    assert head.status == status
    assert response_length("GET", head) == (
        len(replies.page(status, close=close)) - len(replies.page(status, close=close, head_only=True))
    )
    assert len(body) == (0 if head_only else response_length("GET", head))
    connection = "close" if close else "keep-alive" if http10 else None
    assert head.headers.get("connection") == connection


def test_a_refused_method_is_told_which_ones_there_are():
    assert b"\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n" in replies.page(405, close=True)


def test_haproxys_way_with_the_connection():
    assert {400, 408} <= replies.CLOSES
    assert not replies.CLOSES & {403, 413, 502, 503, 504}


@pytest.mark.parametrize(
    ("code", "reason", "cache_control"),
    [
        (301, "Moved Permanently", ""),
        (302, "Found", "cache-control: no-cache\r\n"),
        (303, "See Other", "cache-control: no-cache\r\n"),
        (307, "Temporary Redirect", "cache-control: no-cache\r\n"),
        (308, "Permanent Redirect", ""),
    ],
)
def test_redirects_are_haproxys(code, reason, cache_control):
    head = f"HTTP/1.1 {code} {reason}\r\ncontent-length: 0\r\nlocation: /new?a=b\r\n{cache_control}"
    assert replies.redirect(code, "/new?a=b", close=False) == f"{head}\r\n".encode()
    assert replies.redirect(code, "/new?a=b", close=True) == f"{head}connection: close\r\n\r\n".encode()
    assert (
        replies.redirect(code, "/new?a=b", close=False, http10=True) == f"{head}connection: keep-alive\r\n\r\n".encode()
    )


def test_a_location_keeps_its_bytes():
    location = "/caf\u00e9\udce9"
    assert b"location: /caf\xc3\xa9\xe9\r\n" in replies.redirect(302, location, close=False)


def test_leave_to_send_is_a_head_alone():
    assert replies.CONTINUE == b"HTTP/1.1 100 Continue\r\n\r\n"


RETURNED = {
    # tried on HAProxy 2.6
    "a page": (
        (200, Content("text/plain", b"hi", (("x-a", "b"),)), False),
        b"HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n\r\nhi",
    ),
    "nothing": ((404, Content("", b"", ()), False), b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
    "no content": ((204, Content("", b"", (("x-a", "b"),)), False), b"HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n"),
    "to HEAD": ((200, Content("", b"hi", ()), True), b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"),
    "a status that nobody knows": (
        (299, Content("", b"", ()), False),
        b"HTTP/1.1 299 Other\r\ncontent-length: 0\r\n\r\n",
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), RETURNED.values(), ids=RETURNED)
def test_an_operators_own_answer_is_written_as_haproxys(arguments, expected):
    status, content, head_only = arguments
    assert replies.returned(status, content, close=False, head_only=head_only, http10=False) == expected


def test_a_status_without_a_page_has_an_empty_body():
    page = replies.page(418, close=False)
    assert page == b"HTTP/1.1 418 I'm a Teapot\r\ncontent-length: 0\r\n\r\n"


def test_a_redirect_brings_its_cookies():
    out = replies.redirect(302, "/x", (("set-cookie", "A=1; path=/;"),), close=False)
    assert out.endswith(b"location: /x\r\ncache-control: no-cache\r\nset-cookie: A=1; path=/;\r\n\r\n")


CHALLENGE = 'Basic realm="here"'


@pytest.mark.parametrize(
    ("form", "last"),
    [
        ({"close": False}, b""),
        ({"close": True}, b"connection: close\r\n"),
        ({"close": False, "http10": True}, b"connection: keep-alive\r\n"),
    ],
    ids=["open", "close", "HTTP/1.0"],
)
def test_a_challenge_is_where_haproxy_has_it(form, last):
    assert replies.page(401, challenge=CHALLENGE, **form) == (
        b"HTTP/1.1 401 Unauthorized\r\n"
        b"content-length: 112\r\n"
        b"cache-control: no-cache\r\n"
        b"content-type: text/html\r\n"
        b'www-authenticate: Basic realm="here"\r\n' + last + b"\r\n"
        b"<html><body><h1>401 Unauthorized</h1>\n"
        b"You need a valid user and password to access this content.\n"
        b"</body></html>\n"
    )


def test_an_operators_page_has_the_challenge_too():
    page = ErrorPage(b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n", b"no", delimited=True)
    out = replies.from_file(page, close=False, head_only=False, http10=False, challenge=CHALLENGE)
    assert out == b'HTTP/1.1 401 No\r\nContent-Length: 2\r\nwww-authenticate: Basic realm="here"\r\n\r\nno'
