import pytest
from affinity_gw_plugins.header import Header

from tests.routing.making import request


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ([], None),
        ([("X-Org", "ann")], "ann"),
        ([("x-org", "Ann")], "Ann"),
        ([("X-Org", "")], ""),
        ([("X-Org", "a, b")], "a, b"),
        ([("X-Org", "first"), ("X-Org", "second")], "first"),
        ([("X-Organisation", "ann")], None),
    ],
)
def test_the_key_is_the_first_line_of_that_name(lines, key):
    assert Header("X-Org").request_key(request("/", *lines)) == key


@pytest.mark.parametrize("name", ["", "X Org", "X-Org:", "ü", "X\n"])
def test_what_is_no_headers_name_is_refused(name):
    with pytest.raises(ValueError, match="which is no header's name"):
        Header(name)


def test_it_pins_by_hash():
    assert Header.default_pin == "hash"
