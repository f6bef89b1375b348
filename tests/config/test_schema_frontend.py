"""The values that only a frontend and its rules have."""

import pytest

from affinity_gw.config import schema_frontend as schema
from affinity_gw.config.problem import NotYet, Problem


@pytest.mark.parametrize("value", ["/new", "https://example.org/a?b=c#d", "//other/", "/a%20b"])
def test_a_location_is_taken_as_it_is(value):
    assert schema.location(value) == value


@pytest.mark.parametrize("value", ["", "/a b", "/ä", "/a\r\nX: y", "/\0", 5, None])
def test_what_cannot_stand_in_a_location_is_refused(value):
    with pytest.raises(Problem):
        schema.location(value)


@pytest.mark.parametrize(("value", "status"), [(True, 403), (403, 403), (429, 429), ("404", 404)])
def test_a_refusal_has_a_status_with_a_page(value, status):
    assert schema.deny_status(value) == status


@pytest.mark.parametrize("value", [False, 200, 302, 418, "x", None, []])
def test_other_statuses_refuse_nothing(value):
    with pytest.raises(Problem):
        schema.deny_status(value)


@pytest.mark.parametrize("value", [300, 304, 200, True, "x"])
def test_a_redirect_has_a_status_with_a_location(value):
    with pytest.raises(Problem):
        schema.redirect_code(value)


def test_the_mode_is_http_for_now():
    assert schema.protocol("http") == "http"
    with pytest.raises(NotYet):
        schema.protocol("tcp")
    with pytest.raises(Problem, match='"htpp" is not one of "http"'):
        schema.protocol("htpp")


def test_a_head_needs_room():
    assert schema.head_size("16k") == 16384
    with pytest.raises(Problem):
        schema.head_size(1023)
