from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from tests.routing.making import backend, request, server, servers, snapshot


def names(live, now, count):
    return "".join(live.choose(now.backends["wt"], now).name for _ in range(count))


def test_counters_outlive_the_servers_that_a_reload_makes_anew():
    live = Live()
    live.load(server("1", 1)).active = 3
    assert live.load(server("1", 1, weight=5)).active == 3


def test_turns_outlive_a_reload():
    live = Live()
    assert names(live, snapshot(backend(*servers(1, 1, 1))), 2) == "12"
    assert names(live, snapshot(backend(*servers(1, 1, 1))), 2) == "31"


def test_another_balance_in_a_new_configuration_begins_anew():
    live = Live()
    names(live, snapshot(backend(*servers(1, 1))), 1)
    assert names(live, snapshot(backend(*servers(1, 1), balance="first")), 2) == "11"


def test_two_backends_have_turns_of_their_own():
    live = Live()
    now = snapshot(backend(*servers(1, 1)), backend(*servers(1, 1, backend="other"), name="other"))
    assert names(live, now, 1) == "1"
    assert live.choose(now.backends["other"], now).name == "1"


def test_nobody_is_chosen_where_nobody_is_up():
    now = snapshot(backend(*servers(1)), down={"wt/1"})
    assert Live().choose(now.backends["wt"], now) is None
    assert Live().hashed(now.backends["wt"], now, "key") is None


def test_nobody_overtakes_the_requests_that_wait_for_any_server():
    live, now = Live(), snapshot(backend(*servers(1, 1)))
    wt = now.backends["wt"]
    live.queues.enter("waiting", Forward(request(), wt, wt.servers[0]))
    assert live.choose(wt, now) is None
    live.queues.leave("waiting")
    assert live.choose(wt, now).name == "1"


def test_hashing_follows_the_servers_that_are_up():
    live, now = Live(), snapshot(backend(*servers(1, 1, 1)))
    wt = now.backends["wt"]
    home = live.hashed(wt, now, "ann")
    away = live.hashed(wt, now.with_down(frozenset({home.id})), "ann")
    assert away is not home
    assert live.hashed(wt, now, "ann") is home


def test_a_snapshot_that_is_told_is_in_force_before_anybody_asks():
    live, now = Live(), snapshot(backend(*servers(1, 1, 1)))
    assert names(live, now, 1) == "1"
    for down in ({"wt/2"}, set()):  # away and back between two requests: it goes behind the others
        live.follow(now.with_down(frozenset(down)))
    assert names(live, now, 1) == "3"


def test_a_backend_that_a_reload_removed_is_left_alone():
    live = Live()
    names(live, snapshot(backend(*servers(1, 1))), 1)
    live.follow(snapshot(backend(*servers(1, backend="other"), name="other")))
