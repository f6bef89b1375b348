"""Each row was compared with HAProxy 2.6.12's answer to the same request."""

import pytest

from affinity_gw.routing.criteria import compile_criterion
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Place
from tests.routing.making import backend, compiled, request, servers, snapshot

NOW = snapshot(backend(*servers(1, 1, 1)), backend(*servers(1, backend="down"), name="down"), down={"down/1"})


def host(value):
    return request("/", ("Host", value))


def holds(text, head, now=NOW):
    return compiled(text, backends=("wt", "down"))(head, now)


@pytest.mark.parametrize(
    ("text", "head", "expected"),
    [
        ("path /a", request("/a?b"), True),
        ("path /a", request("/a/b"), False),
        ("path_beg /static", request("/staticfoo"), True),
        ("path_beg /static", request("http://h/static"), True),
        ("path_beg /static", request("/a/../static"), False),
        ("path_beg -i /STATIC", request("/static"), True),
        ("path_beg static", request("/static"), False),
        ("path_beg *", request("*", method="OPTIONS"), False),
        ("path -m found", request("*", method="OPTIONS"), False),
        ("path -m beg /st", request("/static"), True),
        ("path_end .gif -m", request("/x-m"), True),
        ("path_len gt 5", request("/12345"), True),
        ("path_reg ^/a[0-9]+$", request("/a12?x"), True),
        ("path_dir static", request("/a/static/b"), True),
        ("path_dom a.b", request("/x/a.b/c"), True),
        ("path_sub tic", request("/static"), True),
        ("url_sub wtd=wt1", request("/?x=wtd=wt12"), True),
        ("url_sub wtd=wt1", request("/wtd=wt1/x"), True),
        ("url_sub wtd=wt1", request("/?%77td=wt1"), False),
        ("url_sub example.com", request("http://example.com/"), True),
        ("hdr(host) a.b", host("a.b"), True),
        ("hdr(Host) a.b", host("a.b:80"), False),
        ("hdr_beg(host) -i dev.", host("DEV.x"), True),
        ("hdr_beg(host) -i dev.", host("devel.x"), False),
        ("hdr_end(host) -i urlenco.de", host("a,urlenco.de"), True),
        ("hdr_end(host) -i urlenco.de", host("urlenco.de:8080"), False),
        ("hdr_dom(host) -i notes.example", host("www.NOTES.example:80"), True),
        ("hdr_sub(user-agent) Mobile", request("/", ("User-Agent", "x (Mobile, y)")), True),
        ('hdr_sub(user-agent) "Mobile, y"', request("/", ("User-Agent", "x (Mobile, y)")), False),
        ("hdr(x) foo", request("/", ("X", "bar"), ("X", "y, foo")), True),
        ("hdr(x,1) foo", request("/", ("X", "bar"), ("X", "foo")), False),
        ("hdr(x,-1) foo", request("/", ("X", "bar"), ("X", "foo")), True),
        ("hdr(x) foo", request(), False),
        ("hdr(x) -m found", request("/", ("X", "")), True),
        ("hdr(x) -m found", request(), False),
        ("hdr_len(x) 3", request("/", ("X", "foo")), True),
        ("hdr_reg(x) -i ^F", request("/", ("X", "foo")), True),
        ("hdr(x) -m dom b", request("/", ("X", "a.b.c")), True),
        ("method POST", request(method="POST"), True),
        ("method POST", request(method="post"), False),
        ("method POST PUT", request(method="PUT"), True),
        ("method POST", request(method="POSTX"), False),
        ("method -i get", request(method="GET"), False),
        ("method -i foo", request(method="FOO"), True),
        ("method -i GET foo", request(method="GET"), True),
        ("method -m str GET", request(method="GET"), True),
        ("method -m beg -i g", request(method="GET"), True),
        ("method -m len 3", request(method="GET"), True),
        ("method -m found", request(method="GET"), True),
        ("method,lower get", request(method="GET"), True),
        ("path_beg,length 5", request("/1234"), True),
        ("path_len,upper /A", request("/a"), True),
        ("path --", request("/"), False),
        ("path -m int 0", request("/12"), True),
        ("hdr(host) -m int gt 3", host("12"), True),
        ("hdr(host) -m ip 10.0.0.0/8", host("10.1.1.1:80"), True),
        ("hdr(host) -m bool", host("1"), True),
        ("path,base64,b64dec -m beg /a", request("/ab"), True),
        ("nbsrv(wt),add(1) 4", request(), True),
        ("url_sub -i A=1", request("/?a=1"), True),
        ("url_sub a b", request("/?b"), True),
        ("src 192.0.2.0/24", request(peer="192.0.2.9"), True),
        ("src 192.0.2.0/24", request(peer="192.0.3.9", client="192.0.2.9"), False),
        ("src 192.0.2.1 ::1", request(peer="::1"), True),
        ("src 0.0.0.0/0", request(peer=""), False),
        ("nbsrv(wt) gt 0", request(), True),
        ("nbsrv(wt) 3", request(), True),
        ("nbsrv(wt) 4:", request(), False),
        ("nbsrv(down) gt 0", request(), False),
        ("nbsrv(down) 0", request(), True),
        ("nbsrv(wt) -m int 3", request(), True),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_criteria(text, head, expected):
    assert bool(holds(text, head)) is expected


def test_patterns_before_and_after_i_differ_in_case():
    predicate = compile_criterion(
        ["hdr(host)", "-f", "exact", "-i", "Folded"], Place(()), read_patterns=lambda _name: ["Exact"]
    )
    assert [predicate(host(value), NOW) for value in ("Exact", "exact", "folded", "FOLDED")] == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("path_bgin /a", "the criterion path_bgin is unknown; did you mean path_"),
        ("xyzzy 1", "the criterion xyzzy is unknown; known are always_false, "),
        ("pa/th /a", "'pa/th' is no criterion"),
        ("path(x /a", "the parenthesis after path in 'path(x' is not closed"),
        ("path_beg", "path_beg wants at least one pattern; write -m found to ask whether it is there, or --"),
        ("path(x) /a", "path(x): it takes nothing in parentheses"),
        ("path -m whole /a", "-m whole: there is no such method; methods are str, beg"),
        ("path -m (method) /a", "-m (method): there is no such method"),
        ("path_reg (", "the regular expression '(' cannot be read"),
        ("method", "method wants at least one pattern"),
        ("method(x) GET", "method(x): it takes nothing"),
        ("method -m int 3", "-m int cannot be used with method: a method cannot be taken for a number"),
        ("src", "src wants at least one pattern"),
        ("src example.org", "'example.org' is no address"),
        ("ssl_fc -m ip 1.2.3.4", "-m ip cannot be used with ssl_fc: a yes or no cannot be taken for an address"),
        ("path,b64dec a", "path,b64dec gives bytes; say with -m how to compare them"),
        ("nbsrv(wt)", "nbsrv(wt) wants at least one pattern"),
        ("nbsrv(wt) gt", "a number is missing after 'gt'"),
        ("nbsrv(wt) gt many", "'many' is no number"),
        ("path,lowr /a", "the converter lowr is unknown; did you mean lower?"),
    ],
)
def test_what_is_wrong_is_said(text, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        holds(text, request())
    assert str(caught.value).startswith(problem)
    assert not isinstance(caught.value, NotSupportedYet)


@pytest.mark.parametrize(
    "text", ["src_conn_rate gt 10", "rand(2) 1", "path,map(x) a", "path -m bin 2f", "path -M -f map", "var(txn.x) a"]
)
def test_what_comes_later_is_told_apart(text):
    with pytest.raises(NotSupportedYet, match="not supported yet"):
        holds(text, request())
