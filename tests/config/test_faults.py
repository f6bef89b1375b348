"""Keys that a table does not know, and values that are no tables."""

import pytest

CASES = {
    "a section misspelt": (
        "@F\n@B\n[fronted.x]\n",
        ['6 fronted: there is no section "fronted"; did you mean "frontend"?'],
    ),
    "an option misspelt": (
        "[global]\nmaxcon = 3\n@F\n@B\n",
        ['2 [global] maxcon: there is no option "maxcon" here; did you mean "maxconn"?'],
    ),
    "a section's option in global": (
        "[global]\nretries = 3\n@F\n@B\n",
        [
            (
                '2 [global] retries: there is no option "retries" here; '
                "it belongs to a frontend or a backend; for all of them, to [defaults]"
            )
        ],
    ),
    "a table's option beside it": (
        '[global]\nlevel = "info"\n@F\n@B\n',
        ['2 [global] level: there is no option "level" here; it belongs to log: write log.level'],
    ),
    "a frontend's options in a backend": (
        '@F\n@B\nmaxconn = 3\ntimeout.client = "5s"\n',
        [
            (
                '6 [backend.b] maxconn: there is no option "maxconn" here; '
                "it belongs to a frontend; for all of them, to [defaults]"
            ),
            (
                '7 [backend.b] timeout.client: there is no option "client" here; '
                "it belongs to a frontend; for all of them, to [defaults]"
            ),
        ],
    ),
    "a backend's options in a frontend": (
        '@F\nretries = 3\ntimeout.server = "5s"\n@B\n',
        [
            (
                '4 [frontend.x] retries: there is no option "retries" here; '
                "it belongs to a backend; for all of them, to [defaults]"
            ),
            (
                '5 [frontend.x] timeout.server: there is no option "server" here; '
                "it belongs to a backend; for all of them, to [defaults]"
            ),
        ],
    ),
    "a frontend's keys after its rules": (
        '[frontend.x]\nbackend = "b"\n[[frontend.x.rule]]\ndeny = true\nbind = ":80"\nacl.a = "path /a"\n@B\n',
        [
            (
                '5 [frontend.x] rule[0].bind: there is no option "bind" here; '
                "if it is meant for the frontend, it belongs above the first [[rule]]"
            ),
            (
                '6 [frontend.x] rule[0].acl: there is no option "acl" here; '
                "if it is meant for the frontend, it belongs above the first [[rule]]"
            ),
        ],
    ),
    "a dot in a server's name": (
        '@F\n[backend.b]\nserver.wt.1 = "127.0.0.1:1"\nserver.10.0.0.1 = "127.0.0.1:1"\n',
        [
            (
                '5 [backend.b] server.wt.1: there is no option "1" here; '
                'a dot in a server\'s name needs quotes: server."wt.1"'
            ),
            (
                '6 [backend.b] server.10.0: there is no option "0" here; '
                'a dot in a server\'s name needs quotes: server."10.0.0.1"'
            ),
        ],
    ),
    "a dot in a backend's name": (
        '@F\n@B\n[backend.www.example]\nserver.a = "127.0.0.1:1"\n',
        [
            (
                '6 [backend.www] example: there is no option "example" here; '
                'a dot in the name of a section needs quotes, as in [backend."www.example"]'
            )
        ],
    ),
    "a server's option misspelt": (
        '@F\n[backend.b]\nserver.s1 = { address = "127.0.0.1:1", wieght = 3 }\n',
        ['5 [backend.b] server.s1.wieght: there is no option "wieght" here; did you mean "weight"?'],
    ),
    "HAProxy's own words": (
        '@F\n@B\ndefault_backend = "x"\nforwardfor = true\n',
        [
            (
                '6 [backend.b] default_backend: there is no option "default_backend" here; '
                'it is called "backend" here, and it belongs to a frontend; for all of them, to [defaults]'
            ),
            '7 [backend.b] forwardfor: there is no option "forwardfor" here; write "forwarded_for"',
        ],
    ),
    "nothing like it": (
        "@F\n@B\nzzz = 1\n",
        ['6 [backend.b] zzz: there is no option "zzz" here; the command "options" lists all'],
    ),
    "one rule with one bracket": (
        "@F\n[frontend.x.rule]\ndeny = 403\n@B\n",
        ["4 [frontend.x] rule: this is one table, not a list of them; write [[…rule]] with two brackets"],
    ),
    "a string for all frontends": (
        'frontend = "x"\n@B\n',
        ["1 [frontend]: frontend is not a table of sections; write [frontend.NAME]"],
    ),
    "a list of frontends": (
        '[[frontend]]\nbind = ":80"\n@B\n',
        ["1 [frontend]: frontend is not a table of sections; write [frontend.NAME]"],
    ),
    "a string for a backend": (
        '@F\n[backend]\nb = "127.0.0.1:1"\n',
        ["5 [backend.b]: this is not a table; write [backend.NAME] on a line of its own, and the keys below it"],
    ),
    "a string for all servers": (
        '@F\n[backend.b]\nserver = "127.0.0.1:1"\n',
        ['5 [backend.b] server: "127.0.0.1:1" stands where a table should; write server.NAME = …'],
    ),
    "a number for a server": (
        "@F\n[backend.b]\nserver.s1 = 5\n",
        ['5 [backend.b] server.s1: 5 is no server; write server.s1 = "127.0.0.1:9090"'],
    ),
    "a string for all timeouts": (
        '@F\n@B\ntimeout = "5s"\n',
        ['6 [backend.b] timeout: "5s" stands where a table should; write timeout.NAME = …'],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_is_misplaced_or_misspelt_is_explained(complaints, text, said):
    assert complaints(text) == said
