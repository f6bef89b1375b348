"""What is said about the client: a word, or a table."""

import ipaddress

import pytest

from affinity_gw.http1.claims import X_FORWARDED_FOR, X_ORIGINAL_TO, AddressField
from affinity_gw.routing.sections import Forwarding

TEN = ipaddress.ip_network("10.0.0.0/8")


def test_a_table_says_more_than_a_word(load):
    config = load(
        '@F\nforwarded_for = { mode = "append", header = "X-Client", except = "10.0.0.0/8", if_none = true }\n'
        'original_to = { header = "X-Dst", except = ["10.0.0.0/8"] }\n@B\nforwarded_for = "pass"\n'
    )
    forwarding = config.frontends[0].forwarding
    assert (forwarding.forwarded_for, forwarding.original_to) == ("append", True)
    assert forwarding.forwarded_for_field == AddressField("X-Client", (TEN,), if_none=True)
    assert forwarding.original_to_field == AddressField("X-Dst", (TEN,))
    assert config.backends[0].forwarding == Forwarding("pass")


def test_a_word_that_adds_an_address_names_the_usual_field(load):
    config = load('@F\nforwarded_for = "append"\noriginal_to = true\n@B\nforwarded_for = "off"\noriginal_to = false\n')
    said = config.frontends[0].forwarding
    assert (said.forwarded_for_field, said.original_to_field) == (X_FORWARDED_FOR, X_ORIGINAL_TO)
    assert config.backends[0].forwarding == Forwarding("off", original_to=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('forwarded_for = "always"', '"always" is not one of "replace", "append", "off", "pass"'),
        ('forwarded_for = { header = "X" }', "forwarded_for does not say its mode"),
        ('forwarded_for = { mode = "append", headr = "X" }', 'there is no option "headr" here; did you mean "header"?'),
        ("original_to = { if_none = true }", 'there is no option "if_none" here'),
        ('original_to = { header = "X Y" }', '"X Y" is not the name of a header'),
        ('original_to = { except = "ten" }', '"ten" is not a network'),
    ],
)
def test_what_is_wrong_is_complained_of(complaints, text, said):
    (complaint,) = complaints(f"@F\n{text}\n@B\n")
    assert said in complaint
