"""Each row holds what matches, asked of HAProxy 2.6.12."""

import pytest

from tests.routing.making import NOW, all_but, compiled, request, response

PATHS = [
    "/",
    "/a",
    "/ab",
    "/a/b",
    "/A/B.C",
    "//a/../12",
    "/%61",
    "/a;x",
    "/a?",
    "/a/b?a=1",
    "/x?/a/b",
    "http://a.b/a?c",
    "*",
]
PATH_ROWS = [
    ("path /a", ["/a", "/a?", "http://a.b/a?c"]),
    ("path_beg /a", ["/a", "/ab", "/a/b", "/a;x", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path_beg -i /A", all_but("/", "//a/../12", "/%61", "/x?/a/b", "*")),
    ("path_beg a", []),
    ("path_end b", ["/ab", "/a/b", "/a/b?a=1"]),
    ("path_end -i C", ["/A/B.C"]),
    ("path_sub b", ["/ab", "/a/b", "/a/b?a=1"]),
    ("path_sub ?", []),
    ("path_dir a", ["/a", "/a/b", "//a/../12", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path_dir /a/", ["/a", "/a/b", "//a/../12", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path_dir a/b", ["/a/b", "/a/b?a=1"]),
    ("path_dir -i a", ["/a", "/a/b", "/A/B.C", "//a/../12", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path_dom b", ["/a/b", "/a/b?a=1"]),
    ("path_dom -i b.c", ["/A/B.C"]),
    ("path_reg ^/a", ["/a", "/ab", "/a/b", "/a;x", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path_reg -i ^/A[b]?$", ["/a", "/ab", "/a?", "http://a.b/a?c"]),
    ("path_reg [[:digit:]]+$", ["//a/../12", "/%61"]),
    ("path_len 2", ["/a", "/a?", "/x?/a/b", "http://a.b/a?c"]),
    ("path_len gt 3", ["/a/b", "/A/B.C", "//a/../12", "/%61", "/a;x", "/a/b?a=1"]),
    ("path_len lt 2 gt 5", ["/", "/A/B.C", "//a/../12"]),
    ("path -m found", all_but("*")),
    ("path -m int 0", all_but("*")),
    ("path -m bool", []),
    ("path -m beg /a", ["/a", "/ab", "/a/b", "/a;x", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path -- /a", ["/a", "/a?", "http://a.b/a?c"]),
    ("path --", []),
    ("path,lower /ab", ["/ab"]),
    ("path,lower -m sub b.c", ["/A/B.C"]),
    ("path_beg,upper /A", ["/a", "/a?", "http://a.b/a?c"]),
    ("path,length gt 3", ["/a/b", "/A/B.C", "//a/../12", "/%61", "/a;x", "/a/b?a=1"]),
    ("path,length,mul(2) 4:7", ["/a", "/ab", "/a?", "/x?/a/b", "http://a.b/a?c"]),
    ("path,field(2,/) a", ["/a", "/a/b", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("path,field(3,/) -m found", ["/a/b", "/A/B.C", "//a/../12", "/a/b?a=1"]),
    ("path,word(1,/) a", ["/a", "/a/b", "//a/../12", "/a?", "/a/b?a=1", "http://a.b/a?c"]),
    ("url /a", ["/a"]),
    ("url_beg http", ["http://a.b/a?c"]),
    ("url_beg /a", ["/a", "/ab", "/a/b", "/a;x", "/a?", "/a/b?a=1"]),
    ("url_sub a=1", ["/a/b?a=1"]),
    ("url_end =1", ["/a/b?a=1"]),
    ("url_dir b", ["/a/b", "/a/b?a=1", "/x?/a/b"]),
    ("url_dir a/b", ["/a/b", "/a/b?a=1", "/x?/a/b"]),
    ("url_dom b", ["/a/b", "/a/b?a=1", "/x?/a/b", "http://a.b/a?c"]),
    ("url_len 3", ["/ab", "/a?"]),
    ("url_reg ^[^/:]*://", ["http://a.b/a?c"]),
    ("url *", ["*"]),
    ("pathq /a?", ["/a?"]),
    ("pathq -m sub ?", ["/a?", "/a/b?a=1", "/x?/a/b", "http://a.b/a?c"]),
    ("base a.b/a", ["/a", "/a?", "http://a.b/a?c"]),
    ("base_beg a.b", all_but()),
    ("base_sub /a", all_but("/", "/A/B.C", "/%61", "/x?/a/b", "*")),
    ("base_end b", ["/ab", "/a/b", "/a/b?a=1", "*"]),
    ("base_dom b", all_but()),
    ("base_len 3:4", ["/", "*"]),
    ("baseq -m end =1", ["/a/b?a=1"]),
    ("query -m found", ["/a?", "/a/b?a=1", "/x?/a/b", "http://a.b/a?c"]),
    ("query a=1", ["/a/b?a=1"]),
    ("query -m len 0", ["/a?"]),
    ("query -m len 3", ["/a/b?a=1"]),
    ("query -m sub a", ["/a/b?a=1", "/x?/a/b"]),
]


@pytest.mark.parametrize(
    ("criterion", "matching"), PATH_ROWS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_target_is_taken_as_haproxy_takes_it(criterion, matching):
    holds = compiled(criterion)
    found = [target for target in PATHS if holds(request(target, ("Host", "a.b")), NOW)]
    assert found == (matching if isinstance(matching, list) else matching(PATHS))


@pytest.mark.parametrize(
    ("criterion", "fields", "expected"),
    [
        ("base /a", (), True),
        ("base /a", (("Host", ""),), True),
        ("base x/a", (("Host", "x, y"),), True),
        ("base x/a", (("Host", "x"), ("Host", "y")), True),
        ("req.ver 1.1", (), True),
        ("req_ver 1.0", (), False),
        ("capture.req.method GET", (), True),
        ("capture.req.uri /a?q", (), True),
    ],
)
def test_what_stands_beside_the_path(criterion, fields, expected):
    assert compiled(criterion)(request("/a?q" if "uri" in criterion else "/a", *fields), NOW) is expected


def test_an_absolute_target_without_a_path_asks_for_the_root():
    # HAProxy finds no path there; RFC 9110 section 4.2.3 does, and so does the server.
    assert compiled("path /")(request("http://a.b"), NOW)


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("status 404", True),
        ("status 400:499", True),
        ("status lt 400", False),
        ("res.ver 1.1", True),
        ("method GET", True),
        ("capture.req.uri -m beg /a", True),
    ],
)
def test_an_answer_and_what_is_known_of_its_request(criterion, expected):
    assert compiled(criterion, answer=True)(response(404, request=request("/a")), NOW) is expected
