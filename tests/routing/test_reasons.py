import pytest

from affinity_gw.routing import reasons


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (reasons.then("a is down", "b chose c"), "a is down: b chose c"),
        (reasons.then("", "b chose c"), "no key: b chose c"),
        (reasons.ruled("denied", ""), "denied by a rule without a condition"),
        (reasons.waiting("wt"), "all servers of wt are full, the first free one takes it"),
    ],
)
def test_sentences(sentence, expected):
    assert sentence == expected


def test_a_sentence_is_made_once():
    assert reasons.up("wtd", "wt1") is reasons.up("wtd", "wt1")


def test_no_more_sentences_are_kept_than_a_configuration_needs():
    assert reasons.then.cache_info().maxsize == 4096
