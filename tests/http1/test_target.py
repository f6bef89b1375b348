import pytest

from affinity_gw.http1.target import is_printable, is_valid_authority, origin_form, same_authority, split_absolute


@pytest.mark.parametrize(
    ("method", "target", "sent"),
    [
        ("GET", "/", "/"),
        ("GET", "/a?b=c", "/a?b=c"),
        ("GET", "//a/b", "//a/b"),
        ("OPTIONS", "*", "*"),
        ("GET", "http://a.example/b?c", "/b?c"),
        ("GET", "HTTP://a.example", "/"),
        ("GET", "http://a.example?c", "/?c"),
        ("GET", "http://a.example?c/d", "/?c/d"),
        ("GET", "https://a.example:443/b", "/b"),
        ("OPTIONS", "http://a.example", "*"),
        ("OPTIONS", "http://a.example/", "/"),
        ("GET", "/redirect?to=http://b.example/", "/redirect?to=http://b.example/"),
    ],
)
def test_origin_form(method, target, sent):
    assert origin_form(method, target) == sent


@pytest.mark.parametrize(
    "target", ["", "a", "?a", "ftp://a/", "/a b", "/a\r\nX: y", "/a#b", "/\xe9", "a.example:80", "/\t"]
)
def test_what_has_no_origin_form_is_refused(target):
    with pytest.raises(ValueError, match="request-target"):
        origin_form("GET", target)


@pytest.mark.parametrize(
    "authority",
    [
        "a",
        "a.example",
        "a_b.example",
        "A.EXAMPLE:8080",
        "a.example:",
        "a.example:0",
        "a.example:65535",
        "127.0.0.1:80",
        "[::1]",
        "[::ffff:1.2.3.4]:80",
        "xn--bcher-kva.example",
        "a%2Db",
        "a" * 255,
    ],
)
def test_a_valid_authority(authority):
    assert is_valid_authority(authority)


@pytest.mark.parametrize(
    "authority",
    [
        "",
        " ",
        ":80",
        "a b",
        "a,b",
        "a;b",
        "a/b",
        "a?b",
        "a#b",
        "a@b",
        "user:password@a",
        "a:b",
        "a:80:80",
        "a:65536",
        "a:+80",
        "a:8o",
        "::1",
        "[::1",
        "::1]",
        "[]",
        "[1]",
        "[::1]a",
        "[v1.a]",
        "[fe80::1%25eth0]",
        "a\\b",
        "a%2",
        'a"b',
        "<a>",
        "a\x00",
        "b\xfccher.example",
        "a" * 300,
        "a:٠٨",
    ],
)
def test_an_odd_authority(authority):
    assert not is_valid_authority(authority)


@pytest.mark.parametrize(
    ("scheme", "one", "other", "same"),
    [
        ("http", "a", "a", True),
        ("http", "A", "a", True),
        ("http", "a:80", "a", True),
        ("http", "a:", "a", True),
        ("https", "a:443", "a", True),
        ("https", "a:80", "a", False),
        ("http", "a:443", "a", False),
        ("http", "a:8080", "a:80", False),
        ("http", "a", "b", False),
        ("http", "a:180", "a:1", False),
    ],
)
def test_same_authority(scheme, one, other, same):
    assert same_authority(scheme, one, other) is same
    assert same_authority(scheme, other, one) is same


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("http://a", ("http", "a", "")),
        ("HTTPS://a:1/b?c", ("https", "a:1", "/b?c")),
        ("http://a?b/c", ("http", "a", "?b/c")),
        ("http:///b", ("http", "", "/b")),
        ("ws://a/", None),
        ("a", None),
        ("/http://a", None),
    ],
)
def test_split_absolute(target, parts):
    assert split_absolute(target) == parts


@pytest.mark.parametrize("target", ["/", '/"<>\\^`{|}~', "/%00"])
def test_what_browsers_send_is_printable(target):
    assert is_printable(target)
