"""A section while it is being built."""

import pytest

from affinity_gw.config.section import Section


@pytest.mark.parametrize(("kind", "own"), [("frontend", None), ("backend", "x")])
def test_only_a_backend_is_what_a_criterion_without_a_name_means(kind, own):
    assert Section(None, kind, "x", ()).own_backend == own
