"""What HAProxy 2.6.12 does with ``cookie SRV …`` in the same cases, each compared with it."""

import pytest
from affinity_gw_plugins.cookie import Cookie
from affinity_gw_plugins.cookie_dates import encoded

from affinity_gw.routing.affinity import find_pin
from affinity_gw.routing.decide import decide
from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.sections import AffinityEntry, Frontend
from tests.plugins.making import ONE, TWO, fields, forward
from tests.routing.making import backend, request, server, snapshot

INSERT = Cookie("SRV", insert=True)
INDIRECT = Cookie("SRV", insert=True, indirect=True)
SET_ONE = ("Set-Cookie", "SRV=one; path=/")


class TestKey:
    @pytest.mark.parametrize(
        ("lines", "key"),
        [
            ([], None),
            (["a=1"], None),
            (["SRV"], None),
            (["srv=one"], None),
            (["xSRV=one"], None),
            (["SRV=one"], "one"),
            (["a=1; SRV=one; b=2"], "one"),
            (["SRV=one|abcde|fghij"], "one"),
            (["SRV=|abcde"], ""),
            (["SRV="], ""),
            (['SRV="one"'], '"one"'),
            (["a=1", "SRV=one"], "one"),
        ],
    )
    def test_the_key_is_the_cookies_value_up_to_a_bar(self, lines, key):
        assert INSERT.request_key(request("/", *[("Cookie", line) for line in lines])) == key

    @pytest.mark.parametrize(
        ("lines", "server_name", "pin"),
        [
            pytest.param(["SRV=two"], "s2", "hit", id="valid"),
            pytest.param(["SRV=nope; SRV=two"], "s2", "hit", id="the first valid one wins"),
            pytest.param(["SRV=nope", "SRV=two"], "s2", "hit", id="on another line too"),
            pytest.param(["SRV=two; SRV=one"], "s2", "hit", id="of two valid ones the first"),
            pytest.param(["SRV=three; SRV=two"], "s2", "hit", id="one that is down is passed over"),
            pytest.param(["SRV=three"], None, "lost", id="down"),
            pytest.param(["SRV=three; SRV=nope"], None, "lost", id="down, and another one unknown"),
            pytest.param(["SRV=nope"], None, "unknown", id="unknown"),
            pytest.param(["SRV="], None, "unknown", id="empty"),
            pytest.param(['SRV="two"'], None, "unknown", id="quoted"),
            pytest.param(["SRV=TWO"], None, "unknown", id="another case"),
            pytest.param(["SRV=tw"], None, "unknown", id="shorter"),
            pytest.param(["SRV=two=two"], None, "unknown", id="longer"),
        ],
    )
    def test_the_first_valid_occurrence_pins(self, lines, server_name, pin):
        three = server("s3", 3, cookie="three")
        wt = backend(ONE, TWO, three, affinity=(AffinityEntry("cookie", INSERT, "server"),))
        head = request("/", *[("Cookie", line) for line in lines])
        found = find_pin(head, wt, snapshot(wt, down={"wt/s3"}), Live())
        assert (found.pin, found.server_name if isinstance(found, Forward) else None) == (pin, server_name)


class TestRequest:
    def edited(self, *lines, extractor=INDIRECT):
        sent = fields(("Host", "h"), *[("cookie", line) for line in lines], ("X", "SRV=one"))
        extractor.edit_request(sent, forward())
        return list(sent.items())

    @pytest.mark.parametrize("value", ["one", "nope", "", '"one"', "one|abcde"])
    def test_indirect_hides_the_cookie_whatever_its_value(self, value):
        assert self.edited(f"a=1; SRV={value}; b=2") == [("Host", "h"), ("cookie", "a=1; b=2"), ("X", "SRV=one")]

    def test_a_line_with_nothing_left_goes(self):
        assert self.edited("SRV=one", "z=1", "SRV=x; SRV=y") == [("Host", "h"), ("cookie", "z=1"), ("X", "SRV=one")]

    @pytest.mark.parametrize("line", ["a=1; b=2", "SRV", "srv=one", "xSRV=1"])
    def test_other_cookies_stay_as_they_are(self, line):
        assert self.edited(line) == [("Host", "h"), ("cookie", line), ("X", "SRV=one")]

    def test_without_indirect_the_server_sees_it(self):
        assert self.edited("SRV=one", extractor=INSERT) == [("Host", "h"), ("cookie", "SRV=one"), ("X", "SRV=one")]


