import pytest

from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from tests.routing.making import backend, finds, request, server, snapshot

ONE = server("one", 1, maxconn=1)
TWO = server("two", 2, maxconn=1)
FREE = server("free", 3)
WT = backend(ONE, TWO, FREE)


def anywhere():
    return Forward(request(), WT, ONE)


def held_to(member):
    return Forward(request(), WT, member, "hit", finds("k"), "k", member.word)


@pytest.fixture
def live():
    return Live()


def test_a_server_has_room_below_its_maxconn(live):
    assert live.queues.has_room(ONE)
    live.load(ONE).active = 1
    assert not live.queues.has_room(ONE)


def test_a_server_without_maxconn_always_has_room(live):
    live.load(FREE).active = 100_000
    assert live.queues.has_room(FREE)


def test_a_server_that_somebody_waits_for_has_no_room_for_others(live):
    live.queues.enter("first", held_to(ONE))
    assert not live.queues.has_room(ONE)


def test_waiting_for_a_server_is_counted_and_waiting_for_any_is_not(live):
    live.queues.enter("held", held_to(ONE))
    live.queues.enter("free", anywhere())
    assert (live.load(ONE).queued, live.queues.waiting("wt")) == (1, 1)
    live.queues.leave("held")
    live.queues.leave("free")
    assert (live.load(ONE).queued, live.queues.waiting("wt")) == (0, 0)


def test_a_backends_queue_is_first_in_first_out(live):
    for waiter in "abc":
        live.queues.enter(waiter, anywhere())
    assert [live.queues.next_for(member) for member in (TWO, ONE, TWO, ONE)] == ["a", "b", "c", None]


def test_a_position_counts_those_who_were_served_meanwhile(live):
    """HAProxy's %bq: whoever gives up before its turn is not among them."""
    waits = {waiter: live.queues.enter(waiter, anywhere()) for waiter in "abcd"}
    live.queues.leave("b")
    live.queues.next_for(TWO)
    waits["e"] = live.queues.enter("e", anywhere())
    live.queues.next_for(TWO)
    live.queues.next_for(TWO)
    live.queues.leave("e")
    assert {waiter: wait.position for waiter, wait in waits.items()} == {"a": 1, "b": 1, "c": 2, "d": 3, "e": 3}


def test_whoever_is_next_is_sent_to_the_server_that_has_the_place(live):
    forward = anywhere()
    live.queues.enter("a", forward)
    live.queues.next_for(TWO)
    assert forward.server is TWO


@pytest.mark.parametrize("order", ["held free", "free held"])
def test_the_older_of_both_heads_goes_first(live, order):
    forwards = {"held": held_to(ONE), "free": anywhere()}
    for waiter in order.split():
        live.queues.enter(waiter, forwards[waiter])
    assert f"{live.queues.next_for(ONE)} {live.queues.next_for(ONE)}" == order


def test_a_request_that_is_held_waits_for_its_own_server(live):
    live.queues.enter("held", held_to(ONE))
    assert live.queues.next_for(TWO) is None
    assert live.queues.next_for(ONE) == "held"


def test_nobody_is_next_while_the_server_has_no_place(live):
    live.load(ONE).active = 1
    live.queues.enter("a", anywhere())
    assert live.queues.next_for(ONE) is None


def test_a_server_that_is_down_serves_its_own_queue_only(live):
    now = snapshot(WT, down={"wt/one"})
    live.queues.enter("free", anywhere())
    live.queues.enter("held", held_to(ONE))
    assert live.queues.next_for(ONE, now) == "held"
    assert live.queues.next_for(ONE, now) is None
    assert live.queues.next_for(TWO, now) == "free"


def test_a_waiter_in_the_middle_can_leave_and_leaves_once(live):
    for waiter in "abc":
        live.queues.enter(waiter, anywhere())
    assert live.queues.leave("b")
    assert not live.queues.leave("b")
    assert [live.queues.next_for(ONE), live.queues.next_for(ONE), live.queues.next_for(ONE)] == ["a", "c", None]


def test_those_who_wait_for_a_server_that_went_down_are_handed_back(live):
    for waiter in "ab":
        live.queues.enter(waiter, held_to(ONE))
    live.queues.enter("c", held_to(TWO))
    assert live.queues.drain(ONE) == ["a", "b"]
    assert (live.load(ONE).queued, live.load(TWO).queued) == (0, 1)


def test_a_persistence_that_ends_while_waiting_does_not_confuse_the_counts(live):
    forward = held_to(ONE)
    live.queues.enter("a", forward)
    forward.persistent = False
    assert live.queues.leave("a")
    assert live.load(ONE).queued == 0


def test_a_request_that_was_assigned_a_server_waits_for_that_one(live):
    live.queues.enter("a", Forward(request(), WT, TWO, assigned=True))
    assert (live.load(TWO).queued, live.queues.waiting("wt")) == (1, 0)
    assert live.queues.next_for(ONE) is None
    assert live.queues.next_for(TWO) == "a"


def test_a_load_that_is_watched_tells_of_its_requests_and_stays_the_same_object(live):
    load, heard = live.load(ONE), []
    load.watch(lambda: heard.append(load.active))
    load.active += 1
    load.queued += 1
    load.active -= 1
    load.watch(None)
    load.active = 7
    assert heard == [1, 0]
    assert live.load(ONE) is load
    assert (load.active, load.queued) == (7, 1)
