"""Backends and their options."""

import pytest

from affinity_gw.routing.sections import Backend, Forwarding
from affinity_gw.routing.servers import Server

CASES = {
    "balance": (
        '@F\n@B\nbalance = "rondrobin"\n',
        [('6 [backend.b] balance: "rondrobin" is no balance; did you mean "roundrobin"?')],
    ),
    "options": (
        '@F\n@B\nbuffer_chunked_requests = true\nreuse_after_head = "no"\nexpect_timeout = 1\nretries = -1\n',
        [
            '6 [backend.b] buffer_chunked_requests: true is not a size; write a number of bytes, or "64k", "1m", "1g"',
            '7 [backend.b] reuse_after_head: "no" is neither true nor false; write true or false, without quotes',
            '8 [backend.b] expect_timeout: a duration needs a unit, 1 has none; write "1s" or "1ms"',
            "9 [backend.b] retries: -1 is out of range; write a number from 0 on",
        ],
    ),
    "headers": (
        (
            '@F\n@B\nset_request_headers.X-A = "a\\r\\nX-B: c"\nset_request_headers."a b" = "x"\n'
            'set_request_headers.Content-Length = "5"\ndrop_request_headers = ["X*Y", "ok-*"]\n'
        ),
        [
            (
                "6 [backend.b] set_request_headers.X-A: the value of a header holds a line break "
                "or another control character; take it out"
            ),
            (
                '7 [backend.b] set_request_headers."a b": "a b" is not the name of a header; '
                "write it without colon and blanks"
            ),
            (
                "8 [backend.b] set_request_headers.Content-Length: Content-Length is the gateway's own business; "
                "leave it out"
            ),
            (
                '9 [backend.b] drop_request_headers[0]: "X*Y": a * stands at the end, after the beginning of the name; '
                'as in "X-Wt-*"'
            ),
        ],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_a_backend_is_complained_of(complaints, text, said):
    assert complaints(text) == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'balance = "random draw 2"',
            'balance: random takes no further word, and "draw 2" is one; write "random(2)"',
        ),
        ('balance = "hdr"', 'balance: hdr needs the name of a header; write it in brackets, as in "hdr(X-Session)"'),
        ('balance = "uri dept 2"', 'balance: "dept" is no option of uri; did you mean "depth"?'),
        ('hash_type = "consistant"', 'hash_type: "consistant" is no way to hash; did you mean "consistent"?'),
        (
            'hash_type = "consistent md5"',
            'hash_type: "md5" is no hash function; there is crc32, djb2, sdbm and wt6',
        ),
        (
            "hash_balance_factor = 80",
            "hash_balance_factor: 80 leaves no server more than its share; write 0 for no bound, or more than 100",
        ),
    ],
)
def test_words_that_balance_does_not_know_are_complained_of(complaints, line, said):
    assert complaints(f"@F\n@B\n{line}\n") == [f"6 [backend.b] {said}"]


@pytest.mark.parametrize(
    ("word", "expected"), [("true", (True, -1)), ("false", (False, -1)), ("2", (True, 2)), ("-1", (True, -1))]
)
def test_redispatch_may_name_the_retry(load, word, expected):
    backend = load(f"@F\n@B\nredispatch = {word}\n").backends[0]
    assert (backend.redispatch, backend.redispatch_after) == expected


def test_how_a_backend_balances_is_read(load):
    backend = load(
        '@F\n@B\nbalance = "uri depth 2"\nhash_type = "consistent"\nhash_balance_factor = 150\nallbackups = true\n'
    ).backends[0]
    assert (backend.balance, backend.hash_type) == ("uri depth 2", "consistent")
    assert (backend.hash_balance_factor, backend.allbackups) == (150, True)


def test_a_backend_is_read(load):
    backend = load(
        '@F\n@B\nbalance = "leastconn"\nconnection = "keep-alive"\npretend_keepalive = false\nretries = 1\n'
        "redispatch = false\npersist = true\nabortonclose = false\noriginal_to = false\n"
        'drop_request_headers = "X-A"\ndrop_on_upgrade = ["X-B"]\nset_request_headers = { X-C = "d", x-c = "e" }\n'
        'buffer_chunked_requests = "1m"\nreuse_after_head = false\nexpect_timeout = "0s"\n'
        'timeout = { connect = "1s", server = "2s", tunnel = "3s", queue = "4s", server_idle = "0s", check = "6s" }\n'
    ).backends[0]
    assert (backend.balance, backend.connection, backend.pretend_keepalive) == ("leastconn", "keep-alive", False)
    assert (backend.retries, backend.redispatch, backend.abortonclose) == (1, False, False)
    assert backend.persist
    assert backend.forwarding == Forwarding(original_to=False)
    assert (backend.drop_request_headers, backend.drop_on_upgrade) == (("X-A",), ("X-B",))
    assert backend.set_request_headers == (("x-c", "e"),)
    assert (backend.buffer_chunked_requests, backend.reuse_after_head) == (1 << 20, False)
    assert backend.expect_timeout == 0
    assert (backend.timeout_connect, backend.timeout_server, backend.timeout_tunnel) == (1, 2, 3)
    assert (backend.timeout_queue, backend.timeout_server_idle) == (4, 0)


def test_what_nobody_says_is_built_in(load):
    backend = load("@F\n@B\n").backends[0]
    (server,) = backend.servers
    assert backend == Backend("b", (Server("b", "s1", 1, server.address, check=server.check),))


def test_buffering_can_be_switched_off(load):
    assert load("@F\n@B\nbuffer_chunked_requests = false\n").backends[0].buffer_chunked_requests == 0
