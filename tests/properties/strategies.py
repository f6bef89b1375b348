"""Messages that are nearly HTTP: well-formed ones, and the same after an accident."""

from hypothesis import strategies as st

TOKEN = "!#$%&'*+.^_`|~0123456789ABCXYZabcxyz-"

ODD_BYTES = [
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\r",
    b"\0",
    b"\x01",
    b"\x7f",
    b"\x0b",
    b"\xe9",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b'"',
]

ACCIDENTS = [
    *ODD_BYTES,
    *(b"0", b"5", b"f", b"\r\n\r\n", b"\r\n ", b"\n\n", b"\r\n0\r\n\r\n", b"chunked", b"0x", b"+", b"#", b"//"),
    *(b"Host: b\r\n", b"Content-Length: 7\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n"),
]

names = st.text(TOKEN, min_size=1, max_size=12).map(str.encode)
values = st.one_of(
    st.binary(max_size=20).map(lambda raw: bytes(byte for byte in raw if byte in b"\t" or 0x20 <= byte != 0x7F)),
    st.sampled_from(
        [b"", b"keep-alive", b"close, X-Foo", b"upgrade", b"websocket", b"trailers", b"100-continue", b"0"]
    ),
)
known_names = st.sampled_from(
    [
        *(b"Connection", b"connection", b"Keep-Alive", b"TE", b"Trailer", b"Upgrade", b"Proxy", b"Proxy-Connection"),
        *(
            b"Proxy-Authorization",
            b"HTTP2-Settings",
            b"Expect",
            b"Cookie",
            b"X-Foo",
            b"X_Foo",
            b"Accept",
            b"User-Agent",
        ),
        *(b"X-Forwarded-For", b"x-forwarded-proto", b"Forwarded", b"X-Real-IP", b"X-Original-To", b"Via", b"Date"),
        *(b"Set-Cookie", b"Server", b"Sec-WebSocket-Key"),
    ]
)
field_lines = st.lists(st.tuples(known_names | names, values), max_size=8)


@st.composite
def wounded(draw, whole):
    """The bytes of ``whole`` with up to three accidents: something put in, or something taken out."""
    raw = draw(whole)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(raw)))
        if draw(st.booleans()):
            raw = raw[:at] + draw(st.sampled_from(ACCIDENTS)) + raw[at:]
        else:
            raw = raw[:at] + raw[at + draw(st.integers(1, 4)) :]
    return raw


def lines(start, fields):
    return b"".join([start, b"\r\n", *(b"%b: %b\r\n" % field for field in fields), b"\r\n"])


framings = st.sampled_from(
    [[], [(b"Content-Length", b"5")], [(b"content-length", b"0")], [(b"Transfer-Encoding", b"chunked")]]
)


@st.composite
def request_heads(draw):
    """A request head that is well-formed but for the meaning of its fields."""
    method = draw(st.sampled_from([b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"M-SEARCH"]))
    target = draw(
        st.sampled_from([b"/", b"/a?b=c", b"/?wtd=wt1abc", b"http://a.example/b?c", b"http://a.example", b"//x"])
    )
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.1", b"1.0"]))
    fields = [(b"Host", b"a.example"), *draw(framings), *draw(field_lines)]
    return lines(b"%b %b HTTP/%b" % (method, target, version), draw(st.permutations(fields)))


@st.composite
def response_heads(draw):
    status = draw(
        st.sampled_from([b"200 OK", b"204 No Content", b"304 Not Modified", b"404 \xe9", b"103 X", b"999 ", b"426 U"])
    )
    version = draw(st.sampled_from([b"1.1", b"1.1", b"1.0"]))
    fields = [*draw(framings), *draw(field_lines)]
    return lines(b"HTTP/%b %b" % (version, status), draw(st.permutations(fields)))


@st.composite
def chunked_bodies(draw):
    """A well-formed chunked body."""
    extensions = st.sampled_from([b"", b"", b"", b";a", b';a="b;\\"c"', b";a=b;c"])
    trailers = st.lists(st.sampled_from([b"X-Sum: 1\r\n", b"X:\r\n", b"Y: a b\r\n"]), max_size=3)
    chunks = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
    parts = [b"%x%b\r\n%b\r\n" % (len(chunk), draw(extensions), chunk) for chunk in chunks]
    return b"".join([*parts, b"0", draw(extensions), b"\r\n", *draw(trailers), b"\r\n"])


@st.composite
def cuts(draw, raw):
    """``raw`` in pieces."""
    places = sorted(draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    return [raw[one:other] for one, other in zip([0, *places], [*places, len(raw)], strict=True)]
