import pytest

from affinity_gw.plugin import Extractor
from affinity_gw.routing.affinity import NOTHING_NOTED, find_pin, lost_key_target
from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.sections import AffinityEntry
from tests.routing.making import backend, finds, request, server, snapshot

WT1, WT2, WT3 = server("wt1", 1), server("wt2", 2, cookie="b"), server("wt3", 3)


def pinned(*entries, down=(), members=(WT1, WT2, WT3), trace=None):
    wt = backend(*members, affinity=entries)
    return find_pin(request(), wt, snapshot(wt, down=down), Live(), trace)


def raises(_head):
    raise RuntimeError("broken plugin")


class TestPinServer:
    def test_a_key_whose_server_is_up_pins(self):
        forward = pinned(finds("wt1"))
        assert isinstance(forward, Forward)
        assert (forward.server, forward.pin, forward.key, forward.word) == (WT1, "hit", "wt1", "wt1")
        assert forward.persistent
        assert forward.reason == "finds names wt1, which is up"

    def test_a_servers_word_is_its_cookie_where_it_has_one(self):
        assert pinned(finds("b")).server is WT2
        assert pinned(finds("wt2")).pin == "unknown"

    @pytest.mark.parametrize("key", ["wt", "wt10", "WT1", " wt1", ""], ids=repr)
    def test_words_are_compared_exactly(self, key):
        miss = pinned(finds(key))
        assert (miss.pin, miss.key, miss.word) == ("unknown", key, None)

    def test_a_key_whose_server_is_down_is_lost(self):
        miss = pinned(finds("wt1"), down={"wt/wt1"})
        assert (miss.pin, miss.key, miss.word, miss.entry.name) == ("lost", "wt1", "wt1", "finds")
        assert miss.reason == "finds names wt1, which is down"

    @pytest.mark.parametrize("key", ["wt1", lambda _head: "wt1"])
    def test_persist_sends_a_key_to_its_server_though_it_is_down(self, key):
        wt = backend(WT1, WT2, affinity=(finds(key),), persist=True, strip_lost_key=lambda _head, _snapshot: True)
        state = snapshot(wt, down={"wt/wt1"})
        forward = find_pin(request(), wt, state, Live())
        assert (forward.server, forward.pin, forward.word, forward.persistent) == (WT1, "lost", "wt1", True)
        assert forward.reason == "finds names wt1, which is down, and persist sends it there"
        assert lost_key_target(forward, state) is None

    def test_a_server_without_a_word_is_meant_by_no_key(self):
        nameless = server("s", 1, cookie=False)
        assert [pinned(finds(key), members=(nameless, WT2)).pin for key in ("", "s")] == ["unknown", "unknown"]

    def test_no_key_is_noted_where_no_entry_finds_one(self):
        assert pinned(finds(None), finds(None)) is NOTHING_NOTED
        assert pinned() is NOTHING_NOTED

    def test_another_server_with_the_same_word_takes_over(self):
        spare = server("spare", 4, cookie="b", backup=True)
        forward = pinned(finds("b"), members=(WT1, WT2, spare), down={"wt/wt2"})
        assert (forward.server, forward.pin) == (spare, "hit")

    def test_a_server_without_weight_and_a_backup_keep_their_sessions(self):
        drained, spare = server("drained", 1, weight=0), server("spare", 2, backup=True)
        assert pinned(finds("drained"), members=(drained, WT3)).server is drained
        assert pinned(finds("spare"), members=(WT1, spare)).server is spare


