"""What ``global`` says and the gateway has no word for."""

import pytest

from affinity_gw.convert.global_others import NEGATABLE, OTHER
from tests.convert.reading import Reader


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("quiet", ["warning"]),
        ("strict-limits", ["warning"]),
        ("thread-groups 1", ["warning"]),
        ("stats socket /run/s", ["left out"]),
        ("lua-load x.lua", ["left out"]),
        ("set-var proc.a int(1)", ["left out"]),
        ("ssl-default-bind-ciphers HIGH", ["left out"]),
    ],
)
def test_each_is_said(line, kinds):
    reader = Reader(OTHER, "global").read(line)
    assert (reader.said, reader.kinds) == ({}, kinds)


def test_what_can_be_taken_back_is_known():
    assert set(OTHER) >= NEGATABLE
