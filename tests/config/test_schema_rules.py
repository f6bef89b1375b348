"""The values that only rules have."""

import pytest

from affinity_gw.config import schema_rules as schema
from affinity_gw.config.problem import Problem


@pytest.mark.parametrize("value", ["/new", "https://example.org/a?b=c#d", "//other/", "/a%20b"])
def test_a_location_is_taken_as_it_is(value):
    assert schema.where_to(value) == value


@pytest.mark.parametrize("value", ["", "/a b", "/ä", "/a\r\nX: y", "/\0", 5, None])
def test_what_cannot_stand_in_a_location_is_refused(value):
    with pytest.raises(Problem):
        schema.where_to(value)


@pytest.mark.parametrize(("value", "status"), [(True, 403), (403, 403), (429, 429), ("404", 404)])
def test_a_refusal_has_a_status_with_a_page(value, status):
    assert schema.deny_status(value) == status


@pytest.mark.parametrize("value", [False, 199, 302, 418, "x", None, []])
def test_other_statuses_refuse_nothing(value):
    with pytest.raises(Problem):
        schema.deny_status(value)


@pytest.mark.parametrize("value", [300, 304, 200, True, "x"])
def test_a_redirect_has_a_status_with_a_location(value):
    with pytest.raises(Problem):
        schema.redirect_code(value)


def test_an_expression_in_a_location_may_have_blanks():
    assert schema.where_to("https://%[req.hdr(host),regsub(' ','')]/") == "https://%[req.hdr(host),regsub(' ','')]/"


@pytest.mark.parametrize("value", [204, 304, 101, 600])
def test_a_status_that_changes_the_framing_cannot_be_set(value):
    with pytest.raises(Problem):
        schema.changed_status(value)


@pytest.mark.parametrize("value", ["", "a b", "a;b", 'a"b', "ä"])
def test_what_cannot_stand_in_a_set_cookie_is_refused(value):
    with pytest.raises(Problem):
        schema.cookie_pair(value)