class TestOrder:
    def test_the_first_key_whose_server_is_up_decides(self):
        assert pinned(finds("wt1"), finds("wt3")).server is WT1
        assert pinned(finds(None), finds("wt3")).server is WT3

    @pytest.mark.parametrize(
        ("first", "noted"),
        [("wt1", "url names wt1, which is down"), ("nope", "the key of url names no server")],
    )
    def test_the_next_entry_is_tried_after_one_that_is_lost_or_unknown(self, first, noted):
        forward = pinned(finds(first, name="url"), finds("wt3", name="cookie"), down={"wt/wt1"})
        assert (forward.server, forward.pin, forward.extractor) == (WT3, "hit", "cookie")
        assert forward.reason == f"{noted}: cookie names wt3, which is up"

    def test_the_first_that_was_lost_or_unknown_is_remembered(self):
        miss = pinned(finds("nope", name="first"), finds("wt1", name="second"), down={"wt/wt1"})
        assert (miss.pin, miss.entry.name, miss.key) == ("unknown", "first", "nope")


class TestPinHash:
    def test_a_key_goes_to_one_server_that_is_up(self):
        forward = pinned(finds("ann", pin="hash"), down={"wt/wt1"})
        assert forward.server in {WT2, WT3}
        assert (forward.pin, forward.word, forward.key) == ("hit", None, "ann")
        assert forward.reason == f"the key of finds hashes to {forward.server.name}"

    def test_it_moves_only_when_its_own_server_goes_down(self):
        home = pinned(finds("ann", pin="hash")).server
        others = {member.id for member in (WT1, WT2, WT3)} - {home.id}
        for other in others:
            assert pinned(finds("ann", pin="hash"), down={other}).server is home
        assert pinned(finds("ann", pin="hash"), down={home.id}).server is not home

    def test_nothing_is_pinned_where_nobody_is_up(self):
        assert pinned(finds("ann", pin="hash"), down={"wt/wt1", "wt/wt2", "wt/wt3"}) is NOTHING_NOTED


class Several(Extractor):
    """Says which words its key names, as the cookie does."""

    def __init__(self, answer):
        self.answer = answer

    def request_key(self, head):
        return "key"

    def server_word(self, key, words):
        assert key == "key"
        return self.answer(words) if callable(self.answer) else self.answer


class TestServerWord:
    @pytest.mark.parametrize(
        ("answer", "down", "server", "pin"),
        [
            pytest.param("wt1", (), "wt1", "hit", id="a word"),
            pytest.param(None, (), None, "unknown", id="none"),
            pytest.param("nope", (), None, "unknown", id="no server's word"),
            pytest.param(("nope", "wt3"), (), "wt3", "hit", id="the first of several that is a server's"),
            pytest.param(("wt1", "wt3"), {"wt/wt1"}, "wt3", "hit", id="the first of several that is up"),
            pytest.param(("wt1", "nope"), {"wt/wt1"}, None, "lost", id="several, the only known one down"),
            pytest.param(("x", "y"), (), None, "unknown", id="several, none known"),
            pytest.param((), (), None, "unknown", id="several of nothing"),
            pytest.param(lambda words: next(iter(words)), (), "wt1", "hit", id="the words are all servers'"),
        ],
    )
    def test_the_extractor_may_say_which_word_its_key_holds(self, answer, down, server, pin):
        result = pinned(AffinityEntry("several", Several(answer), "server"), down=down)
        assert result.pin == pin
        assert (result.server.name if isinstance(result, Forward) else None) == server


class TestFaults:
    @pytest.mark.parametrize("where", [raises, lambda _head: 1 / 0], ids=["RuntimeError", "ZeroDivisionError"])
    def test_a_plugin_that_raises_costs_its_key_and_travels_along(self, where):
        forward = pinned(finds(where, name="broken"), finds("wt3"))
        assert forward.server is WT3
        ((name, error),) = forward.faults
        assert name == "broken"
        assert isinstance(error, RuntimeError | ZeroDivisionError)

    @pytest.mark.parametrize("key", [b"wt1", 7, ("wt1",)], ids=repr)
    @pytest.mark.parametrize("pin", ["server", "hash"])
    def test_what_is_no_string_is_a_fault_too(self, key, pin):
        miss = pinned(finds(key, pin=pin))
        assert miss.pin == "none"
        assert f"request_key returned {type(key).__name__}" in str(miss.faults[0][1])

    @pytest.mark.parametrize("answer", [["wt1"], lambda _words: 1 / 0], ids=["a list", "raises"])
    def test_so_is_a_server_word_that_is_none(self, answer):
        miss = pinned(AffinityEntry("several", Several(answer), "server"))
        assert miss.pin == "none"
        assert [name for name, _ in miss.faults] == ["several"]

    def test_what_was_noted_before_and_after_a_fault_is_kept(self):
        miss = pinned(finds("nope", name="first"), finds(raises, name="broken"), finds("wt1"), down={"wt/wt1"})
        assert (miss.pin, miss.entry.name, [name for name, _ in miss.faults]) == ("unknown", "first", ["broken"])

    def test_each_fault_is_kept(self):
        miss = pinned(finds(raises, name="one"), finds(raises, name="two"))
        assert [name for name, _ in miss.faults] == ["one", "two"]


