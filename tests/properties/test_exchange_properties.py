"""Whole exchanges: the network may cut the bytes as it likes, and nothing comes out differently."""

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.strategies import chunked_bodies, cuts, lines, request_heads, response_heads, wounded
from tests.proxy.stage import OK, Stage

REQUEST = lines(b"GET / HTTP/1.1", [(b"Host", b"a")])


@st.composite
def requests(draw):
    """A request with its body."""
    head = draw(request_heads())
    if b"Transfer-Encoding" in head:
        return head + draw(chunked_bodies())
    return head + b"12345" if b"Content-Length: 5" in head else head


plain_answers = st.sampled_from(
    [
        OK,
        lines(b"HTTP/1.1 204 No Content", []),
        lines(b"HTTP/1.1 200 OK", [(b"Connection", b"close"), (b"Content-Length", b"3")]) + b"abc",
        lines(b"HTTP/1.1 103 Early Hints", [(b"Link", b"</a>")]) + OK,
        lines(b"HTTP/1.1 200 OK", []) + b"until the close",
    ]
)
chunked_answers = chunked_bodies().map(
    lambda body: lines(b"HTTP/1.1 200 OK", [(b"Transfer-Encoding", b"chunked")]) + body
)


def play(pieces, answers, mode="keep-alive", backend=None):
    """What everybody has seen when the client has sent its pieces and the server its answers, piece by piece."""
    with closing(Stage(connection=mode, backend=backend)) as stage:
        return seen_on(stage, pieces, answers)


def seen_on(stage, pieces, answers):
    stage.shared.date = lambda: b"today"
    client = stage.client()
    for piece in pieces:
        client >> piece
    servers = []
    for answer in answers:
        if not stage.attempts:
            break
        servers.append(stage.accept())
        for piece in answer:
            servers[-1] << piece
        servers[-1].ends()
    return (
        client.got,
        client.connection,
        [server.got for server in servers],
        [server.connection for server in servers],
        [record_of(record) for record in stage.records],
        repr(stage.pool),
    )


def record_of(record):
    """What does not depend on time. Of a request that is refused, how far it had got is the network's business."""
    facts = (record.status, record.termination, record.method, record.target, record.bytes_out)
    return facts if record.status >= 400 else (*facts, record.server, record.bytes_in)


def bytewise(raw):
    return [raw[at : at + 1] for at in range(len(raw))]


modes = st.sampled_from(["keep-alive", "server-close", "close"])


@given(st.data(), modes)
def test_any_cutting_of_requests_gives_the_same_exchanges(data, mode):
    raw = b"".join(data.draw(st.lists(requests(), min_size=1, max_size=3)))
    answers = [[OK]] * 3
    whole = play([raw], answers, mode)
    assert play(data.draw(cuts(raw)), answers, mode) == whole
    assert play(bytewise(raw), answers, mode) == whole


@given(st.data(), modes)
def test_any_cutting_of_broken_requests_gives_the_same_refusals(data, mode):
    raw = data.draw(wounded(requests())) + data.draw(requests())
    answers = [[OK]] * 3
    whole = play([raw], answers, mode)
    assert play(data.draw(cuts(raw)), answers, mode) == whole
    assert play(bytewise(raw), answers, mode) == whole


@given(st.data(), st.sampled_from([5, 40, 100_000]))
def test_any_cutting_of_a_collected_body_gives_the_same_request(data, limit):
    # A body that is both too long and broken is refused for what is seen first.
    body = data.draw(chunked_bodies() if limit < 1000 else wounded(chunked_bodies()))
    raw = lines(b"POST / HTTP/1.1", [(b"Host", b"a"), (b"Transfer-Encoding", b"chunked")]) + body
    backend = {"buffer_chunked_requests": limit}
    whole = play([raw], [[OK]], backend=backend)
    assert play(data.draw(cuts(raw)), [[OK]], backend=backend) == whole
    assert play(bytewise(raw), [[OK]], backend=backend) == whole


@given(st.data(), modes, st.sampled_from([b"1.0", b"1.1"]))
def test_any_cutting_of_answers_gives_the_same_answers(data, mode, version):
    request = lines(b"GET / HTTP/%b" % version, [(b"Host", b"a"), (b"Connection", b"keep-alive")])
    answers = data.draw(st.lists(plain_answers | chunked_answers, min_size=1, max_size=3))
    whole = play([request * 3], [[answer] for answer in answers], mode)
    assert play([request * 3], [data.draw(cuts(answer)) for answer in answers], mode) == whole
    assert play([request * 3], [bytewise(answer) for answer in answers], mode) == whole


@given(st.data())
def test_any_cutting_of_a_broken_head_of_an_answer_gives_the_same_verdict(data):
    """Of its head: where a body turns out to be broken, the client has seen what came before that."""
    answer = data.draw(wounded(response_heads()))
    if b"hunked" in answer:
        answer += b"0\r\n\r\n"
    whole = play([REQUEST], [[answer]])
    for pieces in (data.draw(cuts(answer)), bytewise(answer)):
        cut = play([REQUEST], [pieces])
        assert cut[1:4] == whole[1:4] or b"hunked" in answer
        assert (cut[0] == whole[0]) or b"hunked" in answer


@given(st.data())
def test_nothing_of_a_server_reaches_another_client(data):
    """Whatever a server says behind its answer, and however it is cut, the next client gets its own."""
    pieces = data.draw(cuts(OK + data.draw(wounded(plain_answers))))
    with closing(Stage(connection="keep-alive")) as stage:
        one, other = stage.client(), stage.client()
        one >> REQUEST
        server = stage.accept()
        for piece in pieces:
            server << piece
        assert one.got == OK
        assert server.connection == "closed"
        other >> REQUEST
        stage.accept() << OK
        assert other.got == OK
