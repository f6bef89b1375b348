from tests.routing.making import backend, server, servers, snapshot


def names(now, name="wt"):
    return " ".join(member.name for member in now.usable[name])


def test_usable_are_those_that_are_up_and_have_a_weight():
    wt = backend(*servers(1, 0, 1, 1))
    assert names(snapshot(wt)) == "1 3 4"
    assert names(snapshot(wt, down={"wt/3"})) == "1 4"


def test_a_backup_is_usable_where_nobody_else_is_and_only_the_first():
    wt = backend(server("a"), server("b", backup=True), server("c", backup=True))
    assert names(snapshot(wt)) == "a"
    assert names(snapshot(wt, down={"wt/a"})) == "b"
    assert names(snapshot(wt, down={"wt/a", "wt/b"})) == "c"
    assert names(snapshot(wt, down={"wt/a", "wt/b", "wt/c"})) == ""


def test_nbsrv_counts_the_usable_ones():
    now = snapshot(backend(*servers(1, 1)), down={"wt/1"})
    assert now.nbsrv("wt") == 1


def test_a_server_that_tracks_goes_down_and_comes_up_with_the_one_that_it_tracks():
    middle = backend(server("m", backend="mid", track="wt/1"), name="mid")
    far = backend(server("f", backend="far", track="mid/m"), name="far")
    now = snapshot(backend(*servers(1, 1)), middle, far, down={"wt/1"})
    assert (names(now, "mid"), names(now, "far")) == ("", "")
    up = now.with_down(frozenset())
    assert (names(up, "mid"), names(up, "far")) == ("m", "f")


def test_a_change_makes_a_new_snapshot_and_leaves_the_old_one():
    before = snapshot(backend(*servers(1, 1)))
    after = before.with_down(frozenset({"wt/1"}))
    one = before.backends["wt"].servers[0]
    assert before.is_up(one)
    assert not after.is_up(one)
    assert after.backends is before.backends
