"""h11, a slow and careful reader that others wrote, as the judge: what we accept, it accepts and understands alike.

The other direction does not hold, and is not meant to: h11 takes folded lines, bare LF and much more.
"""

import h11
from hypothesis import assume, given
from hypothesis import strategies as st

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.http1.framing import CHUNKED, UNTIL_CLOSE, request_length, response_length
from affinity_gw.http1.lifecycle import request_facts
from tests.http1.making import request, response
from tests.properties.strategies import chunked_bodies, request_heads, response_heads, wounded

NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"


def read_by_h11(connection, raw):
    """All of one message: its head, its payload, and what is left."""
    connection.receive_data(raw)
    head, payload = connection.next_event(), b""
    while type(event := connection.next_event()) is h11.Data:
        payload += event.data
    assert type(event) is h11.EndOfMessage, event
    return head, payload, connection.trailing_data[0]


def fields_of(head):
    return [(name.lower(), value) for name, value in head.fields]


@given(wounded(request_heads()))
def test_a_request_that_we_accept_is_the_same_to_h11(raw):
    end = raw.find(b"\r\n\r\n") + 4
    try:
        head = request(raw[:end])
        length = request_length(head)
    except BadRequest:
        return
    body = b"3\r\nabc\r\n0\r\n\r\n" if length == CHUNKED else b"x" * length
    theirs, payload, left = read_by_h11(h11.Connection(h11.SERVER), raw[:end] + body + NEXT)
    assert (theirs.method, theirs.target) == (head.method.encode(), head.target.encode())
    assert theirs.http_version == b"1.%d" % head.minor
    # h11 writes a Content-Length without its leading zeros, and Transfer-Encoding in lower case
    known = (b"content-length", b"transfer-encoding")
    assert [field for field in theirs.headers if field[0] not in known] == [
        field for field in fields_of(head) if field[0] not in known
    ]
    assert payload == (b"abc" if length == CHUNKED else body)
    assert left == NEXT


@given(request_heads())
def test_h11_and_we_agree_whether_a_client_goes_on(raw):
    head = request_or_skip(raw)
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(raw)
    connection.next_event()
    goes_on = request_facts(head) == 0
    if head.minor == 1:  # h11 never keeps an HTTP/1.0 connection; we do where the client asks for it
        assert goes_on is (connection.their_state is not h11.MUST_CLOSE and not _closes(connection))


def _closes(connection):
    while connection.their_state is h11.SEND_BODY:
        connection.receive_data(b"0\r\n\r\nxxxxx")
        connection.next_event()
    return connection.their_state is h11.MUST_CLOSE


def request_or_skip(raw):
    try:
        return request(raw)
    except BadRequest:
        assume(False)  # hypothesis' way to say "not this one"


@given(wounded(response_heads()), st.sampled_from(["GET", "HEAD", "POST"]))
def test_an_answer_that_we_accept_is_the_same_to_h11(raw, method):
    end = raw.find(b"\r\n\r\n") + 4
    try:
        head = response(raw[:end])
        length = response_length(method, head)
    except BadAnswer:
        return
    if head.status < 200:
        return  # to h11 these are not the end of anything
    body = {CHUNKED: b"3\r\nabc\r\n0\r\n\r\n", UNTIL_CLOSE: b"abc"}.get(length, b"x" * max(length, 0))
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method=method, target="/", headers=[("Host", "a"), ("Content-Length", "0")]))
    client.send(h11.EndOfMessage())
    client.receive_data(raw[:end] + body)
    client.receive_data(b"") if length == UNTIL_CLOSE else None
    theirs, payload = client.next_event(), b""
    while type(event := client.next_event()) is h11.Data:
        payload += event.data
    assert type(event) is h11.EndOfMessage
    assert (theirs.status_code, len(theirs.headers)) == (head.status, len(head.fields))
    assert payload == (b"abc" if length < 0 else body)


@given(wounded(chunked_bodies()))
def test_a_chunked_body_that_we_accept_is_the_same_to_h11(raw):
    body = ChunkedBody(BadRequest, collect=True)
    try:
        used = body.feed(raw)
    except BadRequest:
        return
    if not body.finished:
        return
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    _, payload, left = read_by_h11(h11.Connection(h11.SERVER), head + raw)
    assert (payload, left) == (body.take(), raw[used:])


@given(chunked_bodies())
def test_every_good_chunked_body_is_accepted(raw):
    body = ChunkedBody(BadRequest)
    assert (body.feed(raw + NEXT), body.finished) == (len(raw), True)
