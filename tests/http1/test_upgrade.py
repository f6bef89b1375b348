import pytest

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1.framing import CHUNKED
from affinity_gw.http1.upgrade import accept_for, check_switch, expects_continue, requested
from tests.http1.making import answer, get

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket")


@pytest.mark.parametrize(
    ("lines", "protocol"),
    [
        pytest.param((), None, id="nothing"),
        pytest.param((*UPGRADE, KEY), "websocket", id="a WebSocket"),
        pytest.param(("connection: keep-alive, upgrade", "upgrade: WebSocket", KEY), "websocket", id="as Firefox does"),
        pytest.param(
            ("Connection: keep-alive", "Connection: upgrade", "Upgrade: x"), "x", id="Connection in two lines"
        ),
        pytest.param(("Upgrade: websocket", KEY), None, id="no Connection"),
        pytest.param(("Connection: keep-alive", "Upgrade: websocket"), None, id="Connection without upgrade"),
        pytest.param(("Connection: upgrade",), None, id="no Upgrade"),
        pytest.param(("Connection: upgrade", "Upgrade: "), None, id="an empty Upgrade"),
        pytest.param(("Connection: upgrade", "Upgrade: TLS/1.2"), "tls/1.2", id="any other protocol"),
        pytest.param(("Connection: upgrade, HTTP2-Settings", "Upgrade: h2c"), None, id="h2c"),
        pytest.param(("Connection: upgrade", "Upgrade: H2C"), None, id="h2c in capitals"),
        pytest.param(("Connection: upgrade", "Upgrade: h2"), None, id="h2"),
        pytest.param(("Connection: upgrade", "Upgrade: HTTP/2.0"), None, id="HTTP/2.0"),
        pytest.param((*UPGRADE[:1], "Upgrade: h2c, websocket", KEY), "websocket", id="h2c among others"),
        pytest.param((*UPGRADE[:1], "Upgrade: a", "Upgrade: b, c/1"), "a, b, c/1", id="several"),
        pytest.param(("Connection: upgrade", "Upgrade: a b"), None, id="not a protocol"),
    ],
)
def test_requested(lines, protocol):
    assert requested(get(*lines), 0) == protocol


@pytest.mark.parametrize("length", [1, CHUNKED])
def test_a_request_with_a_body_asks_for_no_upgrade(length):
    assert requested(get(*UPGRADE, KEY), length) is None


def test_an_http10_request_asks_for_no_upgrade():
    assert requested(get(*UPGRADE, KEY, start="GET / HTTP/1.0"), 0) is None


def test_a_websocket_is_opened_with_get():
    assert requested(get(*UPGRADE, KEY, start="POST / HTTP/1.1"), 0) is None
    assert requested(get("Connection: upgrade", "Upgrade: x", start="OPTIONS / HTTP/1.1"), 0) == "x"


@pytest.mark.parametrize("keys", [(), ("Sec-WebSocket-Key: ",), (KEY, KEY)], ids=["none", "empty", "two"])
def test_a_websocket_needs_exactly_one_key(keys):
    with pytest.raises(BadRequest) as caught:
        requested(get(*UPGRADE, *keys), 0)
    assert caught.value.status == 400


SWITCHING = "HTTP/1.1 101 Switching Protocols"


def test_the_accept_of_the_rfc():
    assert accept_for("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("protocol", ["websocket", "WebSocket"])
def test_a_right_switch(protocol):
    check_switch(
        get(*UPGRADE, KEY), "websocket", answer("Connection: Upgrade", f"Upgrade: {protocol}", ACCEPT, start=SWITCHING)
    )


def test_a_right_switch_to_one_of_several():
    check_switch(get(*UPGRADE), "a, b/2", answer("Connection: Upgrade", "Upgrade: B/2", start=SWITCHING))


@pytest.mark.parametrize("status", [100, 200, 403, 426])
def test_another_status_is_no_switch_whatever_its_fields_say(status):
    check_switch(get(*UPGRADE, KEY), "websocket", answer(*UPGRADE, start=f"HTTP/1.1 {status} X"))
    check_switch(get(), None, answer(*UPGRADE, start=f"HTTP/1.1 {status} X"))


@pytest.mark.parametrize(
    ("upgrade", "lines", "start"),
    [
        pytest.param(None, (*UPGRADE, ACCEPT), SWITCHING, id="unasked"),
        pytest.param("websocket", UPGRADE, SWITCHING, id="no accept"),
        pytest.param("websocket", (*UPGRADE, "Sec-WebSocket-Accept: x"), SWITCHING, id="a wrong accept"),
        pytest.param("websocket", (*UPGRADE, ACCEPT.upper()), SWITCHING, id="an accept in another case"),
        pytest.param("websocket", (*UPGRADE, ACCEPT, ACCEPT), SWITCHING, id="two accepts"),
        pytest.param("websocket", ("Upgrade: websocket", ACCEPT), SWITCHING, id="no Connection"),
        pytest.param("websocket", ("Connection: Upgrade", ACCEPT), SWITCHING, id="no Upgrade"),
        pytest.param("websocket", ("Connection: Upgrade", "Upgrade: h2c", ACCEPT), SWITCHING, id="another protocol"),
        pytest.param("websocket", (*UPGRADE, "Upgrade: x", ACCEPT), SWITCHING, id="one protocol too many"),
        pytest.param("websocket", (*UPGRADE, ACCEPT), SWITCHING.replace("1.1", "1.0"), id="HTTP/1.0"),
        pytest.param("x", (*UPGRADE, ACCEPT), SWITCHING, id="a WebSocket that was not asked for"),
    ],
)
def test_a_wrong_switch_is_refused(upgrade, lines, start):
    with pytest.raises(BadAnswer):
        check_switch(get(*UPGRADE, KEY), upgrade, answer(*lines, start=start))


@pytest.mark.parametrize(
    ("lines", "version", "expects"),
    [
        ((), 1, False),
        (("Expect: 100-continue",), 1, True),
        (("Expect: 100-Continue",), 1, True),
        (("Expect: 100-continue",), 0, False),
        (("Expect: 100-continue", "Expect: 100-continue"), 1, True),
    ],
)
def test_expects_continue(lines, version, expects):
    assert expects_continue(get(*lines, start=f"POST / HTTP/1.{version}")) is expects


@pytest.mark.parametrize("value", ["foo", "", "100-continue, foo", "100-continue;q=1", "200-ok"])
@pytest.mark.parametrize("version", [0, 1])
def test_any_other_expectation_is_refused_with_417(value, version):
    with pytest.raises(BadRequest) as caught:
        expects_continue(get(f"Expect: {value}", start=f"POST / HTTP/1.{version}"))
    assert caught.value.status == 417
