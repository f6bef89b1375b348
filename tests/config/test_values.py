"""Single values as an operator writes them."""

from math import inf

import pytest

from affinity_gw.config import values
from affinity_gw.config.problem import Problem


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("5s", 5.0),
        ("500ms", 0.5),
        ("250us", 0.00025),
        ("2m", 120.0),
        ("1h", 3600.0),
        ("1d", 86400.0),
        ("1.5s", 1.5),
        ("5 s", 5.0),
        ("none", inf),
    ],
)
def test_a_duration_has_a_unit(written, seconds):
    assert values.duration(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "written", [5, 5.0, "5", "s", "-5s", "5 parsecs", "5S", "", "1e3s", "\u0665s", None, True, ["5s"], "0s"]
)
def test_what_is_no_duration_is_refused(written):
    with pytest.raises(Problem):
        values.duration(written)


def test_a_bare_number_is_shown_with_its_unit():
    with pytest.raises(Problem) as caught:
        values.duration(5)
    assert (caught.value.problem, caught.value.advice) == (
        "a duration needs a unit, 5 has none",
        'write "5s" or "5ms"',
    )


def test_zero_is_allowed_where_it_means_something():
    assert values.duration_or_zero("0s") == 0


def test_a_period_comes_to_an_end():
    with pytest.raises(Problem, match="no interval"):
        values.period("none")


@pytest.mark.parametrize(
    ("written", "size"), [(0, 0), (16384, 16384), ("64k", 65536), ("1M", 1048576), ("1g", 1 << 30), ("7", 7)]
)
def test_a_size_is_bytes_or_has_a_unit(written, size):
    assert values.size(written) == size


@pytest.mark.parametrize("written", [-1, "64kb", "k", True, 1.5, None, "1 000"])
def test_what_is_no_size_is_refused(written):
    with pytest.raises(Problem):
        values.size(written)


def test_false_is_a_size_where_none_is_wanted():
    assert values.size_or_false(False) == 0


@pytest.mark.parametrize(("written", "value"), [(True, True), (False, False), ("true", True), ("false", False)])
def test_a_switch_is_true_or_false(written, value):
    assert values.flag(written) is value


@pytest.mark.parametrize("written", [1, 0, "yes", "on", None, []])
def test_a_switch_is_nothing_else(written):
    with pytest.raises(Problem):
        values.flag(written)


@pytest.mark.parametrize(("written", "value"), [(1, 1), (256, 256), ("17", 17)])
def test_a_number_may_come_from_a_variable(written, value):
    assert values.number(1, 256)(written) == value


@pytest.mark.parametrize("written", [0, 257, "0", True, 1.0, "x", "", "-1", None, "9" * 10])
def test_a_number_keeps_to_its_span(written):
    with pytest.raises(Problem):
        values.number(1, 256)(written)


def test_one_of_several_words_is_suggested():
    with pytest.raises(Problem) as caught:
        values.one_of("roundrobin", "leastconn")("leastcon")
    assert str(caught.value) == '"leastcon" is not one of "roundrobin", "leastconn"'
    assert caught.value.advice == 'did you mean "leastconn"?'


def test_words_that_are_listed_are_not_listed_again():
    with pytest.raises(Problem) as caught:
        values.one_of("roundrobin", "leastconn")("sticky")
    assert caught.value.advice == ""


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\0b", "\x7f", "a\rb", 5])
def test_no_control_byte_gets_into_a_header(value):
    with pytest.raises(Problem):
        values.field_value(value)


def test_blanks_around_a_header_are_not_its_value():
    assert values.field_value(" a\tb ") == "a\tb"


@pytest.mark.parametrize("name", ["", "a b", "a:", "ä", "a\n", "Content-Length", "transfer-encoding", "Connection"])
def test_a_header_has_a_name_and_does_not_frame(name):
    with pytest.raises(Problem):
        values.field_name(name)


@pytest.mark.parametrize(
    ("written", "good"), [("X-Wt-*", True), ("X-A", True), ("*", False), ("X*Y", False), ("X**", False)]
)
def test_a_star_stands_at_the_end(written, good):
    if good:
        assert values.field_pattern(written) == written
    else:
        with pytest.raises(Problem):
            values.field_pattern(written)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", '"a"'), (True, "true"), (5, "5"), ({}, "a table"), ([], "a list"), ("x" * 100, '"' + "x" * 55 + '…"')],
)
def test_values_are_shown_as_in_toml(value, shown):
    assert values.shown(value) == shown
