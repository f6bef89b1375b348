"""Servers: short or as tables, each with a name and a word of its own."""

import pytest

from affinity_gw.routing.address import Address

CASES = {
    "bad ones": (
        (
            '@F\n[backend.b]\nserver.s1 = "127.0.0.1"\nserver.s2 = { address = "127.0.0.1:1", weight = 257 }\n'
            'server.s3 = { weight = 1 }\nserver."a b" = "127.0.0.1:3"\n'
        ),
        [
            '5 [backend.b] server.s1: "127.0.0.1" has no port; write "127.0.0.1:9090", "[::1]:9090" or "unix@/path"',
            "6 [backend.b] server.s2.weight: 257 is out of range; write a number from 0 to 256",
            '7 [backend.b] server.s3: the server has no address; write address = "127.0.0.1:9090"',
            '8 [backend.b] server."a b": "a b" cannot be a server\'s name; letters, digits and _ . : - make one',
        ],
    ),
    "one word twice": (
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", cookie = "s2" }\nserver.s2 = "127.0.0.1:2"\n',
        ['6 [backend.b] server.s2: the key "s2" means s1 as well as s2; give each server a cookie of its own'],
    ),
    "no word for a cookie": (
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", cookie = "a;b" }\n',
        [
            (
                '5 [backend.b] server.s1.cookie: "a;b" cannot stand in a cookie; '
                "no blanks, quotes, commas, semicolons or backslashes"
            )
        ],
    ),
    "one id twice": (
        (
            '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", id = 3 }\n'
            'server.s2 = { address = "127.0.0.1:2", id = 3 }\nserver.s3 = { address = "127.0.0.1:3", id = 0 }\n'
        ),
        [
            "6 [backend.b] server.s2.id: s1 has the id 3 too; give each server an id of its own",
            "7 [backend.b] server.s3.id: 0 is out of range; write a number from 1 to 2147483647",
        ],
    ),
    "a server and an instance": (
        '@F\n[backend.b]\nserver.wt1 = "127.0.0.1:1"\ninstances.command = "app"\ninstances.name = "wt{n}"\n',
        ["7 [backend.b] instances.name: two servers are called wt1; give each a name of its own"],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_a_server_is_complained_of(complaints, text, said):
    assert complaints(text) == said


def test_servers_are_read(load, tmp_path):
    config = load(
        '@F\n[backend.b]\nserver.s1 = "[::1]:1"\n'
        'server.s2 = { address = "unix@app.sock", weight = 0, maxconn = 7, cookie = "zwei", backup = true }\n'
        'server."s.3" = { address = "app.example:80" }\n'
    )
    servers = config.backends[0].servers
    assert [(server.name, server.number, server.word) for server in servers] == [
        ("s1", 1, "s1"),
        ("s2", 2, "zwei"),
        ("s.3", 3, "s.3"),
    ]
    assert servers[0].address == Address("::1", 1)
    assert servers[1].address == Address(path=str(tmp_path / "app.sock"))
    assert (servers[1].weight, servers[1].maxconn, servers[1].backup) == (0, 7, True)


def test_a_backup_may_take_a_cookie_over(load):
    servers = load(
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", cookie = "a" }\n'
        'server.s2 = { address = "127.0.0.1:2", cookie = "a", backup = true }\n'
    )
    assert [server.word for server in servers.backends[0].servers] == ["a", "a"]


def test_two_servers_may_have_one_cookie_by_both_their_words(load):
    config = load(
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", cookie = "a" }\n'
        'server.s2 = { address = "127.0.0.1:2", cookie = "a" }\n'
    )
    assert [server.word for server in config.backends[0].servers] == ["a", "a"]
    (warning,) = config.warnings
    assert "sessions with this cookie go to s1 as long as that is up" in warning


def test_a_server_may_have_no_word(load):
    config = load(
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", cookie = false }\n'
        'server.s2 = { address = "127.0.0.1:2", cookie = false }\nserver.s3 = "127.0.0.1:3"\n'
    )
    (backend,) = config.backends
    assert [server.word for server in backend.servers] == ["", "", "s3"]
    assert list(backend.words) == ["s3"]


def test_servers_and_instances_stand_together(load):
    config = load('@F\n[backend.b]\ninstances.command = "app"\ninstances.name = "wt{n}"\nserver.s1 = "127.0.0.1:1"\n')
    servers = config.backends[0].servers
    assert [(server.name, server.number, server.instance) for server in servers] == [("s1", 1, False), ("wt1", 2, True)]


def test_dispatch_is_one_unchecked_server(load):
    (server,) = load('@F\n[backend.b]\ndispatch = "127.0.0.1:9"\n').backends[0].servers
    assert (server.name, str(server.address), server.check) == ("<DISPATCH>", "127.0.0.1:9", None)


def test_dispatch_and_servers_are_too_much(complaints):
    (complaint,) = complaints('@F\n@B\ndispatch = "127.0.0.1:9"\n')
    assert "dispatch: the backend has servers and dispatch; keep one" in complaint


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([0, 0, 0], [1, 2, 3]),
        ([2, 0, 7, 0], [2, 3, 7, 5]),
        ([5, 0, 0], [5, 2, 3]),
        ([0, 0, 1], [2, 3, 1]),
    ],
)
def test_servers_without_an_id_are_numbered_as_haproxy_numbers_them(load, ids, expected):
    lines = [
        f'server.s{place} = {{ address = "127.0.0.1:1"{f", id = {own}" if own else ""} }}\n'
        for place, own in enumerate(ids)
    ]
    servers = load("@F\n[backend.b]\n" + "".join(lines)).backends[0].servers
    assert [server.number for server in servers] == expected
