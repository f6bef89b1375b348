"""HAProxy 2.6.12's verdicts on the same answers (but for max-age=0 with s-maxage, where later ones know better)."""

import pytest
from affinity_gw_plugins.caching import may_be_cached

from tests.plugins.making import fields

FRESH = ("Cache-Control", "max-age=60")
ETAG = ("ETag", '"x"')


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("status", [200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501])
def test_methods_and_statuses_that_allow_it_by_themselves(method, status):
    assert may_be_cached(method, status, fields(FRESH))


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 200), ("DELETE", 200), ("get", 200), ("GET", 201), ("GET", 304), ("GET", 500)]
)
def test_others_do_not(method, status):
    assert not may_be_cached(method, status, fields(FRESH))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([], False),
        ([("Cache-Control", "public")], False),
        ([FRESH], True),
        ([("Cache-Control", "MAX-AGE=60")], True),
        ([("Cache-Control", "s-maxage=5")], True),
        ([("Expires", "Thu, 01 Jan 2027 00:00:00 GMT")], True),
        ([ETAG], True),
        ([("Last-Modified", "Thu, 01 Jan 2020 00:00:00 GMT")], True),
        ([("Cache-Control", "must-revalidate"), ETAG], True),
        ([("Cache-Control", "private"), ETAG], False),
        ([("Cache-Control", "no-cache"), ETAG], False),
        ([("Cache-Control", "no-store"), ETAG], False),
        ([("Cache-Control", "max-age=0"), ETAG], False),
        ([("Cache-Control", "s-maxage=0, max-age=3"), ETAG], False),
        ([("Cache-Control", "max-age=0, s-maxage=5")], True),
        ([("Cache-Control", 'private="x", max-age=3')], True),
        ([("Cache-Control", 'no-cache="set-cookie", max-age=3')], True),
        ([("Cache-Control", "max-age=3"), ("Cache-Control", "private")], False),
        ([("Cache-Control", "private, public, max-age=3")], True),
        ([("Pragma", "no-cache"), ETAG], False),
        ([("Pragma", "x, no-cache"), ETAG], True),
    ],
)
def test_what_the_answer_says(answer, expected):
    assert may_be_cached("GET", 200, fields(*answer)) is expected


def test_public_makes_any_answer_cacheable():
    assert may_be_cached("POST", 500, fields(("Cache-Control", "public, max-age=3")))


@pytest.mark.parametrize("status", [101, 103])
def test_interim_answers_are_never_kept(status):
    assert not may_be_cached("GET", status, fields(("Cache-Control", "public, max-age=3")))
