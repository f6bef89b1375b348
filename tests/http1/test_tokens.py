import pytest

from affinity_gw.http1 import tokens


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param((), set(), id="no field"),
        pytest.param(("",), set(), id="an empty field"),
        pytest.param(("keep-alive",), {"keep-alive"}, id="one word"),
        pytest.param(("Keep-Alive, UPGRADE",), {"keep-alive", "upgrade"}, id="case makes no difference"),
        pytest.param((",, a ,\tb\t,",), {"a", "b"}, id="empty elements and blanks are nothing"),
        pytest.param(("a", "b, c"), {"a", "b", "c"}, id="several lines are one list"),
        pytest.param(("\u212aeep-alive, \xe9, a",), {"a"}, id="what is not ASCII is no word"),
        pytest.param(("a b",), {"a b"}, id="a blank does not separate"),
    ],
)
def test_words_of(values, words):
    assert tokens.words_of(values) == words


def test_a_long_value_is_read_but_not_kept():
    before = tokens._kept.cache_info().currsize
    assert tokens.words_of((f"close,{'x' * tokens.LONGEST_KEPT}",)) == {"close", "x" * tokens.LONGEST_KEPT}
    assert tokens._kept.cache_info().currsize == before
