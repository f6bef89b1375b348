"""Which options of a cookie go together."""

import pytest
from affinity_gw_plugins.cookie import Cookie


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"name": ""}, "name is '', which is no cookie's name"),
        ({"name": "a b"}, "name is 'a b', which is no cookie's name"),
        ({"name": "a=b"}, "name is 'a=b', which is no cookie's name"),
        ({"nocache": True}, "nocache: only a cookie that is handed out has that; add insert = true"),
        ({"indirect": True, "domain": "x"}, "domain: only a cookie that is handed out has that"),
        ({"prefix": True, "maxidle": "1h"}, "maxidle: only a cookie that is handed out has that"),
        ({"insert": True, "prefix": True}, "insert and prefix: a cookie has one of these modes; keep one"),
        ({"insert": True, "rewrite": True}, "insert and rewrite: a cookie has one of these modes; keep one"),
        ({"rewrite": True, "indirect": True}, "rewrite and indirect do not go together"),
        ({"prefix": True, "preserve": True}, "preserve: it takes insert or indirect to remove a server's cookie"),
        ({"insert": True, "samesite": "lax"}, "samesite is 'lax'; it can be Lax, Strict, None"),
        ({"insert": True, "samesite": "None"}, "samesite is None, and browsers drop such a cookie"),
        ({"insert": True, "domain": "a;b"}, "domain is 'a;b', which is no domain's name"),
        ({"insert": True, "domain": "a\r\nX: y"}, "domain is"),
        ({"insert": True, "domain": ("a.b", "c d")}, "domain is 'c d', which is no domain's name"),
        ({"insert": True, "attr": ("X", "a;b")}, "attr is 'a;b'; an attribute holds no semicolon"),
        ({"insert": True, "attr": "a\nb"}, "attr is 'a\\nb'; an attribute holds no semicolon"),
        ({"insert": True, "maxidle": "30 min"}, "'30 min' is not a duration; write a number and s, m, h or d"),
    ],
)
def test_what_cannot_be_used_is_refused(options, problem):
    with pytest.raises(ValueError, match=r".") as caught:
        Cookie(**{"name": "SRV", **options})
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    "options",
    [{"prefix": True, "nocache": True}, {"rewrite": True, "httponly": True}, {"indirect": True, "preserve": True}],
)
def test_words_that_change_nothing_in_a_mode_are_taken_as_haproxy_takes_them(options):
    assert Cookie("SRV", **options).name == "SRV"


def test_it_pins_to_servers():
    assert Cookie.default_pin == "server"
