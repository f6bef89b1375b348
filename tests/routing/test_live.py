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


def test_a_hash_sees_the_request():
    live, now = Live(), snapshot(backend(*servers(1, 1), balance="source"))
    heads = [request("/", peer=f"192.0.2.{number}") for number in range(4)]
    assert "".join(live.choose(now.backends["wt"], now, head=head).name for head in heads) == "1212"


def test_a_reload_that_changes_no_more_than_addresses_keeps_the_ranks_and_the_turns():
    live = Live()
    assert names(live, snapshot(backend(*servers(1, 1), balance="static-rr")), 1) == "1"
    assert names(live, snapshot(backend(*servers(1, 1), balance="static-rr", retries=9)), 2) == "21"


def test_a_reload_that_changes_the_common_divisor_draws_the_map_anew():
    live = Live()
    assert names(live, snapshot(backend(*servers(2, 4), balance="static-rr")), 4) == "1221"
    assert names(live, snapshot(backend(*servers(2, 3), balance="static-rr")), 5) == "12122"


def test_a_balance_that_is_over_hears_of_no_load():
    live = Live()
    names(live, snapshot(backend(*servers(1, 1), balance="leastconn")), 1)
    load = live.load(servers(1)[0])
    watched = type(load)
    names(live, snapshot(backend(*servers(1, 1))), 1)
    assert type(load) is not watched


def test_chance_is_what_it_is_given():
    members = servers(1, 1, 1)
    now = snapshot(backend(*members, balance="random(1)"))
    assert len(set(names(Live(lambda: 5), now, 9))) == 1
    assert set(names(Live(), now, 99)) == {"1", "2", "3"}
