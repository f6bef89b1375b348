"""Rules: what each table becomes, and what is wrong with others."""

import pytest

from affinity_gw.routing.rules import (
    Deny,
    Phase,
    Redirect,
    SetStatus,
    UseServer,
)


def test_a_redirect_may_stand_among_the_other_rules(load):
    rules = '[[frontend.x.rule]]\nphase = "http-request"\nredirect = "/a"\n[[frontend.x.rule]]\ndeny = true\n'
    first, second = load(f"@F\n{rules}@B\n").frontends[0].rules
    assert (first.action, first.phase, second.action) == (Redirect("/a"), Phase.HTTP_REQUEST, Deny())


def test_unless_turns_a_condition_round(load):
    config = load('@F\n[[frontend.x.rule]]\nunless = "{ method POST }"\ndeny = true\n@B\n')
    (rule,) = config.frontends[0].rules
    post, get = (type("Head", (), {"method": method}) for method in ("POST", "GET"))
    assert (rule.when(post, None), rule.when(get, None), rule.text) == (False, True, "unless { method POST }")


def test_a_backend_has_rules_and_acls_of_its_own(load):
    config = load(
        '@F\n@B\nserver.s2 = "127.0.0.1:2"\nacl.dev = "hdr_beg(host) dev."\n'
        '[[backend.b.rule]]\nwhen = "dev"\nserver = "s2"\n'
        '[[backend.b.response_rule]]\nset_status = 418\nreason = "teapot"\n'
        "[[backend.b.response_rule]]\ndeny = true\n"
    )
    (backend,) = config.backends
    assert [(rule.action, rule.text) for rule in backend.rules] == [(UseServer("s2"), "dev")]
    assert [rule.action for rule in backend.response_rules] == [SetStatus(418, "teapot"), Deny(502)]


def test_a_status_without_a_reason_has_its_usual_one(load):
    config = load("@F\n@B\n[[backend.b.response_rule]]\nset_status = 404\n")
    assert [rule.action for rule in config.backends[0].response_rules] == [SetStatus(404, "Not Found")]


WRONG = {
    "a backend's rule that sends elsewhere": (
        '@F\n@B\n[[backend.b.rule]]\nbackend = "b"\n',
        "[backend.b] rule[0].backend: a backend cannot send a request to another one; move the rule to the frontend",
    ),
    "use-server in a frontend": (
        '@F\n[[frontend.x.rule]]\nserver = "s"\n@B\n',
        "[frontend.x] rule[0].server: a frontend has no servers; move the rule to the backend",
    ),
    "a server that is none": (
        '@F\n@B\nserver.s2 = "127.0.0.1:2"\n[[backend.b.rule]]\nserver = "s3"\n',
        '[backend.b] rule[0].server: there is no server "s3" in this backend; there is s1 and s2',
    ),
    "when and unless": (
        '@F\n[[frontend.x.rule]]\nwhen = "{ path /a }"\nunless = "{ path /b }"\ndeny = true\n@B\n',
        "[frontend.x] rule[0].unless: the rule has when and unless; keep one",
    ),
    "a redirect to nowhere": (
        "@F\n[[frontend.x.rule]]\nredirect.code = 301\n@B\n",
        '[frontend.x] rule[0].redirect: a redirect has one of location, prefix and scheme; write redirect = "/new"',
    ),
    "no regular expression": (
        '@F\n[[frontend.x.rule]]\nreplace_path = { match = "(", with = "" }\n@B\n',
        (
            "[frontend.x] rule[0].replace_path.match: the regular expression '(' cannot be read: "
            "missing ), unterminated subpattern at position 0"
        ),
    ),
    "a file that is not there": (
        '@F\n[[frontend.x.rule]]\nreturn.file = "no"\n@B\n',
        (
            "[frontend.x] rule[0].return.file: no cannot be read: No such file or directory; "
            "name a file that the gateway may read"
        ),
    ),
    "a second Host": (
        '@F\n[[frontend.x.rule]]\nadd_header.Host = "a"\n@B\n',
        "[frontend.x] rule[0].add_header: a request has one Host; write set_header",
    ),
    "no Host": (
        '@F\n[[frontend.x.rule]]\ndel_header = "H*"\n@B\n',
        "[frontend.x] rule[0].del_header: every request has a Host; leave it, or write set_header",
    ),
    "a field of the gateway's own": (
        '@F\n[[frontend.x.rule]]\nset_header.Content-Length = "1"\n@B\n',
        "[frontend.x] rule[0].set_header.Content-Length: Content-Length is the gateway's own business; leave it out",
    ),
    "a reason without a status": (
        '@F\n[[frontend.x.response_rule]]\ndeny = 502\nreason = "x"\n@B\n',
        "[frontend.x] response_rule[0].reason: only a set_status has a reason; leave it out",
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_rule_is_complained_of(complaints, text, said):
    assert [complaint.partition(" ")[2] for complaint in complaints(text)] == [said]
