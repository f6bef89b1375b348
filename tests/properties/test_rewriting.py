"""Whatever came and was accepted, what is sent on is a head that leaves no room for two readings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1.framing import CHUNKED, request_length, response_length
from affinity_gw.http1.rewrite import Origin, RequestRewrite, build_response, editable
from affinity_gw.http1.upgrade import requested
from tests.http1.making import request, response
from tests.properties.strategies import request_heads, response_heads, wounded

HOP_BY_HOP = {
    *(b"keep-alive", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization", b"proxy", b"http2-settings"),
}
WRITTEN_ANEW = {b"connection", b"content-length", b"transfer-encoding", b"te", b"trailer", b"upgrade", b"expect"}
OURS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-original-to", b"date"}
NEEDED = {b"host", b"cookie", b"set-cookie", b"date", b"forwarded", b"x-real-ip", b"true-client-ip", b"x-client-ip"}

DATE = b"Sat, 21 Nov 2026 01:00:00 GMT"

REWRITES = {
    mode: RequestRewrite(forwarded_for=mode, close=mode == "off", drop_on_upgrade=["Accept"])
    for mode in ("replace", "append", "off")
}


def origins(trusted):
    return Origin("192.0.2.1", "192.0.2.1", "10.0.0.9", 80, trusted=trusted)


def lower(fields):
    return [(name.lower(), value) for name, value in fields]


def nominated(fields):
    values = b",".join(value for name, value in lower(fields) if name == b"connection")
    return {word.strip(b" \t").lower() for word in values.split(b",")}


def check_shape(raw, fields):
    """Only CR LF pairs, nothing else that ends a line; as many lines as there are fields."""
    assert raw.endswith(b"\r\n\r\n")
    assert raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n") == len(fields) + 2
    assert b"\0" not in raw


def check_passed(came, sent):
    """No hop-by-hop field is left, nothing nominated, nothing invented, and the rest is in its order."""
    names = [name for name, _ in lower(sent)]
    assert not HOP_BY_HOP & set(names)
    for name in (b"connection", b"content-length", b"transfer-encoding", b"te", b"host"):
        assert names.count(name) <= 1
    assert not {b"content-length", b"transfer-encoding"} <= set(names)
    known = WRITTEN_ANEW | OURS
    if b"host" not in {name for name, _ in lower(came)}:
        known |= {b"host"}  # an HTTP/1.0 request in absolute-form gets its target's
    rest = [field for field in sent if field[0].lower() not in known]
    left = iter(came)
    assert all(field in left for field in rest)  # a subsequence: "in" on an iterator moves on
    nominated_all_the_same = nominated(came) & {name for name, _ in lower(rest)}
    assert all(name in NEEDED or name.startswith(b"x-forwarded-") for name in nominated_all_the_same)


@given(wounded(request_heads()), st.sampled_from([*REWRITES]), st.booleans(), st.booleans())
def test_requests(raw, mode, trusted, edited):
    end = raw.find(b"\r\n\r\n") + 4
    try:
        head = request(raw[:end])
        length = request_length(head)
        upgrade = requested(head, length)
    except BadRequest:
        return
    fields = editable(head.fields) if edited else None
    sent = REWRITES[mode].build(head, origins(trusted), length=length, upgrade=upgrade, fields=fields)
    again = request(sent)  # what we send, we would accept
    check_shape(sent, again.fields)
    check_passed(head.fields, again.fields)
    assert request_length(again) == length
    assert requested(again, length) == upgrade
    assert again.target == "*" or again.target.startswith("/")
    assert (again.method, again.minor) == (head.method, head.minor)


@given(wounded(request_heads()), st.sampled_from(["replace", "off"]))
def test_a_stranger_is_never_believed(raw, mode):
    end = raw.find(b"\r\n\r\n") + 4
    try:
        head = request(raw[:end])
        length = request_length(head)
    except BadRequest:
        return
    again = request(REWRITES[mode].build(head, origins(trusted=False), length=length))
    claims = [value for name, value in lower(again.fields) if name == b"x-forwarded-for"]
    assert claims == ([b"192.0.2.1"] if mode == "replace" else [])
    assert not {b"forwarded", b"x-real-ip"} & {name for name, _ in lower(again.fields)}
    assert not any(b"_" in name for name, _ in again.fields)


@given(
    wounded(response_heads()),
    st.sampled_from(["GET", "HEAD"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_answers(raw, method, http10, keep, edited, dechunk):
    end = raw.find(b"\r\n\r\n") + 4
    try:
        head = response(raw[:end])
        length = response_length(method, head)
    except BadAnswer:
        return
    sent = build_response(
        head,
        http10_client=http10,
        keep=keep,
        upgrade=False,
        length=length,
        date=DATE,
        fields=editable(head.fields) if edited else None,
        dechunk=dechunk and length == CHUNKED,
    )
    again = response(sent)
    check_shape(sent, again.fields)
    check_passed(head.fields, again.fields)
    if not (dechunk and length == CHUNKED):
        assert response_length(method, again) == length
    assert (again.status, again.minor) == (head.status, 1)
    if head.status >= 200:
        assert "Date" in again.headers


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), min_size=1, max_size=3))
def test_an_edit_is_written_whole_or_not_at_all(edit):
    head = request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    fields = editable(head.fields)
    for name, value in edit.items():
        fields.add(name, value)
    try:
        sent = REWRITES["off"].build(head, origins(trusted=False), fields=fields)
    except ValueError:
        return
    request_lines = sent[:-4].split(b"\r\n")
    assert len(request_lines) <= 2 + len(edit) + len(OURS) + 1
    check_shape(sent, request_lines[1:])


@pytest.mark.parametrize("value", ["\u2028", "\x85", "\u010a", "\u560a\u560d"])
def test_what_only_looks_like_a_line_end_is_none(value):
    """U+010A and its kin end a line for those who cut code points to bytes."""
    head = request(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    fields = editable(head.fields)
    fields.add("X", f"a{value}b: c")
    sent = REWRITES["off"].build(head, origins(trusted=False), fields=fields)
    assert sent.count(b"\n") == sent.count(b"\r\n") == len(request(sent).fields) + 2