class TestResponse:
    def edited(self, decision, *answer, extractor=INSERT, status=200):
        sent = fields(("Server", "x"), *answer)
        extractor.edit_response(sent, status, decision)
        assert sent.popone("Server") == "x"
        return list(sent.items())

    @pytest.mark.parametrize("pin", ["none", "unknown", "lost"])
    @pytest.mark.parametrize("status", [101, 200, 304, 404, 500])
    def test_it_is_set_where_the_request_named_no_server_that_is_up(self, pin, status):
        assert self.edited(forward(pin=pin, word=None), status=status) == [SET_ONE]

    def test_it_is_not_set_where_the_request_named_the_server_that_answers(self):
        assert self.edited(forward(("Cookie", "SRV=one"), pin="hit", word="one")) == []

    def test_it_is_set_anew_after_a_redispatch(self):
        decision = forward(("Cookie", "SRV=two"), pin="hit", word="two")
        decision.persistent = False
        assert self.edited(decision) == [SET_ONE]

    def test_another_key_that_names_servers_counts_as_well(self):
        assert self.edited(forward(pin="hit", word="one", target="/?wtd=one")) == []

    @pytest.mark.parametrize(("lines", "expected"), [(["SRV=one"], []), (["SRV=two"], [SET_ONE]), ([], [SET_ONE])])
    def test_where_a_hash_chose_the_cookie_is_asked(self, lines, expected):
        decision = forward(*[("Cookie", line) for line in lines], pin="hit", word=None)
        assert self.edited(decision) == expected

    def test_a_cookie_that_is_only_read_is_never_set(self):
        answer = ("Set-Cookie", "SRV=app")
        assert self.edited(forward(), answer, extractor=Cookie("SRV")) == [answer]

    @pytest.mark.parametrize("line", ["SRV=app; path=/x", "SRV=", "SRV = q"])
    def test_the_servers_own_cookie_of_that_name_is_removed(self, line):
        answer = [("Set-Cookie", "a=1"), ("Set-Cookie", line), ("Set-Cookie", "b=2")]
        others = [answer[0], answer[2]]
        assert self.edited(forward(), *answer) == [*others, SET_ONE]
        assert self.edited(forward(pin="hit", word="one"), *answer) == others

    @pytest.mark.parametrize("line", ["SRVX=1", "SRV", "a=SRV=1", "srv=1"])
    def test_other_cookies_of_the_server_stay(self, line):
        assert self.edited(forward(), ("Set-Cookie", line)) == [("Set-Cookie", line), SET_ONE]

    def test_preserve_leaves_the_servers_own_and_sets_none(self):
        preserve, own = Cookie("SRV", insert=True, preserve=True), ("Set-Cookie", "SRV=app")
        assert self.edited(forward(), own, extractor=preserve) == [own]
        assert self.edited(forward(), extractor=preserve) == [SET_ONE]

    @pytest.mark.parametrize(
        ("options", "attributes"),
        [
            ({"domain": ".x.org"}, "; domain=.x.org"),
            ({"httponly": True}, "; HttpOnly"),
            ({"secure": True}, "; Secure"),
            ({"samesite": "Lax"}, "; SameSite=Lax"),
            (
                {"samesite": "None", "secure": True, "httponly": True, "domain": "x.org"},
                "; domain=x.org; HttpOnly; Secure; SameSite=None",
            ),
        ],
    )
    def test_attributes_come_in_haproxys_order(self, options, attributes):
        extractor = Cookie("SRV", insert=True, **options)
        assert self.edited(forward(), extractor=extractor) == [("Set-Cookie", f"SRV=one; path=/{attributes}")]


