from typing import ClassVar

import pytest

from affinity_gw.routing.acl import compile_acl, compile_condition, compile_response_condition
from affinity_gw.routing.first_match import PathPrefix
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Place
from tests.routing.making import backend, request, response, servers, snapshot

NOW = snapshot(backend(*servers(1)))
ACLS = {
    "a": ["path_sub a"],
    "b": ["path_sub b"],
    "c": ["path_sub c"],
    "either": ["path_beg /x", "path_beg /y"],
    "is-odd_name.1:2": ["path /odd"],
}


def holds(text, target="/", acls=ACLS):
    return compile_condition(text, acls, backends=("wt",))(request(target), NOW)


@pytest.mark.parametrize(
    ("text", "matching"),
    [
        ("a", "/a /ab /ac /abc"),
        ("a b", "/ab /abc"),
        ("a or b", "/a /b /ab /ac /bc /abc"),
        ("a || b", "/a /b /ab /ac /bc /abc"),
        ("a OR b", "/a /b /ab /ac /bc /abc"),
        ("a b or c", "/c /ab /ac /bc /abc"),
        ("a or b c", "/a /ab /ac /bc /abc"),
        ("!a", "/ /b /c /bc"),
        ("! a", "/ /b /c /bc"),
        ("!!a", "/a /ab /ac /abc"),
        ("! !a", "/a /ab /ac /abc"),
        ("a !b", "/a /ac"),
        ("!a !b", "/ /c"),
        ("a or !b or !c", "/ /a /b /c /ab /ac /abc"),
        ("{ path_sub a }", "/a /ab /ac /abc"),
        ("!{ path_sub a }", "/ /b /c /bc"),
        ("! { path_sub a } b", "/b /bc"),
        ("a { path_sub b } !{ path_sub c }", "/ab"),
        ("{ path_sub a b } c", "/ac /bc /abc"),
    ],
)
def test_conditions(text, matching):
    targets = ["/", "/a", "/b", "/c", "/ab", "/ac", "/bc", "/abc"]
    assert [target for target in targets if holds(text, target)] == matching.split()


@pytest.mark.parametrize(("target", "expected"), [("/x", True), ("/y", True), ("/z", False)])
def test_several_lines_of_one_acl_are_alternatives(target, expected):
    assert holds("either", target) is expected
    assert holds("!either", target) is not expected


def test_names_may_hold_what_haproxy_allows():
    assert holds("is-odd_name.1:2", "/odd")


def test_the_conditions_of_the_manual_work():
    acls = {
        "is_pubsub": ["path_beg /subscriptions/channel/"],
        "is_notes": ["hdr_dom(host) -i notes.olivepeak.com"],
        "pubsub_up": ["nbsrv(wt) gt 0"],
    }
    condition = compile_condition("is_pubsub is_notes pubsub_up", acls, backends=("wt",))
    head = request("/subscriptions/channel/7", ("Host", "Notes.OlivePeak.com:80"))
    assert condition(head, NOW)
    assert not condition(head, NOW.with_down(frozenset({"wt/1"})))
    assert not condition(request("/subscriptions/channel/7", ("Host", "olivepeak.com")), NOW)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the condition is empty"),
        ("or a", "in 'or a' a term is missing beside an 'or'"),
        ("a or", "in 'a or' a term is missing beside an 'or'"),
        ("a or or b", "in 'a or or b' a term is missing"),
        ("!", "a term is missing after '!'"),
        ("a !", "a term is missing after '!'"),
        ("{ path_sub a", "an anonymous acl lacks its closing brace"),
        ("{ path_sub a} b", "an anonymous acl lacks its closing brace"),
        ("{path_sub a }", "blanks are missing around the brace in '{path_sub'"),
        ("{ }", "it is empty"),
        ("eithr", "there is no acl eithr; did you mean either?"),
        ("A", "there is no acl A; define it, or write { criterion } with braces"),
        ("a 'b", 'the quote at "\'b" is not closed'),
        ("{ nbsrv(gone) gt 0 }", "nbsrv(gone): there is no such backend"),
        ("bad", "acl bad: the criterion path_bed is unknown; did you mean path_"),
        ("hollow", "acl hollow: it has no criterion"),
    ],
)
def test_what_is_wrong_is_said(text, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        holds(text, acls={**ACLS, "bad": ["path_bed /a"], "hollow": []})
    assert str(caught.value).startswith(problem)


def test_an_acl_that_needs_what_comes_later_says_so_with_its_name():
    with pytest.raises(NotSupportedYet, match="acl many: the criterion src_conn_rate is not supported yet"):
        compile_acl("many", ["src_conn_rate gt 10"], Place(()))


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("TRUE", request(), True),
        ("FALSE", request(), False),
        ("HTTP", request(), True),
        ("HTTP_1.0", request(), False),
        ("HTTP_1.1", request(), True),
        ("HTTP_2.0", request(), False),
        ("HTTP_CONTENT", request("/", ("Content-Length", "1")), True),
        ("HTTP_CONTENT", request("/", ("Content-Length", "0")), False),
        ("HTTP_URL_ABS", request("http://a/b"), True),
        ("HTTP_URL_ABS", request("/?x://"), False),
        ("HTTP_URL_SLASH", request("/a"), True),
        ("HTTP_URL_STAR", request("*"), True),
        ("LOCALHOST", request(peer="127.1.2.3"), True),
        ("LOCALHOST", request(peer="::1"), True),
        ("LOCALHOST", request(), False),
        ("METH_CONNECT", request(method="CONNECT"), True),
        ("METH_DELETE", request(method="DELETE"), True),
        ("METH_GET", request(method="HEAD"), True),
        ("METH_HEAD", request(), False),
        ("METH_OPTIONS", request(method="OPTIONS"), True),
        ("METH_POST", request(method="POST"), True),
        ("METH_PUT", request(method="PUT"), True),
        ("METH_TRACE", request(), False),
        ("WAIT_END", request(), True),
    ],
)
def test_haproxys_own_acls_are_there(name, head, expected):
    assert compile_condition(name, {}, backends=())(head, NOW) is expected


