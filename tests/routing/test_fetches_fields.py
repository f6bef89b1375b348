"""Each row holds what matches, asked of HAProxy 2.6.12."""

import pytest

from tests.routing.making import NOW, all_but, compiled, request, response

HEADERS = [
    "",
    "a",
    "A",
    "b",
    "a, b",
    "b ,a",
    "a,",
    '"a,b",b',
    "12",
    "1.5",
    "-5",
    "4294967297",
    "10.1.1.1",
    "10.1.1.1:80",
    "10.1.1.1:99999",
    "10.1.1.1x",
    "::1",
    "::ffff:10.1.1.1",
    "nix, 10.1.1.1",
    "x/b?c",
    "www.b:80",
    "ä",
]
HEADER_ROWS = [
    ("hdr(x) a", ["a", "a, b", "b ,a", "a,"]),
    ("hdr(X) -i a", ["a", "A", "a, b", "b ,a", "a,"]),
    ("hdr(x) a b", ["a", "b", "a, b", "b ,a", "a,", '"a,b",b']),
    ("hdr(x) -m found", all_but()),
    ("hdr(x) -m len 0", ["", "a,"]),
    ("hdr(x) -m len 2", ["12", "-5", "ä"]),
    (
        "hdr(x) -m int 0",
        [
            "a",
            "A",
            "b",
            "a, b",
            "b ,a",
            "a,",
            '"a,b",b',
            "::1",
            "::ffff:10.1.1.1",
            "nix, 10.1.1.1",
            "x/b?c",
            "www.b:80",
            "ä",
        ],
    ),
    ("hdr(x) -m int 12", ["12"]),
    (
        "hdr(x) -m int gt 3",
        ["12", "4294967297", "10.1.1.1", "10.1.1.1:80", "10.1.1.1:99999", "10.1.1.1x", "nix, 10.1.1.1"],
    ),
    (
        "hdr(x) -m bool",
        ["12", "1.5", "-5", "4294967297", "10.1.1.1", "10.1.1.1:80", "10.1.1.1:99999", "10.1.1.1x", "nix, 10.1.1.1"],
    ),
    (
        "hdr(x) -m ip 10.0.0.0/8",
        ["10.1.1.1", "10.1.1.1:80", "10.1.1.1:99999", "10.1.1.1x", "::ffff:10.1.1.1", "nix, 10.1.1.1"],
    ),
    ("hdr(x) -m ip ::1", ["::1"]),
    ("hdr(x,1) a", ["a", "a, b", "a,"]),
    ("hdr(x,2) b", ["a, b", '"a,b",b']),
    ("hdr(x,-1) b", ["b", "a, b", '"a,b",b']),
    ("hdr(x,-2) a", ["a, b", "a,"]),
    ("hdr(x,0) b", ["b", "a, b", "b ,a", '"a,b",b']),
    ("hdr(x,1) -m found", all_but()),
    ("hdr(x,2) -m found", ["a, b", "b ,a", "a,", '"a,b",b', "nix, 10.1.1.1"]),
    ("hdr(x,-2) -m found", ["a, b", "b ,a", "a,", '"a,b",b', "nix, 10.1.1.1"]),
    ("hdr_beg(x) a", ["a", "a, b", "b ,a", "a,"]),
    ("hdr_end(x) b", ["b", "a, b", "b ,a", '"a,b",b']),
    ("hdr_sub(x) ,", ['"a,b",b']),
    ('hdr_sub(x) \\"', ['"a,b",b']),
    ("hdr_dir(x) b", ["b", "a, b", "b ,a", '"a,b",b', "x/b?c"]),
    ("hdr_dom(x) b", ["b", "a, b", "b ,a", '"a,b",b', "x/b?c", "www.b:80"]),
    ("hdr_len(x) 1", ["a", "A", "b", "a, b", "b ,a", "a,", '"a,b",b']),
    ("hdr_reg(x) ^a", ["a", "a, b", "b ,a", "a,"]),
    ("hdr_reg(x) -i ^[[:alpha:]]$", ["a", "A", "b", "a, b", "b ,a", "a,", '"a,b",b']),
    (
        "hdr_reg(x) \\d\\d",
        [
            "12",
            "4294967297",
            "10.1.1.1",
            "10.1.1.1:80",
            "10.1.1.1:99999",
            "10.1.1.1x",
            "::ffff:10.1.1.1",
            "nix, 10.1.1.1",
            "www.b:80",
        ],
    ),
    ("hdr_reg(x) ^$", ["", "a,"]),
    ("hdr_cnt(x) 1", all_but("a, b", "b ,a", "a,", '"a,b",b', "nix, 10.1.1.1")),
    ("hdr_cnt(x) gt 1", ["a, b", "b ,a", "a,", '"a,b",b', "nix, 10.1.1.1"]),
    ("hdr_val(x) 12", ["12"]),
    (
        "hdr_val(x) 0",
        [
            "",
            "a",
            "A",
            "b",
            "a, b",
            "b ,a",
            "a,",
            '"a,b",b',
            "::1",
            "::ffff:10.1.1.1",
            "nix, 10.1.1.1",
            "x/b?c",
            "www.b:80",
        ],
    ),
    ("hdr_val(x) 1", ["4294967297"]),
    ("hdr_val(x) gt 3", ["12", "1.5", "10.1.1.1", "10.1.1.1:80", "10.1.1.1:99999", "10.1.1.1x", "nix, 10.1.1.1"]),
    ("hdr_val(x) lt 0", ['"a,b",b', "-5", "ä"]),
    ("hdr_val(x) 85", ["1.5"]),
    ("hdr_ip(x) 10.0.0.0/8", ["10.1.1.1", "10.1.1.1:80", "::ffff:10.1.1.1", "nix, 10.1.1.1"]),
    ("hdr_ip(x) ::1 1.2.3.4", ["::1"]),
    ("hdr_ip(x) -m found", ["10.1.1.1", "10.1.1.1:80", "::1", "::ffff:10.1.1.1", "nix, 10.1.1.1"]),
    ("hdr_ip(x) -m str 10.1.1.1", ["10.1.1.1", "10.1.1.1:80", "nix, 10.1.1.1"]),
    ("hdr_ip(x) -m sub :", ["::1", "::ffff:10.1.1.1"]),
    ("hdr_ip(x,-1) 10.0.0.0/8", ["10.1.1.1", "10.1.1.1:80", "::ffff:10.1.1.1", "nix, 10.1.1.1"]),
    ("req.hdr(x) b", ["b", "a, b", "b ,a", '"a,b",b']),
    ("req.hdr(x) -m beg a", ["a", "a, b", "b ,a", "a,"]),
    ("req.hdr(x),lower a", ["a", "A", "a, b", "b ,a", "a,"]),
    ("req.hdr_cnt(x) 2", ["a, b", "b ,a", "a,", '"a,b",b', "nix, 10.1.1.1"]),
    ("req.hdr_val(x) gt 3", ["12", "1.5", "10.1.1.1", "10.1.1.1:80", "10.1.1.1:99999", "10.1.1.1x", "nix, 10.1.1.1"]),
    ("req.hdr_ip(x) 10.0.0.0/8", ["10.1.1.1", "10.1.1.1:80", "::ffff:10.1.1.1", "nix, 10.1.1.1"]),
    ("req.fhdr(x) a", ["a"]),
    ("req.fhdr(x) -m sub ,", ["a, b", "b ,a", "a,", '"a,b",b', "nix, 10.1.1.1"]),
    ("req.fhdr(x,-1) b", ["b"]),
    ("req.fhdr_cnt(x) 1", all_but()),
    ("hdr(x),field(2,b) -m found", ["b", "b ,a", '"a,b",b', "x/b?c", "www.b:80"]),
]
COOKIES = [
    "c=1",
    "c=1; c=ab",
    "c=",
    "c=; d=2",
    'c="a; b"; d=2',
    'c="a,b"',
    "c=a,d=2",
    "c = a b ; d=2",
    "c; d=2",
    "$Version=1; c=1; $Path=/",
    "$c=1",
    "xc=1; cx=2; d=1;c=2",
    "c=%31",
    "c=1=2",
    "d=c=1",
    'c="ab',
    "=1;c=1",
    ";c=1;",
    "C=1",
    "c=1.2/3",
    "c=12x",
]
COOKIE_ROWS = [
    ("cook(c) 1", ["c=1", "c=1; c=ab", "$Version=1; c=1; $Path=/", "=1;c=1", ";c=1;"]),
    ("cook(c) -m found", all_but("c=", "c; d=2", "$c=1", "d=c=1", "C=1")),
    ("cook(c) -m len 0", ["c=; d=2"]),
    ("cook(c) -m int 1", ["c=1", "c=1; c=ab", "$Version=1; c=1; $Path=/", "c=1=2", "=1;c=1", ";c=1;", "c=1.2/3"]),
    ("cook_beg(c) a", ["c=1; c=ab", "c=a,d=2", "c = a b ; d=2"]),
    ("cook_end(c) b", ["c=1; c=ab", "c = a b ; d=2", 'c="ab']),
    ("cook_sub(c) b", ["c=1; c=ab", 'c="a; b"; d=2', 'c="a,b"', "c = a b ; d=2", 'c="ab']),
    ("cook_dom(c) 2", ["xc=1; cx=2; d=1;c=2", "c=1.2/3"]),
    ("cook_dir(c) 3", ["c=1.2/3"]),
    (
        "cook_len(c) 1",
        ["c=1", "c=1; c=ab", "c=a,d=2", "$Version=1; c=1; $Path=/", "xc=1; cx=2; d=1;c=2", "=1;c=1", ";c=1;"],
    ),
    ('cook_reg(c) ^\\"', ['c="a; b"; d=2', 'c="a,b"', 'c="ab']),
    ("cook_cnt(c) 0", ["c=", "c; d=2", "$c=1", "d=c=1", "C=1"]),
    ("cook_cnt(c) 1", all_but("c=1; c=ab", "c=", "c; d=2", "$c=1", "d=c=1", "C=1")),
    ("cook_cnt(c) 2", ["c=1; c=ab"]),
    ("cook_val(c) 1", ["c=1", "c=1; c=ab", "$Version=1; c=1; $Path=/", "c=1=2", "=1;c=1", ";c=1;"]),
    ("cook_val(c) gt 1", ["xc=1; cx=2; d=1;c=2", "c=1.2/3", "c=12x"]),
    ("cook(C) -m found", ["C=1"]),
    ("cook(d) 2", ["c=; d=2", 'c="a; b"; d=2', "c=a,d=2", "c = a b ; d=2", "c; d=2"]),
    (
        "cook(d) -m found",
        ["c=; d=2", 'c="a; b"; d=2', "c=a,d=2", "c = a b ; d=2", "c; d=2", "xc=1; cx=2; d=1;c=2", "d=c=1"],
    ),
    ("cook -m found", all_but("$c=1")),
    ("cook_cnt 2", ["c=1; c=ab", "c=; d=2", 'c="a; b"; d=2', "c=a,d=2", "c = a b ; d=2", "=1;c=1"]),
    ("req.cook(c) 1", ["c=1", "c=1; c=ab", "$Version=1; c=1; $Path=/", "=1;c=1", ";c=1;"]),
    ("req.cook(c) -m end b", ["c=1; c=ab", "c = a b ; d=2", 'c="ab']),
    ("req.cook_cnt(c) 1", all_but("c=1; c=ab", "c=", "c; d=2", "$c=1", "d=c=1", "C=1")),
    ("req.cook_val(c) 12", ["c=12x"]),
    ("cookie(c) 1", ["c=1", "c=1; c=ab", "$Version=1; c=1; $Path=/", "=1;c=1", ";c=1;"]),
]
URLS = [
    "/",
    "/a",
    "/?",
    "/?a",
    "/?a=",
    "/?a=1",
    "/?a=1&a=x",
    "/?b=1&a=12",
    "/?xa=1;a=%31",
    "/??a=1",
    "/?a=b/c?d&a=e",
    "/?x;a=2&ab=3",
    "/?A=1",
    "/?a==1",
    "/?a=-12",
    "/?a=1a",
    "/;a=1",
    "/?%61=1",
    "/?a=1&",
    "/?a=x.b.y",
]
URL_ROWS = [
    ("urlp(a) 1", ["/?a=1", "/?a=1&a=x", "/??a=1", "/?a=1&"]),
    ("urlp(a) -m found", all_but("/", "/a", "/?", "/?a", "/?A=1", "/;a=1", "/?%61=1")),
    ("urlp(a) -m len 0", ["/?a="]),
    ("urlp(a) -m int 1:5", ["/?a=1", "/?a=1&a=x", "/??a=1", "/?x;a=2&ab=3", "/?a=1a", "/?a=1&"]),
    ("urlp_beg(a) x", ["/?a=1&a=x", "/?a=x.b.y"]),
    ("urlp_end(a) x", ["/?a=1&a=x"]),
    ("urlp_sub(a) b", ["/?a=b/c?d&a=e", "/?a=x.b.y"]),
    ("urlp_reg(a) ^[0-9]+$", ["/?a=1", "/?a=1&a=x", "/?b=1&a=12", "/??a=1", "/?x;a=2&ab=3", "/?a=1&"]),
    ("urlp_dom(a) b", ["/?a=b/c?d&a=e", "/?a=x.b.y"]),
    ("urlp_dir(a) c", ["/?a=b/c?d&a=e"]),
    ("urlp_len(a) 2", ["/?b=1&a=12", "/?a==1", "/?a=1a"]),
    ("url_param(a) 1", ["/?a=1", "/?a=1&a=x", "/??a=1", "/?a=1&"]),
    ("url_param(a) -m beg x", ["/?a=1&a=x", "/?a=x.b.y"]),
    ("urlp(ab) -m found", ["/?x;a=2&ab=3"]),
    ("urlp(a,;) -m found", ["/?xa=1;a=%31", "/?x;a=2&ab=3", "/;a=1"]),
    ("urlp -m found", all_but("/", "/a", "/?", "/?a", "/;a=1")),
    ("urlp -m str 2", ["/?x;a=2&ab=3"]),
    ("urlp_val(a) 1", ["/?a=1", "/?a=1&a=x", "/??a=1", "/?a=1a", "/?a=1&"]),
    ("urlp_val(a) gt 10", ["/?b=1&a=12"]),
    ("urlp_val(a) lt 0", ["/?xa=1;a=%31", "/?a=-12"]),
]