class TestNocache:
    nocache = Cookie("SRV", insert=True, nocache=True)
    private = ("Cache-Control", "private")

    def edited(self, decision, *answer, status=200):
        sent = fields(*answer)
        self.nocache.edit_response(sent, status, decision)
        return list(sent.items())

    def test_an_answer_that_caches_might_keep_is_marked_after_the_cookie(self):
        answer = ("Cache-Control", "max-age=60")
        assert self.edited(forward(), answer) == [answer, SET_ONE, self.private]

    def test_a_plain_answer_is_not(self):
        assert self.edited(forward()) == [SET_ONE]

    def test_nothing_is_marked_where_no_cookie_is_set(self):
        answer = ("Cache-Control", "max-age=60")
        assert self.edited(forward(pin="hit", word="one"), answer) == [answer]

    def test_the_method_counts(self):
        answer = ("Cache-Control", "max-age=60")
        assert self.edited(forward(method="POST"), answer) == [answer, SET_ONE]


class TestModes:
    """Every other mode, and what the log says of it: the third letter and the fourth."""

    def edited(self, extractor, decision, *answer, status=200):
        sent = fields(*answer)
        mark = extractor.edit_response(sent, status, decision)
        return list(sent.items()), mark

    @pytest.mark.parametrize(
        ("options", "pin", "own", "expected", "mark"),
        [
            ({}, "none", "SRV=v", "SRV=v", "P"),
            ({}, "hit", None, None, "N"),
            ({"indirect": True}, "hit", "SRV=v", None, "D"),
            ({"indirect": True}, "none", "SRV=v", "SRV=v", "P"),
            ({"indirect": True, "preserve": True}, "hit", "SRV=v", "SRV=v", "P"),
            ({"rewrite": True}, "none", "SRV=v", "SRV=one", "R"),
            ({"rewrite": True}, "hit", "SRV = v ; path = /", "SRV=one ; path = /", "R"),
            ({"rewrite": True}, "none", "SRV=", "SRV=one", "R"),
            ({"rewrite": True}, "none", "SRV", "SRV", "N"),
            ({"rewrite": True}, "none", "SRV=v,SRV=u; x", "SRV=one,SRV=u; x", "R"),
            ({"rewrite": True}, "none", 'SRV="v;w"; x', "SRV=one; x", "R"),
            ({"rewrite": True}, "none", "a = 1 ; x", "a=1 ; x", "N"),
            ({"rewrite": True}, "none", None, None, "N"),
            ({"prefix": True}, "none", "SRV=v; path=/x", "SRV=one~v; path=/x", "R"),
            ({"prefix": True}, "hit", "SRV=v", "SRV=one~v", "R"),
            ({"prefix": True}, "hit", "SRV=", "SRV=one~", "R"),
            ({"prefix": True, "indirect": True}, "hit", "SRV=v", None, "D"),
            ({"prefix": True, "indirect": True}, "none", "SRV=v", "SRV=one~v", "R"),
            ({"insert": True, "preserve": True}, "hit", "SRV=v", "SRV=v", "P"),
            ({"insert": True, "preserve": True}, "none", "SRV=v", "SRV=v", "P"),
            ({"insert": True}, "hit", "SRV=v", None, "D"),
            ({"insert": True}, "hit", None, None, "N"),
            ({"insert": True}, "none", "SRV=v", "SRV=one; path=/", "I"),
        ],
    )
    def test_what_becomes_of_the_servers_own_cookie(self, options, pin, own, expected, mark):
        decision = forward(pin=pin, word="one" if pin == "hit" else None)
        answer = [("Set-Cookie", own)] if own is not None else []
        rest = [("Set-Cookie", expected)] if expected is not None else []
        assert self.edited(Cookie("SRV", **options), decision, *answer) == (rest, mark)

    def test_fields_stay_where_they_are(self):
        answer = [("Set-Cookie", "a=1"), ("X", "1"), ("set-cookie", "SRV=v"), ("Y", "2")]
        expected = [*answer[:2], ("set-cookie", "SRV=one"), answer[3]]
        assert self.edited(Cookie("SRV", rewrite=True), forward(), *answer) == (expected, "R")

    @pytest.mark.parametrize(
        ("method", "expected"), [("POST", ([SET_ONE], "I")), ("GET", ([], "N")), ("PUT", ([], "N"))]
    )
    def test_postonly_hands_it_out_in_answers_to_post(self, method, expected):
        assert self.edited(Cookie("SRV", insert=True, postonly=True), forward(method=method)) == expected

    def test_several_domains_and_attributes_stand_in_haproxys_order(self):
        extractor = Cookie("SRV", insert=True, httponly=True, secure=True, domain=(".a.b", "c.d"), attr=("X=1", "Y"))
        cookie = "SRV=one; path=/; domain=.a.b; domain=c.d; HttpOnly; Secure; X=1; Y"
        assert self.edited(extractor, forward()) == ([("Set-Cookie", cookie)], "I")

    def test_a_server_without_a_word_has_the_client_forget_its_cookie(self):
        nameless = server("s3", 3, cookie=False)
        removal = "SRV=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/; HttpOnly"
        extractor = Cookie("SRV", insert=True, httponly=True)
        assert self.edited(extractor, forward(to=nameless)) == ([("Set-Cookie", removal)], "I")
        own = ("Set-Cookie", "SRV=v")
        assert self.edited(Cookie("SRV", prefix=True), forward(to=nameless), own) == ([own], "P")

    @pytest.mark.parametrize(
        ("line", "key", "seen"),
        [
            ("SRV=one~v", "one", "SRV=v"),
            ("SRV=one~", "one", "SRV="),
            ("SRV=one", "one", "SRV=one"),
            ("SRV=~v", "", "SRV=v"),
            ("SRV=nope~v", "nope", "SRV=v"),
            ("a=1; SRV=one~v~z; b=2", "one", "a=1; SRV=v~z; b=2"),
            ("SRV = one ~ v ; a=1", "one ", "SRV= v ; a=1"),
            ("SRV=one~v; SRV=two~u", "one\ntwo", "SRV=v; SRV=u"),
            ('SRV="one~v"', '"one', 'SRV=v"'),
            ("SRV=one|x", "one|x", "SRV=one|x"),
        ],
    )
    def test_prefix_is_read_and_taken_off_on_the_way_to_the_server(self, line, key, seen):
        extractor = Cookie("SRV", prefix=True)
        assert extractor.request_key(request("/", ("Cookie", line))) == key
        sent = fields(("Cookie", line))
        extractor.edit_request(sent, forward())
        assert sent.getall("Cookie") == [seen]

    @pytest.mark.parametrize("options", [{}, {"insert": True}, {"rewrite": True}, {"prefix": True}])
    def test_blanks_around_equals_signs_are_taken_out_in_every_mode(self, options):
        sent = fields(("Cookie", "a = 1; SRV =two; $b = 2"))
        Cookie("SRV", **options).edit_request(sent, forward())
        assert sent.getall("Cookie") == ["a=1; SRV=two; $b = 2"]


