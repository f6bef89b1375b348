"""The data of log targets."""

from affinity_gw.routing.logs import FACILITIES, LEVELS


def test_the_numbers_are_those_of_syslog():
    """RFC 5424 section 6.2.1."""
    assert (FACILITIES["kern"], FACILITIES["daemon"], FACILITIES["local0"], FACILITIES["local7"]) == (0, 3, 16, 23)
    assert list(LEVELS.values()) == list(range(8))