def check(criterion, matching, values, head):
    holds = compiled(criterion)
    found = [value for value in values if holds(head(value), NOW)]
    assert found == (matching if isinstance(matching, list) else matching(values))


def name(value):
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("criterion", "matching"), HEADER_ROWS, ids=name)
def test_headers(criterion, matching):
    check(criterion, matching, HEADERS, lambda value: request("/", ("X", value)))


@pytest.mark.parametrize(("criterion", "matching"), COOKIE_ROWS, ids=name)
def test_cookies(criterion, matching):
    check(criterion, matching, COOKIES, lambda value: request("/", ("Cookie", value)))


@pytest.mark.parametrize(("criterion", "matching"), URL_ROWS, ids=name)
def test_parameters(criterion, matching):
    check(criterion, matching, URLS, request)


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("hdr(x) b", True),
        ("hdr_cnt(x) 3", True),
        ("req.fhdr_cnt(x) 2", True),
        ("req.fhdr(x,1) -m str a,b", True),
        ("hdr(x,-3) a", True),
        ("cook_cnt(c) 2", True),
        ("cook(c) 2", True),
    ],
)
def test_several_lines_are_one_after_the_other(criterion, expected):
    head = request("/", ("X", "a, b"), ("x", "c"), ("Cookie", "c=1"), ("Cookie", "c=2"))
    assert compiled(criterion.replace("a,b", "'a, b'"))(head, NOW) is expected


