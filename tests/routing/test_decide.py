from dataclasses import replace

import pytest

from affinity_gw.routing.acl import compile_condition
from affinity_gw.routing.decide import decide
from affinity_gw.routing.decision import Forward, Reply
from affinity_gw.routing.live import Live
from affinity_gw.routing.rules import Deny, Redirect, Rule, UseBackend
from affinity_gw.routing.sections import Frontend
from tests.routing.making import backend, finds, request, server, servers, snapshot


def rule(text, action):
    return Rule(compile_condition(text, {}, backends=("wt", "other")) if text else None, action, text)


RULES = (
    rule("{ path_beg /admin }", Deny()),
    rule("{ path_beg /teapot }", Deny(418)),
    rule("{ path_beg /old }", Redirect("/new")),
    rule("{ path_beg /moved }", Redirect("https://example.org/", 301)),
    rule("{ path_beg /other } { nbsrv(other) gt 0 }", UseBackend("other")),
)
OTHER = backend(*servers(1, backend="other"), name="other")


def decided(target="/", *, affinity=(), down=(), default="wt", rules=RULES, trace=None, live=None, members=None):
    wt = backend(*(members or servers(1, 1)), affinity=affinity)
    frontend = Frontend("f", (), default, rules)
    now = snapshot(wt, OTHER, down=down, frontend=frontend)
    return decide(request(target), frontend, now, live or Live(), trace)


class TestRules:
    @pytest.mark.parametrize(
        ("target", "status", "termination", "location", "reason"),
        [
            ("/admin", 403, "PR", "", "denied by the rule: { path_beg /admin }"),
            ("/teapot", 418, "PR", "", "denied by the rule: { path_beg /teapot }"),
            ("/old/page?x=1", 302, "LR", "/new", "redirected by the rule: { path_beg /old }"),
            ("/moved", 301, "LR", "https://example.org/", "redirected by the rule: { path_beg /moved }"),
        ],
    )
    def test_a_refusal_or_a_redirect_is_an_answer(self, target, status, termination, location, reason):
        reply = decided(target)
        assert isinstance(reply, Reply)
        assert (reply.status, reply.termination, reply.location, reply.reason) == (
            status,
            termination,
            location,
            reason,
        )
        assert reply.backend is None

    def test_a_rule_chooses_the_backend(self):
        assert decided("/other").backend_name == "other"

    def test_a_rule_whose_condition_does_not_hold_is_passed_over(self):
        assert decided("/other", down={"other/1"}).backend_name == "wt"

    def test_the_first_rule_that_matches_decides(self):
        rules = (rule("", Deny()), rule("", UseBackend("other")))
        reply = decided(rules=rules)
        assert (reply.status, reply.reason) == (403, "denied by a rule without a condition")

    def test_no_rule_and_no_default_is_503(self):
        reply = decided(default="")
        assert (reply.status, reply.termination, reply.backend) == (503, "SC", None)
        assert reply.reason == "no rule of f chose a backend, and it has no default one"


class TestPinned:
    def test_a_key_goes_before_balance_and_does_not_move_its_turns(self):
        live = Live()
        assert decided(affinity=(finds("2"),), live=live).server_name == "2"
        assert decided(live=live).server_name == "1"

    def test_a_full_server_keeps_its_sessions_which_wait_for_it(self):
        live, full = Live(), server("1", 1, maxconn=1)
        live.load(full).active = 1
        forward = decided(affinity=(finds("1"),), live=live, members=(full, server("2", 2)))
        assert (forward.server, forward.persistent) == (full, True)

    def test_a_lost_key_is_balanced_and_says_so(self):
        forward = decided(affinity=(finds("1"),), down={"wt/1"})
        assert (forward.server_name, forward.pin, forward.key, forward.word) == ("2", "lost", "1", "1")
        assert forward.reason == "finds names 1, which is down: roundrobin chose 2"
        assert not forward.persistent

    def test_so_is_an_unknown_one(self):
        forward = decided(affinity=(finds("nope"),))
        assert (forward.server_name, forward.pin, forward.extractor) == ("1", "unknown", "finds")
        assert forward.reason == "the key of finds names no server: roundrobin chose 1"

    def test_faults_travel_with_whatever_was_decided(self):
        def broken(_head):
            raise RuntimeError

        for down in ((), ("wt/1", "wt/2")):
            decision = decided(affinity=(finds(broken),), down=down)
            assert [name for name, _ in decision.faults] == ["finds"]


