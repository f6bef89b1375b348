"""How the network cuts the bytes makes no difference to what they mean."""

from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.errors import BadRequest
from affinity_gw.http1 import grammar
from affinity_gw.http1.chunked import ChunkedBody
from affinity_gw.http1.framing import LengthBody
from tests.http1.making import request
from tests.properties.strategies import chunked_bodies, cuts, request_heads, wounded


def outcome(pieces):
    """The payload, how many bytes were the body's and whether it is finished; or that it was refused."""
    body, count, parts = ChunkedBody(BadRequest, collect=True), 0, []
    try:
        for piece in pieces:
            count += body.feed(piece)
            parts.append(body.take())
    except BadRequest:
        return "refused"
    return b"".join(parts), count, body.finished


@given(st.data())
def test_any_cutting_of_a_chunked_body_gives_the_same_result(data):
    raw = data.draw(wounded(chunked_bodies()))
    whole = outcome([raw])
    assert outcome(data.draw(cuts(raw))) == whole
    assert outcome([raw[at : at + 1] for at in range(len(raw))]) == whole


@given(st.data())
def test_any_cutting_of_noise_gives_the_same_result(data):
    raw = data.draw(st.text('0159af \t;="\\\r\nX:-', max_size=60)).encode()
    assert outcome(data.draw(cuts(raw))) == outcome([raw])


@given(st.data(), st.integers(0, 50))
def test_any_cutting_of_a_counted_body_gives_the_same_result(data, length):
    raw = data.draw(st.binary(max_size=80))
    body = LengthBody(length)
    assert sum(body.feed(piece) for piece in data.draw(cuts(raw))) == min(length, len(raw))
    assert body.finished is (len(raw) >= length)


def refused(check, *arguments):
    try:
        check(*arguments)
    except BadRequest:
        return True
    return False


@given(wounded(request_heads()))
def test_a_beginning_is_refused_only_where_the_whole_is(raw):
    """check_partial is allowed to wait, but never to be wrong."""
    end = raw.find(b"\r\n\r\n", len(raw) - len(raw.lstrip(b"\r\n"))) + 4
    if end > 3 and not refused(request, raw[:end]):
        for cut in range(end):
            grammar.check_partial(raw[:cut])


@given(wounded(request_heads()))
def test_looking_only_at_what_is_new_finds_the_same(raw):
    passed = 0
    while passed < len(raw) and not refused(grammar.check_partial, raw[: passed + 1], passed):
        passed += 1
    assert not refused(grammar.check_partial, raw[:passed])
    assert passed == len(raw) or refused(grammar.check_partial, raw[: passed + 1])


@given(wounded(request_heads()), st.integers(0, 400))
def test_once_a_beginning_is_refused_no_longer_one_is_accepted(raw, cut):
    if refused(grammar.check_partial, raw[:cut]):
        assert refused(grammar.check_partial, raw[: cut + 1])
