"""What HAProxy 2.6.12 does with ``cookie SRV insert …`` in the same cases, each compared with it."""

import pytest
from affinity_gw_plugins.cookie import Cookie

from affinity_gw.routing.affinity import find_pin
from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.snapshot import AffinityEntry
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
        assert self.edited(forward(("Cookie", "SRV=two"), pin="hit", word="two")) == [SET_ONE]

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


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({"name": ""}, "name is '', which is no cookie's name"),
            ({"name": "a b"}, "name is 'a b', which is no cookie's name"),
            ({"name": "a=b"}, "name is 'a=b', which is no cookie's name"),
            ({"nocache": True}, "nocache: only a cookie that is handed out has that; add insert = true"),
            ({"indirect": True, "domain": "x"}, "indirect and domain: only a cookie that is handed out has that"),
            ({"insert": True, "samesite": "lax"}, "samesite is 'lax'; it can be Lax, Strict, None"),
            ({"insert": True, "samesite": "None"}, "samesite is None, and browsers drop such a cookie"),
            ({"insert": True, "domain": "a;b"}, "domain is 'a;b', which is no domain's name"),
            ({"insert": True, "domain": "a\r\nX: y"}, "domain is"),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, options, problem):
        with pytest.raises(ValueError, match=r".") as caught:
            Cookie(**{"name": "SRV", **options})
        assert str(caught.value).startswith(problem)

    def test_it_pins_to_servers(self):
        assert Cookie.default_pin == "server"