class TestBalanced:
    def test_no_key_is_balanced(self):
        forward = decided()
        assert (forward.server_name, forward.pin, forward.extractor) == ("1", "none", None)
        assert forward.reason == "no key: roundrobin chose 1"

    def test_no_server_up_is_503_at_once(self):
        reply = decided(affinity=(finds("1"),), down={"wt/1", "wt/2"})
        assert (reply.status, reply.termination, reply.backend.name) == (503, "SC", "wt")
        assert (reply.pin, reply.extractor, reply.key, reply.word) == ("lost", "finds", "1", "1")
        assert reply.reason == "finds names 1, which is down: no server of wt is up"

    def test_no_server_up_and_no_key(self):
        assert decided(down={"wt/1", "wt/2"}).reason == "no server of wt is up"

    def test_where_all_are_full_the_request_waits_for_any(self):
        live, members = Live(), servers(1, 1, maxconn=1)
        for member in members:
            live.load(member).active = 1
        forward = decided(live=live, members=members)
        assert isinstance(forward, Forward)
        assert not forward.persistent
        assert not live.queues.has_room(forward.server)
        assert forward.reason == "no key: all servers of wt are full, the first free one takes it"


class TestTrace:
    def test_each_step_is_one_sentence(self):
        trace = []
        decided("/other", affinity=(finds("nope"),), trace=trace, down={"other/1"})
        assert trace == [
            "rule deny 403 when { path_beg /admin }: no match",
            "rule deny 418 when { path_beg /teapot }: no match",
            "rule redirect /new when { path_beg /old }: no match",
            "rule redirect https://example.org/ when { path_beg /moved }: no match",
            "rule backend other when { path_beg /other } { nbsrv(other) gt 0 }: no match",
            "backend wt",
            "affinity finds: key 'nope', unknown: the key of finds names no server",
            "roundrobin chose 1",
        ]

    def test_it_ends_where_a_rule_answers(self):
        trace = []
        decided("/admin", trace=trace)
        assert trace == ["rule deny 403 when { path_beg /admin }: matches"]

    def test_it_says_when_nobody_is_up(self):
        trace = []
        decided(rules=(rule("", UseBackend("other")),), down={"other/1"}, trace=trace)
        assert trace == ["rule backend other when always: matches", "backend other", "no server of other is up"]


@pytest.mark.parametrize(("mode", "chosen"), [("http", "other"), ("tcp", "main")])
def test_a_name_that_was_put_together_means_a_backend_of_the_same_mode(mode, chosen):
    main, other = (backend(*servers(1, backend=name), name=name) for name in ("main", "other"))
    rules = (Rule(None, UseBackend(lambda _head, _snapshot: "other")),)
    frontend = Frontend("f", (), "main", rules)
    decision = decide(request("/"), frontend, snapshot(main, replace(other, mode=mode), frontend=frontend), Live())
    assert decision.backend.name == chosen


def test_a_thousand_servers_cost_a_key_no_more_looks_than_two():
    """Counted, not timed: the words are looked up, never gone through."""
    many = backend(*(server(f"wt{number}", number) for number in range(1, 1001)), affinity=(finds("wt900"),))
    frontend = Frontend("f", (), "wt")
    now = snapshot(many, frontend=frontend)
    looked = []

    class Counting(dict):
        def get(self, key, default=None):
            looked.append(key)
            return super().get(key, default)

        def __iter__(self):
            raise AssertionError("nobody goes through the words")

    object.__setattr__(many, "words", Counting(many.words))
    assert decide(request(), frontend, now, Live()).server_name == "wt900"
    assert looked == ["wt900"]


class TestMonitor:
    def asked(self, target, fails=None):
        frontend = Frontend("f", (), "wt", (rule("", Deny()),), monitor_uri="/up", monitor_fail=fails)
        return decide(request(target), frontend, snapshot(backend(), frontend=frontend), Live())

    def test_it_is_answered_before_all_rules_and_not_logged(self):
        reply = self.asked("/up")
        assert (reply.status, reply.logged, reply.reason) == (200, False, "monitor_uri: all is well")

    @pytest.mark.parametrize("target", ["/up/", "/up?x", "http://a/up"])
    def test_it_is_exactly_that_target(self, target):
        assert (self.asked(target).status, self.asked(target).logged) == (403, True)

    def test_it_fails_where_its_condition_holds(self):
        reply = self.asked("/up", fails=lambda _head, _snapshot: True)
        assert (reply.status, reply.logged) == (503, False)
