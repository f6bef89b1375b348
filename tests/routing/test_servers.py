"""Servers as the operator wrote them."""

import pytest

from affinity_gw.routing.servers import CheckSpec
from tests.routing.making import server


def test_a_servers_word_is_its_cookie_or_else_its_name():
    assert (server("a").word, server("a", cookie="x").word, server("a").id) == ("a", "x", "wt/a")


@pytest.mark.parametrize("probed", [None, CheckSpec()])
def test_a_servers_id_says_its_backend(probed):
    assert server("a", backend="app", check=probed).id == "app/a"
