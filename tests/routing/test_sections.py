"""Frontends and backends as the operator wrote them."""

from affinity_gw.routing.rules import Deny, Rule
from affinity_gw.routing.sections import Frontend
from tests.routing.making import backend, request, server, snapshot


def test_of_two_servers_with_one_word_the_first_is_meant():
    first, second = server("a", 1, cookie="x"), server("b", 2, cookie="x")
    assert backend(first, second).words == {"x": first}


def test_servers_are_found_by_name():
    first, second = server("a", 1), server("b", 2, cookie="x")
    assert backend(first, second).named == {"a": first, "b": second}


def test_a_section_knows_which_of_its_rules_matches_next():
    rules = (Rule(lambda head, _: head.path == "/no", Deny()), Rule(None, Deny()))
    assert Frontend("web", (), rules=rules).search(request("/"), snapshot(), 0) == 1
