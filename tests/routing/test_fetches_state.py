from dataclasses import replace

import pytest

from tests.routing.making import backend, compiled, request, servers, snapshot

MANY = snapshot(backend(*servers(1, 1, 1)), backend(*servers(1, backend="down"), name="down"), down={"down/1"})
BACKENDS = {"wt": ["1", "2", "3"], "down": ["1"]}


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("nbsrv(wt) gt 0", True),
        ("nbsrv(wt) 3", True),
        ("nbsrv(wt) 4:", False),
        ("nbsrv(wt) -m str 3", True),
        ("nbsrv(wt) -m bool", True),
        ("nbsrv(down) 0", True),
        ("nbsrv lt 1", True),
        ("nbsrv() lt 1", True),
        ("srv_is_up(wt/3)", True),
        ("srv_is_up(down/1)", False),
        ("srv_is_up(1)", False),
        ("queue(wt) 7", True),
        ("avg_queue(wt) 3", True),
        ("avg_queue(down) 4", True),
    ],
)
def test_backends_and_servers(criterion, expected):
    now = replace(MANY, queued={"wt": 7, "down": 2}.__getitem__)
    assert compiled(criterion, backends=BACKENDS, backend="down")(request(), now) is expected


def test_it_is_the_state_of_the_moment():
    holds = compiled("nbsrv(wt) ge 3", backends=BACKENDS)
    assert holds(request(), MANY)
    assert not holds(request(), MANY.with_down(frozenset({"wt/2"})))


@pytest.mark.parametrize(
    ("criterion", "problem"),
    [
        ("nbsrv gt 0", "nbsrv wants the name of a backend in parentheses"),
        ("nbsrv(pubsubs) gt 0", "nbsrv(pubsubs): there is no such backend"),
        ("srv_is_up", "srv_is_up wants a server in parentheses, such as srv_is_up(pubsubs/twisted1)"),
        ("srv_is_up(1)", "srv_is_up(1) wants a server"),
        ("srv_is_up(wtt/1)", "srv_is_up(wtt/1): there is no such backend; did you mean wt?"),
        ("srv_is_up(wt/4)", "srv_is_up(wt/4): there is no such server"),
    ],
)
def test_what_is_wrong_is_said(criterion, problem):
    with pytest.raises(ValueError, match=r"wants|no such") as caught:
        compiled(criterion, backends=BACKENDS)
    assert str(caught.value).startswith(problem)


def test_where_servers_are_not_known_any_name_may_be_asked():
    assert compiled("srv_is_up(wt/9)", backends=("wt",))(request(), MANY)
