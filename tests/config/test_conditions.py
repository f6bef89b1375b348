"""Conditions are compiled, and complained of where they stand."""

import pytest

from affinity_gw.routing.snapshot import Snapshot
from tests.routing.making import request, response

CASES = {
    "acls": (
        '@F\nacl.a = ["path_beg /a", "hdr_beeg(x) y"]\nacl.b = "nbsrv(nix) gt 0"\nacl.c = "rand(2) 1"\n@B\n',
        [
            "4 [frontend.x] acl.a: the criterion hdr_beeg is unknown; did you mean hdr_beg?",
            "5 [frontend.x] acl.b: nbsrv(nix): there is no such backend",
            "6 [frontend.x] acl.c: the criterion rand is not supported yet",
        ],
    ),
    "rules": (
        (
            '@F\nacl.a = "path_beg /a"\n[[frontend.x.rule]]\nwhen = "a or d"\ndeny = 403\n'
            '[[frontend.x.rule]]\nwhen = "{ path /a"\ndeny = 403\n@B\n'
        ),
        [
            "6 [frontend.x] rule[0].when: there is no acl d; define it, or write { criterion } with braces",
            "9 [frontend.x] rule[1].when: an anonymous acl lacks its closing brace, which must be a word of its own",
        ],
    ),
    "a bad acl is not complained of where it is used": (
        '@F\nacl.a = "nix /a"\n[[frontend.x.rule]]\nwhen = "a"\ndeny = 403\n@B\n',
        None,
    ),
    "an acl has no home in a backend": (
        '@F\nacl.a = "path /"\n@B\nstrip_lost_key = "a"\n',
        ["7 [backend.b] strip_lost_key: there is no acl a; define it, or write { criterion } with braces"],
    ),
    "a bad acl is not complained of where an answer is looked at": (
        '@F\nacl.a = "nix 404"\n[[frontend.x.response_rule]]\nwhen = "a"\ndeny = 403\n@B\n',
        None,
    ),
    "answers have no path": (
        '@F\nacl.a = "path /a"\n[[frontend.x.response_rule]]\nwhen = "a"\ndeny = 403\n@B\n',
        [
            (
                "6 [frontend.x] response_rule[0].when: "
                "acl a: path looks at a request, which is gone when the answer comes; use it in a rule for requests"
            ),
        ],
    ),
    "an expression": (
        '@F\n[[frontend.x.rule]]\nset_header.X = "%[pth]"\n@B\n',
        ["5 [frontend.x] rule[0].set_header.X: the criterion pth is unknown; did you mean path?"],
    ),
    "a file that is not there": (
        '@F\nacl.a = "path -f nix.lst"\n@B\n',
        ["4 [frontend.x] acl.a: the pattern file nix.lst cannot be read: No such file or directory"],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_a_bad_condition_is_complained_of(complaints, text, said):
    found = complaints(text)
    if said is None:
        assert len(found) == 1
    else:
        assert found == said


def test_patterns_come_from_a_file_beside_the_configuration(load, tmp_path, make_head):
    (tmp_path / "paths.lst").write_text("# comment\n\n/private\n", encoding="utf-8")
    config = load('@F\nacl.a = "path_beg -f paths.lst"\n[[frontend.x.rule]]\nwhen = "a"\ndeny = 403\n@B\n')
    when = config.frontends[0].rules[0].when
    snapshot = Snapshot.of(config)
    assert [when(make_head(path), snapshot) for path in ("/private/x", "/", "# comment")] == [True, False, False]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", [True, True, True]),
        ("false", None),
        ('"{ method GET } !{ url_sub request= }"', [True, False, False]),
    ],
)
def test_strip_lost_key_is_a_switch_or_a_condition(load, make_head, written, expected):
    config = load(f"@F\n@B\nstrip_lost_key = {written}\n")
    predicate = config.backends[0].strip_lost_key
    heads = [make_head("/?wtd=a"), make_head("/?wtd=a&request=style"), make_head("/?wtd=a", "POST")]
    assert (predicate and [predicate(head, Snapshot.of(config)) for head in heads]) == expected


def test_an_acl_about_answers_may_stand_beside_one_about_requests(load):
    config = load(
        '@F\nacl.missing = "status 404"\nacl.admin = "path_beg /admin"\n'
        '[[frontend.x.rule]]\nwhen = "admin"\ndeny = 403\n'
        '[[frontend.x.response_rule]]\nwhen = "missing"\nset_header.X = "%[status] %f"\n@B\n'
    )
    (rule,) = config.frontends[0].response_rules
    exchanged = response(404, request=request())
    assert rule.when(exchanged, Snapshot.of(config))
    assert rule.action.value(exchanged, Snapshot.of(config)) == "404 x"


def test_in_a_backend_nbsrv_is_its_own(load, make_head):
    config = load('@F\n@B\n[[backend.b.rule]]\nwhen = "{ nbsrv lt 1 }"\nredirect = "/closed"\n')
    when = config.backends[0].rules[0].when
    now = Snapshot.of(config)
    assert not when(make_head("/"), now)
    assert when(make_head("/"), now.with_down(frozenset(server.id for server in config.backends[0].servers)))


def test_a_server_that_does_not_exist_cannot_be_asked_for(complaints):
    found = complaints('@F\nacl.a = "srv_is_up(b/nix)"\n@B\n')
    assert found == ["4 [frontend.x] acl.a: srv_is_up(b/nix): there is no such server"]