class TestSeen:
    @pytest.mark.parametrize(
        ("lines", "letter"),
        [
            ([], "N"),
            (["SRV"], "N"),
            (["SRV=two"], "V"),
            (["SRV="], "I"),
            (["SRV=nope"], "I"),
            (["SRV=three"], "D"),
            (["SRV=two; SRV=nope"], "V"),
            (["SRV=two; SRV=three"], "V"),
            (["SRV=three; SRV=two"], "V"),
            (["SRV=nope", "SRV=two"], "V"),
            (["SRV=three; SRV=nope"], "D"),
            (["SRV=nope; SRV=three"], "D"),
        ],
    )
    def test_the_third_letter_says_what_the_cookie_was_worth(self, lines, letter):
        assert INSERT.cookie_seen(self.decided(lines)) == letter

    def test_a_redispatch_makes_a_valid_cookie_one_of_a_server_that_is_down(self):
        decision = self.decided(["SRV=two"])
        decision.persistent = False
        assert INSERT.cookie_seen(decision) == "D"

    def test_a_cookie_is_unused_where_another_key_chose(self):
        assert INSERT.cookie_seen(forward(("Cookie", "SRV=two"), pin="hit", word="one")) == "U"

    def test_a_cookie_that_is_only_read_has_no_letter(self):
        assert Cookie("SRV").cookie_seen(self.decided(["SRV=two"])) is None

    @staticmethod
    def decided(lines):
        three = server("s3", 3, cookie="three")
        wt = backend(ONE, TWO, three, affinity=(AffinityEntry("cookie", INSERT, "server"),))
        frontend = Frontend("web", (), "wt")
        head = request("/", *[("Cookie", line) for line in lines])
        return decide(head, frontend, snapshot(wt, down={"wt/s3"}), Live())


