"""What the texts of a rule become."""

import pytest

from tests.routing.making import request


def action(load, text):
    (rule,) = load(f"@F\n[[frontend.x.rule]]\n{text}\n@B\n").frontends[0].rules
    return rule.action


def test_a_percent_sign_in_a_location_is_one(load):
    assert action(load, 'redirect = "/100%25"').location == "/100%25"


def test_an_expression_in_a_location_is_filled_in(load):
    location = action(load, 'redirect = "https://a%[path]"').location
    assert location(request("/x"), None) == "https://a/x"


def test_the_text_of_a_header_is_always_haproxys_format(load):
    assert action(load, 'set_header.X = "100%%"').value == "100%"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('set_header.X = "100%"', "set_header.X: "),
        ('replace_path = { match = "a" }', "replace_path: it lacks match or with"),
        ('replace_path = { match = "(", with = "" }', "replace_path.match: "),
    ],
)
def test_what_cannot_be_compiled_is_complained_of(complaints, text, said):
    (complaint,) = complaints(f"@F\n[[frontend.x.rule]]\n{text}\n@B\n")
    assert said in complaint
