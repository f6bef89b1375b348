"""The values that only a frontend has."""

import pytest

from affinity_gw.config import schema_frontend as schema
from affinity_gw.config.problem import Problem


def test_a_head_needs_room():
    assert schema.head_size("16k") == 16384
    with pytest.raises(Problem):
        schema.head_size(1023)
