"""Dates as HAProxy writes them; the rest is seen in the lines."""

from affinity_gw.control.haproxy_fields import Dates
from tests.control.records import STARTED


def test_the_date_is_english_and_goes_on(utc):
    dates_of = Dates()
    dates = [dates_of.at(STARTED + step) for step in (0, 0.1049, 0.1052)]
    assert [date[12:] for date in dates] == ["23:02:48.895", "23:02:49.000", "23:02:49.000"]
    assert dates_of.at(0).startswith("01/Jan/1970:")
