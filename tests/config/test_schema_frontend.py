"""The values that only a frontend has."""

import pytest

from affinity_gw.config import schema_frontend as schema
from affinity_gw.config.problem import NotYet, Problem


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
