"""Conditions are compiled, and complained of where they stand."""

import pytest

from affinity_gw.routing.snapshot import Snapshot

CASES = {
    "acls": (
        '@F\nacl.a = ["path_beg /a", "hdr_beeg(x) y"]\nacl.b = "nbsrv(nix) gt 0"\nacl.c = "cook(a) b"\n@B\n',
        [
            "4 [frontend.x] acl.a: the criterion hdr_beeg is unknown; did you mean hdr_beg?",
            "5 [frontend.x] acl.b: nbsrv(nix): there is no such backend",
            "6 [frontend.x] acl.c: the criterion cook is not supported yet",
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