NOW = 1_800_000_000
NEW, OLD, AHEAD, LATER = (encoded(NOW + seconds) for seconds in (-100, -40_000, 3600, 90_000))


class TestDates:
    idle = Cookie("SRV", insert=True, maxidle="30m")
    life = Cookie("SRV", insert=True, maxlife="8h")
    both = Cookie("SRV", insert=True, maxidle="30m", maxlife="8h")

    @pytest.fixture(autouse=True)
    def at_now(self, monkeypatch):
        monkeypatch.setattr(Cookie, "clock", staticmethod(lambda: float(NOW)))

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("one", ("one", "V", f"one|{encoded(NOW)}|{encoded(NOW)}", "U")),
            (f"one|{NEW}", ("one", "V", f"one|{encoded(NOW)}|{encoded(NOW)}", "U")),
            (f"one|{NEW}|{NEW}", ("one", "V", f"one|{encoded(NOW)}|{NEW}", "U")),
            (f"one|{AHEAD}|{NEW}", ("one", "V", None, "N")),
            (f"one|{OLD}", (None, "E", f"one|{encoded(NOW)}|{encoded(NOW)}", "I")),
            (f"one|{LATER}", (None, "E", f"one|{encoded(NOW)}|{encoded(NOW)}", "I")),
            (f"one|{NEW}|{OLD}", (None, "O", f"one|{encoded(NOW)}|{encoded(NOW)}", "I")),
            (f"one|{OLD}|{OLD}", (None, "O", f"one|{encoded(NOW)}|{encoded(NOW)}", "I")),
            ("one|?????", ("one", "V", f"one|{encoded(NOW)}|{encoded(NOW)}", "U")),
        ],
    )
    def test_a_date_that_is_past_costs_the_cookie_and_one_that_holds_is_renewed(self, value, expected):
        assert self.outcome(self.both, value) == expected

    def test_maxidle_alone_writes_one_date(self):
        assert self.outcome(self.idle, f"one|{NEW}") == ("one", "V", f"one|{encoded(NOW)}", "U")

    def test_maxlife_alone_judges_by_the_first_date(self):
        assert self.outcome(self.life, f"one|{OLD}|{NEW}") == ("one", "V", f"one|{encoded(NOW)}|{NEW}", "U")
        assert self.outcome(self.life, f"one|{NEW}|{OLD}")[1] == "O"

    def test_dates_that_nobody_wants_are_taken_out(self):
        assert self.outcome(INSERT, f"one|{OLD}|{OLD}") == ("one", "V", "one", "U")

    @staticmethod
    def outcome(extractor, value):
        """The key, the third letter, the value that is set, the fourth letter."""
        head = request("/", ("Cookie", f"SRV={value}"))
        key = extractor.request_key(head)
        decision = forward(("Cookie", f"SRV={value}"), pin="none" if key is None else "hit", word=key)
        sent = fields()
        mark = extractor.edit_response(sent, 200, decision)
        cookie = sent.get("Set-Cookie")
        return key, extractor.cookie_seen(decision), cookie and cookie.removeprefix("SRV=").partition(";")[0], mark
