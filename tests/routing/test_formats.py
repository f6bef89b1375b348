"""Each row was compared with what HAProxy 2.6.12 writes."""

import pytest

from affinity_gw.routing.formats import compile_format
from affinity_gw.routing.not_yet import ALIASES, NotSupportedYet
from tests.routing.making import NOW, connected, request, response

NAMES = {"backends": ("wt",), "frontend": "web", "backend": "wt"}


def written(text, head, **options):
    made = compile_format(text, **{**NAMES, **options})
    return made if isinstance(made, str) else made(head, NOW)


@pytest.mark.parametrize("text", ["", "plain", "a%%b", "%%", "100%% [a]"])
def test_what_depends_on_nothing_stays_a_string(text):
    assert compile_format(text, backends=()) == text.replace("%%", "%")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%[path]", "/a/B"),
        ("%[url]", "/a/B?c=1&d"),
        ("%[pathq]", "/a/B?c=1&d"),
        ("%[query]", "c=1&d"),
        ("%[base]", "a.b/a/B"),
        ("%[baseq]", "a.b/a/B?c=1&d"),
        ("%[method]", "GET"),
        ("%[req.ver]", "1.1"),
        ("%[src]", "192.0.2.1"),
        ("%[src_port]", "40000"),
        ("%[dst]:%[dst_port]", "198.51.100.1:80"),
        ("%[ssl_fc]", "0"),
        ("%[ssl_fc_sni]", ""),
        ("%[nbsrv(wt)]", "3"),
        ("%[always_true]", "1"),
        ("%[hdr(host)]", "a.b"),
        ("%[req.hdr(x)]", "d"),
        ("%[req.hdr(x,1)]", "a"),
        ("%[req.hdr(x,-2)]", '"b, c"'),
        ("%[req.hdr(x,9)]", ""),
        ("%[req.fhdr(x)]", "d"),
        ("%[req.fhdr(x,1)]", 'a, "b, c"'),
        ("%[req.hdr_cnt(x)]", "3"),
        ("%[req.hdr_val(n)]", "0"),
        ("%[req.hdr_ip(ip)]", "::ffff:10.1.1.1"),
        ("%[req.hdr_ip(ip,1)]", ""),
        ("%[req.cook(c)]", "2"),
        ("%[req.cook]", "1"),
        ("%[urlp(c)]", "1"),
        ("%[urlp_val(c)]", "1"),
        ("%[req.hdr(nothing)]", ""),
        ("%[req.hdr(nothing),lower]", ""),
        ("x%[path,field(2,/)]y%%z", "xay%z"),
        ("%[path,lower]%[query,upper]", "/a/bC=1&D"),
        ("%[src,ipmask(8)]", "192.0.0.0"),
        ("%[ssl_fc,iif(https,http)]", "http"),
        ("%[str('a,b)')]", "a,b)"),
        ("%[int(5)]", "5"),
        ("%ci:%cp", "192.0.2.1:40000"),
        ("%fi:%fp", "198.51.100.1:80"),
        ("%f %b", "web wt"),
        ("%HM %HU %HV", "GET /a/B?c=1&d HTTP/1.1"),
        ("%HP%HQ %HPO", "/a/B?c=1&d /a/B"),
        ("%[fe_name]", "web"),
        ("%[capture.req.uri]", "/a/B?c=1&d"),
    ],
)
def test_expressions(text, expected):
    head = request(
        "/a/B?c=1&d",
        ("Host", "a.b"),
        ("X", 'a, "b, c"'),
        ("X", "d"),
        ("N", "5, x"),
        ("Ip", "nix, ::ffff:10.1.1.1"),
        ("Cookie", "c=1; c=2"),
    )
    assert written(text, connected(head)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%[res.hdr(x)]", "answer"),
        ("%[hdr(x)]", "answer"),
        ("%[status]", "404"),
        ("%ST", "404"),
        ("%[src] %[method]", "192.0.2.1 GET"),
        ("%HM %HU", "GET /a?b"),
        ("%[capture.req.uri]", "/a?b"),
        ("%[scook(c)]", "1"),
        ("%[cookie(c)]", "1"),
    ],
)
def test_answers(text, expected):
    exchanged = response(404, ("X", "answer"), ("Set-Cookie", "c=1; Path=/"), request=request("/a?b", ("X", "request")))
    assert written(text, exchanged, response=True) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("100%", "a percent sign in '100%' stands alone; write %% for one"),
        ("a % b", "a percent sign in 'a % b' stands alone"),
        ("%x", "%x is no name that can be written; a percent sign itself is %%"),
        ("%[path", "a closing bracket is missing after %[path"),
        ("%[path lower]", "a closing bracket is missing after %[path"),
        ("%[path,lower,]", "a closing bracket is missing after %[path,lower,"),
        ("%[]", "']' does not begin with a name"),
        ("%[pth]", "the criterion pth is unknown; did you mean path?"),
        ("%[path_beg]", "the criterion path_beg is unknown"),
        ("%[res.hdr(a)]", "res.hdr looks at an answer; here is only a request"),
        ("%[hdr(a),regsub(a,b,z)]", "regsub(a,b,z): flags are i and g"),
    ],
)
def test_what_is_wrong_is_said(text, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        compile_format(text, backends=())
    assert str(caught.value).startswith(problem)


def test_a_name_that_is_not_known_here_is_said():
    with pytest.raises(ValueError, match="%b: be_name is not known here"):
        compile_format("%b", backends=(), frontend="web")


@pytest.mark.parametrize(
    "text", [*(f"%{name}" for name in sorted(ALIASES)), "%{+Q}[path]", "%[rand]", "%[path,map(x)]"]
)
def test_what_comes_later_is_told_apart(text):
    with pytest.raises(NotSupportedYet, match="is not supported yet"):
        compile_format(text, backends=())
