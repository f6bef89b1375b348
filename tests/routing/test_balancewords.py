import pytest

from affinity_gw.routing.balancewords import PLAIN, Balance, HashType, WordError, read_balance, read_hash_type


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *[(name, Balance(name)) for name in PLAIN],
        ("random", Balance("random")),
        ("random(3)", Balance("random", draws=3)),
        ("uri", Balance("uri")),
        ("uri whole len 10 depth 3", Balance("uri", whole=True, length=10, depth=3)),
        ("uri path-only", Balance("uri", path_only=True)),
        ("hdr(X-Key)", Balance("hdr", "X-Key")),
        ("hdr(Host) use_domain_only", Balance("hdr", "Host", domain_only=True)),
        ("url_param id", Balance("url_param", "id")),
    ],
)
def test_balance_is_read(words, expected):
    assert read_balance(words) == expected


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("", '"" is no balance'),
        ("rondrobin", '"rondrobin" is no balance'),
        ("source(2)", '"source(2)" is no balance'),
        ("roundrobin 2", 'roundrobin takes no further word, and "2" is one'),
        ("random draw 2", 'random takes no further word, and "draw 2" is one'),
        ("random(0)", "random(0): the number of draws is at least 1"),
        ("random()", "random(): the number of draws is at least 1"),
        ("hdr", "hdr needs the name of a header"),
        ("hdr()", "hdr needs the name of a header"),
        ("hdr(a) domain", '"domain" is no option of hdr'),
        ("uri length 3", '"length" is no option of uri'),
        ("uri len", "len of uri needs a number from 1 on"),
        ("uri depth 0", "depth of uri needs a number from 1 on"),
        ("url_param", "url_param needs the name of a parameter"),
        ("url_param a b", 'url_param takes one name, and "b" is one too many'),
        (
            "url_param a check_post",
            "url_param looks for its parameter in the query alone, not in the body of a POST",
        ),
    ],
)
def test_what_is_no_balance_is_refused(words, problem):
    with pytest.raises(WordError) as caught:
        read_balance(words)
    assert caught.value.problem == problem
    assert caught.value.advice or caught.value.known


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("map-based", HashType()),
        ("consistent", HashType(True, "sdbm", True)),
        ("consistent sdbm", HashType(True, "sdbm", False)),
        ("map-based crc32 avalanche", HashType(False, "crc32", True)),
    ],
)
def test_hash_type_is_read(words, expected):
    assert read_hash_type(words) == expected


@pytest.mark.parametrize("words", ["", "avalanche", "consistent md5", "map-based sdbm spread", "consistent avalanche"])
def test_what_is_no_hash_type_is_refused(words):
    with pytest.raises(WordError) as caught:
        read_hash_type(words)
    assert caught.value.known
