"""Frontends: where they listen, their backends and their rules."""

import pytest

from affinity_gw.http1.claims import X_FORWARDED_FOR
from affinity_gw.routing.address import Address
from affinity_gw.routing.rules import Deny, Redirect, UseBackend
from affinity_gw.routing.sections import Forwarding

CASES = {
    "no bind": (
        '[frontend.x]\nbackend = "b"\n@B\n',
        ['1 [frontend.x]: the frontend does not say where to listen; write bind = "0.0.0.0:80"'],
    ),
    "bad binds": (
        '[frontend.x]\nbind = ["80", "::1:80", "[::1:80"]\nbackend = "b"\n@B\n',
        [
            ('2 [frontend.x] bind[0]: "80" has no host; write "0.0.0.0:80", "[::]:80", "*:80", "unix@/path" or "fd@3"'),
            (
                '2 [frontend.x] bind[1]: "::1:80" is not an address; '
                'an IPv6 address stands in brackets, as in "[::1]:80"'
            ),
            (
                '2 [frontend.x] bind[2]: "[::1:80" is not an address; '
                'an IPv6 address stands in brackets, as in "[::1]:80"'
            ),
        ],
    ),
    "one bad bind": (
        '[frontend.x]\nbind = ":99999"\nbackend = "b"\n@B\n',
        ['2 [frontend.x] bind: "99999" is not a port; a number from 0 to 65535'],
    ),
    "an address bound twice": (
        '@F\n[frontend.y]\nbind = [":81", "0.0.0.0:80", ":0", ":0"]\nbackend = "b"\n@B\n',
        ["5 [frontend.y] bind: 0.0.0.0:80 is bound by frontend x already; an address can be bound once"],
    ),
    "unknown backends": (
        '[frontend.x]\nbind = ":80"\nbackend = "bb"\n[[frontend.x.rule]]\nbackend = "nix"\n@B\n',
        [
            '3 [frontend.x] backend: there is no backend "bb"; did you mean "b"?',
            '5 [frontend.x] rule[0].backend: there is no backend "nix"; there is b',
        ],
    ),
    "no backend at all": (
        '[frontend.x]\nbind = ":80"\nbackend = "wt"\n',
        ['3 [frontend.x] backend: there is no backend "wt"; write [backend.wt]'],
    ),
    "two actions": (
        '@F\n[[frontend.x.rule]]\nredirect = "/a"\nbackend = "b"\n@B\n',
        [
            (
                "5 [frontend.x] rule[0].redirect: the rule has backend and redirect, but a rule does one thing; "
                "keep one; a backend that is meant for the frontend belongs above the first [[rule]]"
            )
        ],
    ),
    "no action": (
        '@F\n[[frontend.x.rule]]\nwhen = "{ path /a }"\n@B\n',
        ["4 [frontend.x] rule[0]: the rule does nothing; give it backend, redirect, deny or another action"],
    ),
    "codes": (
        (
            '@F\n[[frontend.x.rule]]\ndeny = 403\ncode = 302\n[[frontend.x.rule]]\nredirect = "/ä b"\ncode = 304\n'
            "[[frontend.x.rule]]\ndeny = 99\n@B\n"
        ),
        [
            "6 [frontend.x] rule[0].code: only a redirect has a code; leave it out",
            (
                '8 [frontend.x] rule[1].redirect: "/ä b" is not a location; '
                "percent-encode blanks and letters outside of ASCII"
            ),
            "9 [frontend.x] rule[1].code: 304 is no status of a redirect; one of 301, 302, 303, 307, 308",
            ("11 [frontend.x] rule[2].deny: 99 is out of range; write a number from 200 to 599"),
        ],
    ),
    "a response split by a redirect": (
        '@F\n[[frontend.x.rule]]\nredirect = "/a\\r\\nSet-Cookie: a=b"\n@B\n',
        [
            (
                "5 [frontend.x] rule[0].redirect: the value of a header holds a line break "
                "or another control character; "
                "take it out"
            )
        ],
    ),
    "a head too small": (
        "@F\nmax_head_bytes = 100\n@B\n",
        ["4 [frontend.x] max_head_bytes: 100 leaves no room for a request; 1024 bytes or more"],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_a_frontend_is_complained_of(complaints, text, said):
    assert complaints(text) == said


def test_rules_are_in_haproxys_order_and_keep_their_own(load):
    rules = (
        load(
            '@F\n[[frontend.x.rule]]\nbackend = "b"\n[[frontend.x.rule]]\nredirect = "/a"\ncode = 301\n'
            '[[frontend.x.rule]]\nredirect = "/b"\n[[frontend.x.rule]]\ndeny = true\n@B\n'
        )
        .frontends[0]
        .rules
    )
    assert [rule.action for rule in rules] == [Deny(403), Redirect("/a", 301), Redirect("/b", 302), UseBackend("b")]


def test_a_frontend_is_read(load, tmp_path):
    frontend = load(
        '[frontend.x]\nbind = ["unix@gw.sock", "[::]:0", "fd@3"]\nbackend = "b"\nmaxconn = 7\nconnection = "close"\n'
        'forwarded_for = "append"\nforwarded_proto = false\nmax_head_bytes = "32k"\nmax_header_fields = 50\n'
        'min_body_rate = 0\ntimeout = { client = "1s", http_request = "2s", http_keep_alive = "0s" }\n@B\n'
    ).frontends[0]
    assert frontend.binds == (Address(path=str(tmp_path / "gw.sock")), Address("::", 0), Address(fd=3))
    assert (frontend.backend, frontend.maxconn, frontend.connection) == ("b", 7, "close")
    assert frontend.forwarding == Forwarding("append", False, True, True, True, X_FORWARDED_FOR)
    assert (frontend.max_head_bytes, frontend.max_header_fields, frontend.min_body_rate) == (32768, 50, 0)
    assert (frontend.timeout_client, frontend.timeout_http_request, frontend.timeout_http_keep_alive) == (1, 2, 0)
