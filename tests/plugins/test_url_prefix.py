import pytest
from affinity_gw_plugins.url_prefix import UrlPrefix

from tests.routing.making import request

TAIL = "AAAABBBBCCCCDDDD"
WORDS = {"wt1": 1, "wt10": 2, "wt2": 3, "wt-1": 4}
WTD = UrlPrefix("wtd")


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("/", None),
        ("/?wtd=x", "x"),
        ("/?a=1&wtd=x", "x"),
        ("/?&wtd=x", "x"),
        ("/?_=/path&wtd=x", "x"),
        ("/?%77td=x", "x"),
        ("/?wtd=%77t1", "wt1"),
        ("/?wtd=a+b", "a b"),
        ("/?wtd=dead&wtd=live", "dead"),
        ("/?wtd=", ""),
        ("/?wtd", ""),
        ("/?xwtd=x", None),
        ("/?x=wtd=x", None),
        ("/wtd=x/y", None),
        ("/?u=http%3A%2F%2Fo%2F%3Fwtd=wt1", None),
        ("/?WTD=x", None),
        ("http://h/a?wtd=x", "x"),
    ],
)
def test_the_key_is_the_first_occurrence_of_the_parameter(target, key):
    assert WTD.request_key(request(target)) == key


@pytest.mark.parametrize(
    ("key", "word"),
    [
        pytest.param("wt1" + TAIL, "wt1", id="a session id of Wt"),
        pytest.param("wt10" + TAIL, "wt10", id="another one whose prefix is longer"),
        pytest.param("wt1" + "0" + TAIL[1:], "wt1", id="random characters that look like the longer prefix"),
        pytest.param("wt-1" + TAIL, "wt-1", id="any word"),
        pytest.param("wt1", "wt1", id="the word alone"),
        pytest.param("wt1abc", "wt1", id="the word and less than a tail"),
        pytest.param("wt10abc", "wt10", id="the longest word of two"),
        pytest.param("wt1-6f1e5b2a9c0d1e2f", "wt1", id="a separator before the tail"),
        pytest.param("wt3" + TAIL, None, id="nobody's prefix"),
        pytest.param("xwt1" + TAIL, None, id="a word in the middle"),
        pytest.param(TAIL, None, id="a tail alone"),
        pytest.param("", None, id="nothing"),
        pytest.param("wt", None, id="less than a word"),
        pytest.param("WT1" + TAIL, None, id="another case"),
    ],
)
def test_the_word_is_what_stands_before_the_tail_or_else_the_longest_that_begins_the_value(key, word):
    assert WTD.server_word(key, WORDS) == word


def test_the_tail_can_be_of_any_length():
    assert UrlPrefix("id", tail=0).server_word("wt10", WORDS) == "wt10"
    assert UrlPrefix("id", tail=1).server_word("wt10", WORDS) == "wt1"
    assert UrlPrefix("id", tail=32).server_word("wt10" + TAIL, WORDS) == "wt10"


def test_a_long_value_costs_a_bounded_number_of_looks():
    looked = []

    class Counting(dict):
        def __contains__(self, word):
            looked.append(word)
            return super().__contains__(word)

    assert WTD.server_word("x" * 8000, Counting(WORDS)) is None
    assert len(looked) <= 257
    assert max(map(len, looked[1:])) <= 256


@pytest.mark.parametrize(
    ("target", "rest"),
    [
        ("/?wtd=x", "/"),
        ("/a/b?wtd=x", "/a/b"),
        ("/?wtd=x&a=1", "/?a=1"),
        ("/?a=1&wtd=x", "/?a=1"),
        ("/?a=1&wtd=x&b=%20+2&wtd=y", "/?a=1&b=%20+2"),
        ("/?wtd=x&wtd=y", "/"),
        ("/?%77td=x&a", "/?a"),
        ("/?wtd", "/"),
        ("/?&wtd=x", "/"),
        ("/?a=1&&wtd=x", "/?a=1&"),
        ("/?xwtd=x", "/?xwtd=x"),
        ("/?", "/?"),
        ("/wtd=x", "/wtd=x"),
        ("/?a=?wtd=x", "/?a=?wtd=x"),
        ("http://h/p?wtd=x", "http://h/p"),
    ],
)
def test_the_target_without_the_key_is_the_same_otherwise(target, rest):
    assert WTD.without_key(target) == rest


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"parameter": ""}, "parameter is empty; give the name of a query parameter, such as wtd"),
        ({"parameter": "wtd", "tail": -1}, "tail is -1; it counts characters, so 0 is the least"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(options, problem):
    with pytest.raises(ValueError, match=problem.split(";", maxsplit=1)[0]) as caught:
        UrlPrefix(**options)
    assert str(caught.value) == problem


def test_it_pins_to_servers():
    assert UrlPrefix.default_pin == "server"
