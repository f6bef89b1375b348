import pytest

from affinity_gw.http1.anew import request_connection, request_own, response_connection, response_own
from affinity_gw.http1.fields import AS_IT_CAME, CODING, EXPECT, LENGTH, TE, TRAILER, UPGRADE
from affinity_gw.http1.framing import CHUNKED, UNTIL_CLOSE
from tests.http1.making import answer, get

PASSES = {EXPECT: AS_IT_CAME}
CHUNKS = {CODING: b"chunked", TRAILER: AS_IT_CAME}


@pytest.mark.parametrize(
    ("arguments", "own"),
    [
        pytest.param({}, PASSES, id="nothing"),
        pytest.param({"drop_expect": True}, {}, id="no Expect"),
        pytest.param({"te": True}, PASSES | {TE: b"trailers"}, id="TE"),
        pytest.param({"upgrade": "websocket"}, PASSES | {UPGRADE: b"websocket"}, id="an upgrade"),
        pytest.param({"length": CHUNKED}, PASSES | CHUNKS, id="chunked"),
        pytest.param({"length": CHUNKED, "replace_length": 7}, PASSES | {LENGTH: b"7"}, id="chunked, buffered"),
        pytest.param({"length": CHUNKED, "replace_length": 0}, PASSES | {LENGTH: b"0"}, id="chunked, buffered, empty"),
    ],
)
def test_request_own(arguments, own):
    defaults = {"te": False, "upgrade": None, "length": 0, "replace_length": None, "drop_expect": False}
    assert request_own(get(), **{**defaults, **arguments}) == own


@pytest.mark.parametrize("length", [0, 7])
def test_request_own_has_a_length_where_one_came(length):
    head = get(f"Content-Length: {length}", start="POST / HTTP/1.1")
    assert request_own(head, False, None, length, None, False) == PASSES | {LENGTH: b"%d" % length}


@pytest.mark.parametrize(
    ("te", "upgrading", "close", "keep_alive", "line"),
    [
        (False, False, False, False, b""),
        (True, False, False, False, b"Connection: TE\r\n"),
        (False, False, True, True, b"Connection: close\r\n"),
        (False, False, False, True, b"Connection: keep-alive\r\n"),
        (False, True, True, True, b"Connection: Upgrade\r\n"),
        (True, True, True, False, b"Connection: TE, Upgrade\r\n"),
    ],
)
def test_request_connection(te, upgrading, close, keep_alive, line):
    assert request_connection(te, upgrading, close, keep_alive) == line + b"\r\n"


@pytest.mark.parametrize(
    ("status", "length", "own"),
    [
        (200, 7, {LENGTH: b"7"}),
        (200, 0, {LENGTH: b"007"}),  # the answer to a HEAD
        (304, 0, {LENGTH: b"007"}),
        (204, 0, {}),
        (103, 0, {}),
        (200, CHUNKED, CHUNKS),
        (200, UNTIL_CLOSE, {}),
        (426, UNTIL_CLOSE, {UPGRADE: AS_IT_CAME}),
    ],
)
def test_response_own(status, length, own):
    head = answer("Content-Length: 007", start=f"HTTP/1.1 {status} X")
    assert response_own(head, length, upgrade=False, dechunk=False) == own


def test_response_own_of_a_switch_and_of_what_is_dechunked():
    assert response_own(answer(start="HTTP/1.1 101 X"), 0, upgrade=True, dechunk=False) == {UPGRADE: AS_IT_CAME}
    assert response_own(answer(), CHUNKED, upgrade=False, dechunk=True) == {}


@pytest.mark.parametrize(
    ("status", "upgrade", "keep", "http10", "line"),
    [
        (200, False, True, False, b""),
        (200, False, True, True, b"Connection: keep-alive\r\n"),
        (200, False, False, False, b"Connection: close\r\n"),
        (200, False, False, True, b"Connection: close\r\n"),
        (100, False, False, True, b""),
        (101, True, False, False, b"Connection: Upgrade\r\n"),
        (426, False, True, False, b"Connection: Upgrade\r\n"),
        (426, False, False, False, b"Connection: Upgrade, close\r\n"),
    ],
)
def test_response_connection(status, upgrade, keep, http10, line):
    assert response_connection(status, upgrade, keep, http10) == line + b"\r\n"
