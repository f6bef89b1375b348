"""HAProxy's dates in cookies, written and read."""

import pytest
from affinity_gw_plugins.cookie_dates import decoded, encoded, read, seconds_of

NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 0), ("90", 90), ("90s", 90), ("30m", 1800), ("8h", 28800), ("1d", 86400)]
)
def test_durations(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["x", "1.5h", "-1", "1w", "1 h", "٣"])
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="is not a duration"):
        seconds_of(text)


@pytest.mark.parametrize(("moment", "text"), [(0, "AAAAA"), (1, "AAAAB"), (4, "AAAAB"), (5, "AAAAC"), (NOW, "a0nSA")])
def test_a_date_counts_units_of_four_seconds_rounded_up(moment, text):
    assert encoded(moment) == text
    assert decoded(text) == (moment + 3) // 4 * 4


@pytest.mark.parametrize(
    ("text", "moment"), [("", 0), ("AAAA", 0), ("AAAB?", 0), ("AAAABxyz", 4), ("AAAA-", 0), ("/////", 4294967292)]
)
def test_a_date_is_five_characters_or_none(text, moment):
    assert decoded(text) == moment


def test_a_date_holds_for_the_cookies_behind_it_too_until_one_is_too_old():
    day_old = encoded(NOW - 86400)
    seen = read([f"a|{encoded(NOW - 100)}", "b", f"c|{day_old}", "d"], 1800, 0, NOW)
    assert seen.words == [("a", ""), ("b", ""), ("c", "E"), ("d", "")]
    assert (seen.last, seen.first) == (0, 0)


@pytest.mark.parametrize(("age", "letter"), [(1800, ""), (1804, "E"), (-86400, ""), (-86404, "E")])
def test_the_limits_themselves_are_still_in_time(age, letter):
    assert read([f"a|{encoded(NOW - age)}"], 1800, 0, NOW).words == [("a", letter)]