@pytest.mark.parametrize(
    "criterion", ["hdr(x) -m found", "hdr(x,-1) a", "cook(c) -m found", "cook_val(c) 0", "hdr_ip(x) ::/0"]
)
def test_what_is_missing_matches_nothing(criterion):
    assert not compiled(criterion)(request(), NOW)


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("res.hdr(x) b", True),
        ("shdr(x) a", True),
        ("shdr_beg(x) c", False),
        ("res.hdr_cnt(x) 2", True),
        ("shdr_cnt(x) 1", False),
        ("res.fhdr(x) 'a, b'", True),
        ("res.hdr_val(length) gt 10", True),
        ("scook(s) 1", True),
        ("scook_beg(s) 1", True),
        ("res.cook(t) -m found", False),
        ("scook(Path) -m found", False),
    ],
)
def test_answers(criterion, expected):
    head = response(200, ("X", "a, b"), ("Length", "12"), ("Set-Cookie", "s=1; t=2; Path=/"))
    assert compiled(criterion, answer=True)(head, NOW) is expected


@pytest.mark.parametrize(
    ("criterion", "problem"),
    [
        ("hdr foo", "req.hdr wants the name of a header in parentheses"),
        ("hdr() foo", "req.hdr() wants the name of a header"),
        ("hdr_cnt 1", "hdr_cnt wants the name of a header"),
        ("hdr(x,last) foo", "req.hdr(x,last): after the comma stands which occurrence"),
        ("hdr(x,-11) foo", "req.hdr(x,-11): after the comma stands which occurrence"),
        ("hdr(x,1,2) foo", "req.hdr(x,1,2): it takes at most 2 words"),
        ("cook(a,b) c", "req.cook(a,b): it takes at most 1 words"),
    ],
)
def test_what_is_wrong_is_said(criterion, problem):
    with pytest.raises(ValueError, match=r"wants|occurrence|at most") as caught:
        compiled(criterion)
    assert str(caught.value).startswith(problem)