def test_a_trace_has_one_sentence_an_entry():
    trace = []
    entries = [
        finds(None, name="a"),
        finds("nope", name="b"),
        finds(raises, name="c"),
        finds("wt1", name="d"),
        finds("wt3", name="e"),
    ]
    pinned(*entries, down={"wt/wt1"}, trace=trace)
    assert trace == [
        "affinity a: no key that decides",
        "affinity b: key 'nope', unknown: the key of b names no server",
        "affinity c: it failed with RuntimeError('broken plugin')",
        "affinity d: key 'wt1', lost: d names wt1, which is down",
        "affinity e: key 'wt3', hit: e names wt3, which is up",
    ]


class Wtd(Extractor):
    def __init__(self, without=None):
        if without is not None:
            self.without_key = without

    def request_key(self, head):
        return "x"


class TestLostKeyTarget:
    @staticmethod
    def strip(extractor, pin="lost", wanted=lambda _head, _snapshot: True, target="/?wtd=x"):
        entry = AffinityEntry("wtd", extractor, "server")
        wt = backend(WT1, affinity=(entry,), strip_lost_key=wanted)
        forward = Forward(request(target), wt, WT1, pin, entry, "x")
        return lost_key_target(forward, snapshot(wt)), forward

    @pytest.mark.parametrize("pin", ["lost", "unknown"])
    def test_a_key_that_pins_no_longer_is_taken_out(self, pin):
        target, forward = self.strip(Wtd(lambda target: target.partition("?")[0]), pin)
        assert (target, forward.faults) == ("/", ())

    @pytest.mark.parametrize("pin", ["hit", "none"])
    def test_a_key_that_holds_stays(self, pin):
        entry = AffinityEntry("wtd", Wtd(lambda _target: "/"), "server") if pin == "hit" else None
        wt = backend(WT1, strip_lost_key=lambda _head, _snapshot: True)
        assert lost_key_target(Forward(request("/?wtd=x"), wt, WT1, pin, entry), snapshot(wt)) is None

    def test_only_requests_that_the_configuration_names_are_changed(self):
        without = Wtd(lambda _target: "/")
        assert self.strip(without, wanted=lambda head, _snapshot: head.method == "POST")[0] is None
        assert self.strip(without, wanted=None)[0] is None

    def test_an_extractor_that_cannot_take_its_key_out_leaves_it(self):
        assert self.strip(Wtd())[0] is None

    def test_nothing_to_take_out_is_nothing_to_change(self):
        assert self.strip(Wtd(lambda target: target))[0] is None

    @pytest.mark.parametrize("bad", ["", "/a b", "/\r\nX: y", "/ü", None, b"/", "/\x7f"], ids=repr)
    def test_what_is_no_target_is_a_fault_and_never_sent(self, bad):
        target, forward = self.strip(Wtd(lambda _target: bad))
        assert target is None
        assert "which is no request-target" in str(forward.faults[0][1])

    def test_an_exception_is_a_fault(self):
        target, forward = self.strip(Wtd(raises))
        assert target is None
        assert forward.faults[0][0] == "wtd"
