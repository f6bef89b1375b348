"""Each row was asked of HAProxy 2.6.12; "" is what it writes where there is nothing."""

import pytest

from affinity_gw.routing.converters import compile_expression
from affinity_gw.routing.expressions import parse_calls
from affinity_gw.routing.samples import Place
from tests.routing.making import NOW, request

ROWS = [
    ("/a//b/", "field(1,/)", ""),
    ("/a//b/", "field(2,/)", "a"),
    ("/a//b/", "field(3,/)", ""),
    ("/a//b/", "field(5,/)", ""),
    ("/a//b/", "field(6,/)", ""),
    ("/a//b/", "field(-1,/)", ""),
    ("/a//b/", "field(-2,/)", "b"),
    ("/a//b/", "field(-5,/)", ""),
    ("/a//b/", "field(-6,/)", ""),
    ("/a//b/", "field(2,/,2)", "a/"),
    ("/a//b/", "field(2,/,0)", "a//b/"),
    ("/a//b/", "field(2,/,9)", "a//b/"),
    ("/a//b/", "field(-1,/,2)", "b/"),
    ("/a//b/", "field(-2,/,2)", "/b"),
    ("/a//b/", "field(-2,/,0)", "/a//b"),
    ("/a//b/", "field(-1,/,9)", "/a//b/"),
    ("/a//b/", "word(1,/)", "a"),
    ("/a//b/", "word(2,/)", "b"),
    ("/a//b/", "word(3,/)", ""),
    ("/a//b/", "word(-1,/)", "b"),
    ("/a//b/", "word(-2,/)", "a"),
    ("/a//b/", "word(-3,/)", ""),
    ("/a//b/", "word(1,/,2)", "a//b"),
    ("/a//b/", "word(1,/,0)", "a//b/"),
    ("/a//b/", "word(1,/,9)", "a//b/"),
    ("/a//b/", "word(-1,/,2)", "a//b"),
    ("/a//b/", "word(-1,/,0)", "/a//b"),
    ("/a//b/", "word(-1,/,9)", "/a//b"),
    ("/a//b/", "word(1,./)", "a"),
    ("/a//b/", "length", "6"),
    ("/a//b/", "upper", "/A//B/"),
    ("/a//b/", "hex", "2F612F2F622F"),
    ("/a//b/", "base64", "L2EvL2Iv"),
    ("/a//b/", "bytes(1)", "a//b/"),
    ("/a//b/", "bytes(1,2)", "a/"),
    ("/a//b/", "bytes(99)", ""),
    ("/a//b/", "ltrim(/)", "a//b/"),
    ("/a//b/", "rtrim(/b)", "/a"),
    ("/a//b/", "concat(x)", "/a//b/x"),
    ("/a//b/", "concat(x,,y)", "/a//b/xy"),
    ("/a//b/", "url_enc", "%2Fa%2F%2Fb%2F"),
    ("/aAb", "lower", "/aab"),
    ("/aAb", "upper", "/AAB"),
    ("/aAb", "regsub(a,X,i)", "/XAb"),
    ("/aAb", "regsub(a,X,gi)", "/XXb"),
    ("/aAb", "regsub(^/,,)", "aAb"),
    ("/aAb", "regsub(x*,-,g)", "-/-a-A-b-"),
    ("/aAb", "regsub(b*,-,g)", "-/-a-A--"),
    ("/aAb", "regsub(nix,X)", "/aAb"),
    ("/aAb", "regsub('^/(.)(.*)','\\2\\1')", "Aba"),
    ("/aAb", "regsub('(z)?a','<\\1>')", "/<>Ab"),
    ("/aAb", "regsub([[:upper:]],-)", "/a-b"),
    ("/%61+b?a+c=%20+%2B", "url_dec", "/a+b?a c=  +"),
    ("/%61+b?a+c=%20+%2B", "url_dec(1)", "/a b?a c=  +"),
    ("/%61+b?a+c=%20+%2B", "url_enc(query)", "%2F%2561%2Bb%3Fa%2Bc%3D%2520%2B%252B"),
    ("/%6", "url_dec", ""),
    ("/%6", "url_enc", "%2F%256"),
    ("/~a-._!", "url_enc", "%2F~a-._%21"),
]


def value(expression, head):
    return compile_expression(parse_calls(expression)[0], Place(()))[1].one(head, NOW)


@pytest.mark.parametrize(("target", "converter", "expected"), ROWS)
def test_converters(target, converter, expected):
    made = value(f"url,{converter}", request(target))
    assert str(made or "") == expected


@pytest.mark.parametrize(
    ("converter", "text", "expected"),
    [
        ("b64dec", "YWJj", "abc"),
        ("b64dec", "YWI=", "ab"),
        ("b64dec", "YWI", None),
        ("b64dec", "YW!I=", None),
        ("b64dec", "/w==", "\udcff"),
        ("b64dec,hex", "/w==", "FF"),
        ("hex", "ä", "C3A4"),
        ("base64", "ä", "w6Q="),
        ("upper", "äb", "äB"),
        ("lower", "ÄB", "Äb"),
        ("url_enc", "ä b", "%C3%A4%20b"),
        ("url_dec", "%c3%a4%00", "ä\0"),
        ("bytes(1,1)", "ä", "\udca4"),
        ("length", "ä", 2),
        ("cut_crlf", "a", "a"),
    ],
)
def test_bytes_and_letters(converter, text, expected):
    assert value(f"hdr(x),{converter}", request("/", ("X", text))) == expected


@pytest.mark.parametrize(
    ("converter", "problem"),
    [
        ("field(0,:)", "field(0,:) wants a number from 1, or from -1 at the end, and delimiters"),
        ("field(1,)", "field(1,) wants a number"),
        ("field(x,:)", "field(x,:): 'x' is no number"),
        ("regsub(a,b,x)", "regsub(a,b,x): flags are i and g"),
        ("regsub((,b)", "the regular expression '(' cannot be read"),
        ("concat(a,txn.x)", "concat(a,txn.x): there are no variables"),
        ("url_enc(path)", "url_enc(path): the one way of encoding is query"),
    ],
)
def test_what_is_wrong_is_said(converter, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        value(f"url,{converter}", request())
    assert str(caught.value).startswith(problem)
