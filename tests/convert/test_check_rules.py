"""What the lines about checks come to together."""

import pytest

from affinity_gw.convert.check_rules import remark
from affinity_gw.convert.checks import CHECK_OPTIONS
from affinity_gw.convert.http_check import HTTP_CHECK
from tests.convert.reading import Reader

TABLE = {**CHECK_OPTIONS, "http-check": HTTP_CHECK}


def remark_on(*lines, defaults=()):
    parent = Reader(TABLE, "defaults")
    for line in defaults:
        parent.read(line)
    reader = Reader(TABLE, "backend", parent.section)
    for line in lines:
        reader.read(line)
    assert remark(parent.section) is None
    return remark(reader.section)


@pytest.mark.parametrize(
    ("defaults", "lines"),
    [
        ([], []),
        ([], ["option httpchk", "http-check expect status 200"]),
        ([], ["http-check expect status 200", "option httpchk"]),
        (["option httpchk"], []),
        (["option httpchk"], ["http-check send uri /a"]),
        (["http-check expect status 200"], []),
    ],
)
def test_rules_that_are_done_need_no_word(defaults, lines):
    assert remark_on(*lines, defaults=defaults) is None


@pytest.mark.parametrize(
    ("defaults", "problem"), [([], "without option httpchk"), (["option httpchk GET /d"], "sends no request")]
)
def test_rules_that_say_less_than_they_seem_to_are_remarked_on(defaults, problem):
    found = remark_on("http-check expect status 200", defaults=defaults)
    assert found is not None
    assert (found[0], problem in found[1]) == (2, True)
