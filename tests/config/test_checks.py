"""How servers are probed, and servers that track another one."""

import pytest

from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import CheckSpec

CASES = {
    "unchecked": (
        (
            '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", check = false }\n'
            'server.s2 = { address = "127.0.0.1:2", track = "b/s1" }\n'
        ),
        [
            (
                "6 [backend.b] server.s2.track: b/s1 is not checked, so that nobody knows whether it is up; "
                "switch its check on"
            )
        ],
    ),
    "unknown": (
        '@F\n@B\nserver.s2 = { address = "127.0.0.1:2", track = "b/s9" }\n',
        ['6 [backend.b] server.s2.track: there is no server b/s9; did you mean "b/s2"?'],
    ),
    "a circle": (
        (
            '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", track = "s2" }\n'
            'server.s2 = { address = "127.0.0.1:2", track = "s1" }\n'
        ),
        [
            (
                "5 [backend.b] server.s1.track: the tracking goes in a circle: b/s1 → b/s2 → b/s1; "
                "let one of them be checked"
            ),
            (
                "6 [backend.b] server.s2.track: the tracking goes in a circle: b/s2 → b/s1 → b/s2; "
                "let one of them be checked"
            ),
        ],
    ),
    "itself": (
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", track = "s1" }\n',
        ["5 [backend.b] server.s1.track: the tracking goes in a circle: b/s1 → b/s1; let one of them be checked"],
    ),
    "checked as well": (
        '@F\n@B\nserver.s2 = { address = "127.0.0.1:2", track = "s1", check = true }\n',
        [
            (
                "6 [backend.b] server.s2.check: a server that tracks another one is not checked itself; "
                "keep either track or check"
            )
        ],
    ),
    "a server with another mistake is not called unknown": (
        '@F\n[backend.b]\nserver.s1 = "127.0.0.1"\nserver.s2 = { address = "127.0.0.1:2", track = "s1" }\n',
        ['5 [backend.b] server.s1: "127.0.0.1" has no port; write "127.0.0.1:9090", "[::1]:9090" or "unix@/path"'],
    ),
    "check options": (
        '@F\n@B\ncheck = { http = "HEAD", inter = "none", rise = 0 }\n',
        [
            (
                '6 [backend.b] check.http: "HEAD" is not a request line; '
                'write a method and a path, as in "HEAD /check.txt"'
            ),
            '6 [backend.b] check.inter: "none" is no interval; write a number and a unit, as in "2s"',
            "6 [backend.b] check.rise: 0 is out of range; write a number from 1 on",
        ],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_checks_is_complained_of(complaints, text, said):
    assert complaints(text) == said


SPECS = {
    "a TCP connect is built in": ("", CheckSpec()),
    "on": ("check = true", CheckSpec()),
    "off": ("check = false", None),
    "a request": ('check.http = "HEAD /check.txt"', CheckSpec(request=b"HEAD /check.txt HTTP/1.0\r\n\r\n")),
    "a request with its version": (
        'check.http = "GET /x?a=1 HTTP/1.1"',
        CheckSpec(request=b"GET /x?a=1 HTTP/1.1\r\nconnection: close\r\n\r\n"),
    ),
    # these three as HAProxy 2.6 sends them
    "fields and HTTP/1.1": (
        'check = { http = "GET /y HTTP/1.1", fields = { Host = "a.example", X-B = "c" } }',
        CheckSpec(request=b"GET /y HTTP/1.1\r\nhost: a.example\r\nx-b: c\r\nconnection: close\r\n\r\n"),
    ),
    "a body and HTTP/1.1": (
        'check = { http = "POST /y HTTP/1.1", fields = { Host = "a.example" }, body = "hello" }',
        CheckSpec(
            request=b"POST /y HTTP/1.1\r\nhost: a.example\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello"
        ),
    ),
    "a body": (
        'check = { http = "POST /y", body = "hello" }',
        CheckSpec(request=b"POST /y HTTP/1.0\r\ncontent-length: 5\r\n\r\nhello"),
    ),
    "another port": ("check.port = 99", CheckSpec(address=Address("127.0.0.1", 99))),
    "another host": ('check.address = "192.0.2.1"', CheckSpec(address=Address("192.0.2.1", 1))),
    "the interval is all other times too": (
        'check.inter = "1s"',
        CheckSpec(inter=1, fastinter=1, downinter=1, connect_timeout=1, answer_timeout=1),
    ),
    "each time of its own": (
        'check = { inter = "10s", fastinter = "1s", downinter = "20s", rise = 5, fall = 6 }\ntimeout.check = "4s"',
        CheckSpec(inter=10, fastinter=1, downinter=20, rise=5, fall=6, connect_timeout=5, answer_timeout=4),
    ),
    "the time to connect is not longer than a connection may take": (
        'check.inter = "10s"\ntimeout.connect = "3s"',
        CheckSpec(inter=10, fastinter=10, downinter=10, connect_timeout=3, answer_timeout=10),
    ),
    "without limits": (
        'timeout.connect = "none"\ntimeout.check = "none"',
        CheckSpec(connect_timeout=2, answer_timeout=float("inf")),
    ),
}


@pytest.mark.parametrize(("text", "spec"), SPECS.values(), ids=SPECS)
def test_times_and_requests_are_haproxys(load, text, spec):
    assert load(f"@F\n@B\n{text}\n").backends[0].servers[0].check == spec


def test_a_servers_own_words_count_more(load):
    config = load(
        '@F\n[backend.b]\ncheck = { http = "HEAD /a", rise = 4 }\nserver.s1 = "127.0.0.1:1"\n'
        'server.s2 = { address = "127.0.0.1:2", check = false }\n'
        'server.s3 = { address = "127.0.0.1:3", check = { rise = 1 } }\n'
        'server.s4 = { address = "127.0.0.1:3", track = "s1" }\n'
        'server.s5 = { address = "127.0.0.1:3", track = "b/s4" }\n'
    )
    s1, s2, s3, s4, s5 = config.backends[0].servers
    assert s1.check == CheckSpec(request=b"HEAD /a HTTP/1.0\r\n\r\n", rise=4)
    assert s2.check is None
    assert s3.check == CheckSpec(request=b"HEAD /a HTTP/1.0\r\n\r\n", rise=1)
    assert (s4.check, s4.track) == (None, "b/s1")
    assert (s5.check, s5.track) == (None, "b/s4")


def test_a_server_may_be_checked_where_its_backend_is_not(load):
    config = load(
        '@F\n[backend.b]\ncheck = false\nserver.s1 = "127.0.0.1:1"\n'
        'server.s2 = { address = "127.0.0.1:2", check.inter = "1s" }\n'
    )
    assert [server.check is not None for server in config.backends[0].servers] == [False, True]


def test_expectations_are_read(load):
    check = (
        load('@F\n@B\ncheck = { http = "HEAD /", expect = ["status 200", "! string x"] }\n')
        .backends[0]
        .servers[0]
        .check
    )
    assert [(expect.text, expect.inverse) for expect in check.expect] == [("status 200", False), ("! string x", True)]


def test_a_bad_expectation_is_complained_of(complaints):
    (complaint,) = complaints('@F\n@B\ncheck.http = "HEAD /"\ncheck.expect = "ready"\n')
    assert "check.expect: 'ready' is no expectation" in complaint
