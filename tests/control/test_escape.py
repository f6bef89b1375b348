"""Text from strangers in a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affinity_gw.control.escape import MAX_FIELD, escaped, field


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("/plain?x=1", "/plain?x=1", id="printable stays"),
        pytest.param("ä→\\", "ä→\\", id="so does what is not ASCII, and a backslash"),
        pytest.param("a\r\nb", "a\\x0d\\x0ab", id="line ends"),
        pytest.param("\x1b[2J\x7f", "\\x1b[2J\\x7f", id="ESC and DEL"),
        pytest.param("\x9b1m", "\\x9b1m", id="the one-byte CSI"),
        pytest.param("\u2028\u202e", "\\u2028\\u202e", id="line separator, right-to-left override"),
        pytest.param(b"\xff/".decode("utf-8", "surrogateescape"), "\\xff/", id="a byte that is not UTF-8"),
        pytest.param("\U000e0001", "\\U000e0001", id="beyond the basic plane"),
    ],
)
def test_what_is_not_printable_is_spelled_out(text, expected):
    assert escaped(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_a_field_is_printable_and_bounded_whatever_it_was(text):
    safe = field(text)
    assert safe.isprintable()
    assert len(safe) <= MAX_FIELD
    safe.encode()


def test_a_cut_field_ends_with_an_ellipsis():
    assert field("a" * 256) == "a" * 256
    assert field("a" * 257) == "a" * 255 + "…"
    assert field("\x00" * 100) == "\\x00" * 63 + "\\x0…"