@pytest.mark.parametrize("name", ["RDP_COOKIE", "REQ_CONTENT"])
def test_those_about_bytes_come_later(name):
    with pytest.raises(NotSupportedYet, match=f"acl {name}: the criterion req"):
        holds(name)


def test_nbsrv_without_a_name_is_about_the_backend_that_asks():
    condition = compile_condition("{ nbsrv lt 1 }", {}, backends=("wt",), backend="wt")
    assert not condition(request(), NOW)
    assert condition(request(), NOW.with_down(frozenset({"wt/1"})))


def test_acls_that_only_ask_for_path_prefixes_stay_that_simple():
    condition = compile_condition("either", ACLS, backends=())
    assert isinstance(condition, PathPrefix)
    assert condition.prefixes == ("/x", "/y")


class TestResponses:
    ACLS: ClassVar = {
        "missing": ["status 404"],
        "html": ["res.hdr(content-type) -m beg text/html"],
        "get": ["METH_GET"],
    }

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("missing html", True),
            ("missing !html", False),
            ("{ status 200 } or { method POST } or { src 192.0.2.0/24 }", True),
            ("METH_GET { nbsrv(wt) 1 }", True),
            ("METH_POST", False),
        ],
    )
    def test_they_look_at_both_heads(self, text, expected):
        condition = compile_response_condition(text, self.ACLS, backends=("wt",))
        assert condition(response(404, ("Content-Type", "text/html; a"), request=request()), NOW) is expected

    @pytest.mark.parametrize("criterion", ["path_beg /a", "hdr(host) a", "cook(a) b", "urlp(a) b", "HTTP_1.1"])
    def test_what_only_a_request_has_is_refused(self, criterion):
        text = criterion if criterion.isupper() or criterion == "HTTP_1.1" else f"{{ {criterion} }}"
        with pytest.raises(ValueError, match="looks at a request, which is gone when the answer comes"):
            compile_response_condition(text, {}, backends=())

    def test_what_only_an_answer_has_is_refused_for_requests(self):
        with pytest.raises(ValueError, match="status looks at an answer; here is only a request"):
            compile_condition("{ status 404 }", {}, backends=())


def test_an_own_acl_goes_before_a_predefined_one():
    assert holds("LOCALHOST", "/a", {"LOCALHOST": ["path /a"]})


def test_patterns_can_come_from_a_file():
    read = {"paths.lst": ["/a", "/b"]}.__getitem__
    condition = compile_condition("{ path -f paths.lst }", {}, backends=(), read_patterns=read)
    assert [condition(request(target), NOW) for target in ("/a", "/b", "/c")] == [True, True, False]
