import pytest

from affinity_gw.routing import hashkeys
from affinity_gw.routing.balancewords import read_balance
from tests.routing.making import request

KEYS = [
    ("uri", "/a/b?c=/d", b"/a/b"),
    ("uri", "http://h:80/a?b", b"http://h:80/a"),
    ("uri", "*", b"*"),
    ("uri whole", "/a/b?c=/d", b"/a/b?c=/d"),
    ("uri len 3", "/a/b?c=/d", b"/a/"),
    ("uri len 99", "/a", b"/a"),
    ("uri whole len 6", "/a/b?c=/d", b"/a/b?c"),
    ("uri depth 1", "/a/b/c", b"/a"),
    ("uri depth 2", "/a/b/c/d", b"/a/b"),
    ("uri depth 2", "/a", b"/a"),
    ("uri depth 2", "http://h/a", b"http://h"),
    ("uri depth 1 whole", "/a?b/c/d", b"/a?b"),
    ("uri path-only", "http://h/a?b", b"/a"),
    ("uri path-only", "/a?b", b"/a"),
    ("uri path-only", "http://h", b""),
    ("uri path-only", "*", b""),
    ("uri path-only whole", "http://h/a?b", b"/a?b"),
    ("url_param id", "/?id=a%41", b"a%41"),
    ("url_param id", "/?x=1&id=2&id=3", b"2"),
    ("url_param id", "/?aid=1&id=", b""),
    ("url_param id", "/?id&ID=1", None),
    ("url_param id", "/id=1", None),
    ("url_param id", "/?a?id=1&id=2?3", b"2?3"),
]


@pytest.mark.parametrize(("balance", "target", "expected"), KEYS)
def test_what_of_the_target_is_hashed(balance, target, expected):
    assert hashkeys.key(read_balance(balance))(request(target)) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], None),
        ([("X-Key", "")], None),
        ([("x-key", "one")], b"one"),
        ([("X-Key", "one , two")], b"one"),
        ([("X-Key", ",two")], None),
        ([("X-Key", '"one,two",three')], b'"one,two"'),
        ([("X-Key", "first"), ("X-Key", "second")], b"first"),
        ([("X-Key", "\udce9")], b"\xe9"),
    ],
    ids=str,
)
def test_of_a_header_the_first_value_is_hashed(fields, expected):
    assert hashkeys.key(read_balance("hdr(X-Key)"))(request("/", *fields)) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.example.com:80", b"example"),
        ("example.com", b"example"),
        ("localhost", b"localhost"),
        ("a.b.example.co.uk", b"co"),
        (".com", b".com"),
        ("x..y", b"x."),
    ],
)
def test_of_a_domain_what_stands_before_the_last_dot_is_hashed(host, expected):
    assert hashkeys.key(read_balance("hdr(Host) use_domain_only"))(request("/", ("Host", host))) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.1", 0x0A000001),
        ("::1", 1),
        ("2001:db8::1", 0x20010DB9),
        ("fe80::1%eth0", 0xFE800001),
        ("", None),
        ("name", None),
    ],
)
def test_an_address_is_a_number(address, expected):
    assert hashkeys.source(address) == expected
