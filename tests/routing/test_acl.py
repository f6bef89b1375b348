import pytest

from affinity_gw.routing.acl import compile_acl, compile_condition
from affinity_gw.routing.not_yet import PREDEFINED_ACLS, NotSupportedYet
from tests.routing.making import backend, request, servers, snapshot

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
    with pytest.raises(NotSupportedYet, match="acl tls: the criterion ssl_fc is not supported yet"):
        compile_acl("tls", ["ssl_fc"], backends=())


@pytest.mark.parametrize("name", sorted(PREDEFINED_ACLS))
def test_predefined_acls_come_later(name):
    with pytest.raises(NotSupportedYet, match=f"the predefined acl {name} is not supported yet"):
        holds(name)


def test_an_own_acl_goes_before_a_predefined_one():
    assert holds("LOCALHOST", "/a", {"LOCALHOST": ["path /a"]})


def test_patterns_can_come_from_a_file():
    read = {"paths.lst": ["/a", "/b"]}.__getitem__
    condition = compile_condition("{ path -f paths.lst }", {}, backends=(), read_patterns=read)
    assert [condition(request(target), NOW) for target in ("/a", "/b", "/c")] == [True, True, False]
