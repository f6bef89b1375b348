import pytest

from affinity_gw.routing.health import Health
from affinity_gw.routing.servers import CheckSpec

SPEC = CheckSpec(inter=2, fastinter=1, downinter=5, rise=2, fall=3)


def states(health, results):
    """One letter a probe: U for up after it, D for down."""
    letters = []
    for result in results:
        health.record(result == "+")
        letters.append("U" if health.up else "D")
    return "".join(letters)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param("-", "D", id="the first failure of a fresh server takes it down"),
        pytest.param("+---", "UUUD", id="a healthy server goes down at its third failure"),
        pytest.param("+--+--+---", "UUUUUUUUUD", id="a success between failures starts the count again"),
        pytest.param("-++", "DDU", id="two successes bring it back"),
        pytest.param("-+-++", "DDDDU", id="a failure while it rises starts the count again"),
        pytest.param("-++---", "DDUUUD", id="a server that came back is fully healthy"),
    ],
)
def test_rise_and_fall_are_haproxys(results, expected):
    assert states(Health(SPEC), results) == expected


def test_an_instance_that_has_not_listened_yet_starts_down_and_has_to_rise():
    health = Health(SPEC, up=False)
    assert not health.up
    assert states(health, "++") == "DU"


def test_record_says_when_the_state_changed():
    health = Health(SPEC)
    assert [health.record(success) for success in (False, False, True, True, True)] == [True, False, False, True, False]


def test_one_failure_and_one_success_are_enough_with_rise_1_and_fall_1():
    assert states(Health(CheckSpec(rise=1, fall=1)), "+-+-") == "UDUD"


@pytest.mark.parametrize(
    ("results", "seconds"),
    [
        pytest.param("", 1, id="a fresh server is between two states"),
        pytest.param("+", 2, id="healthy"),
        pytest.param("+-", 1, id="falling"),
        pytest.param("-", 5, id="down"),
        pytest.param("-+", 1, id="rising"),
        pytest.param("-++", 2, id="healthy again"),
    ],
)
def test_the_interval_depends_on_the_state(results, seconds):
    health = Health(SPEC)
    states(health, results)
    assert health.interval == seconds
