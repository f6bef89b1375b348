"""The values that only a backend and its servers have."""

import pytest

from affinity_gw.config import schema_backend as schema
from affinity_gw.config.problem import Problem


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("HEAD /check.txt", "HEAD /check.txt HTTP/1.0"),
        ("GET /a?b=c HTTP/1.1", "GET /a?b=c HTTP/1.1"),
        ("OPTIONS * HTTP/1.0", "OPTIONS * HTTP/1.0"),
    ],
)
def test_a_check_is_a_request_line(written, sent):
    assert schema.check_request(written) == sent


@pytest.mark.parametrize("written", ["HEAD", "/check.txt", "GET / HTTP/2", "GET /\r\nX: y", "GET  /", "", 5, "GET /ä"])
def test_what_is_no_request_line_is_refused(written):
    with pytest.raises(Problem):
        schema.check_request(written)


@pytest.mark.parametrize("word", ["a", "Local", "a-b_c.d:1", "x" * 100, "a=b"])
def test_a_word_can_stand_in_a_cookie(word):
    assert schema.cookie_word(word) == word


@pytest.mark.parametrize("word", ["", "a b", "a;b", "a,b", 'a"b', "a\\b", "ä", "a\n", 5])
def test_a_word_that_cannot_is_refused(word):
    with pytest.raises(Problem):
        schema.cookie_word(word)


@pytest.mark.parametrize("words", ["roundrobin", "random(2)", "uri  whole\tlen 3 ", "hdr(X-A)", "url_param id"])
def test_balance_is_words_with_one_blank_between_two(words):
    assert schema.balance_words(words) == " ".join(words.split())


@pytest.mark.parametrize("words", ["sources", "rr", "", 5, None, "random draw 2", "url_param a check_post"])
def test_a_balance_that_nobody_knows_is_refused(words):
    with pytest.raises(Problem):
        schema.balance_words(words)


def test_hash_type_is_words_too():
    assert schema.hash_type_words("consistent  sdbm avalanche") == "consistent sdbm avalanche"
    with pytest.raises(Problem):
        schema.hash_type_words("consistent md5")


@pytest.mark.parametrize("value", [True, False, 2, -1])
def test_redispatch_is_a_switch_or_an_interval(value):
    assert schema.redispatch_word(value) is value
    assert schema.redispatch_word("true") is True


@pytest.mark.parametrize("value", [0, "yes", None, 1.5])
def test_redispatch_is_nothing_else(value):
    with pytest.raises(Problem):
        schema.redispatch_word(value)


@pytest.mark.parametrize("factor", [0, 101, 150])
def test_a_balance_factor_leaves_some_room(factor):
    assert schema.balance_factor(factor) == factor


@pytest.mark.parametrize("factor", [1, 100, -1, "none"])
def test_a_balance_factor_that_leaves_none_is_refused(factor):
    with pytest.raises(Problem):
        schema.balance_factor(factor)


def test_affinity_is_a_name_or_a_list_of_tables():
    assert schema.affinity_value("wt") == "wt"
    assert schema.affinity_value([{"extractor": "cookie"}]) == [{"extractor": "cookie"}]
    assert schema.affinity_value([]) == []


@pytest.mark.parametrize("value", ["", {}, ["cookie"], [[]], 5, None, [0]])
def test_affinity_is_nothing_else(value):
    with pytest.raises(Problem):
        schema.affinity_value(value)
