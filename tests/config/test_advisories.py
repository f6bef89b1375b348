"""What works, but probably not as it was meant."""

import pytest

CASES = {
    "no servers": (
        "@F\n[backend.b]\nretries = 3\n",
        [
            (
                "4 [backend.b]: the backend has no servers, so every request gets 503; "
                'write server.NAME = "127.0.0.1:9090"'
            )
        ],
    ),
    "no backend": (
        '[frontend.x]\nbind = ":80"\n[[frontend.x.rule]]\ndeny = 403\nwhen = "{ path /a }"\n',
        [
            (
                "1 [frontend.x]: the frontend has no backend, so requests get 503; "
                'write backend = "…", or rules that choose one'
            )
        ],
    ),
    "no backend, and redirects instead": (
        '[frontend.x]\nbind = ":80"\n[[frontend.x.rule]]\nredirect = "/a"\n',
        [],
    ),
    "all is well": ("@F\n@B\n", []),
    "several workers": (
        '[global]\nworkers = "auto"\n@F\n@B\n',
        ["2 [global] workers: one process serves: several are not supported yet; write workers = 1"],
    ),
    "a log that nobody sees": (
        "[global]\ndaemon = true\n@F\n@B\n",
        [
            (
                "2 [global] daemon: stdout is closed in the background, so the access log goes nowhere; "
                "name a target in log.syslog"
            )
        ],
    ),
    "a target that nobody sees": (
        '[global]\ndaemon = true\nlog.syslog = ["127.0.0.1 local0", "stdout format raw local0"]\n@F\n@B\n',
        [
            (
                "3 [global] log.syslog[1]: stdout and stderr are closed in the background, so these lines go nowhere; "
                'leave daemon out, or send them elsewhere: "/dev/log local0"'
            )
        ],
    ),
    "rules in another order than they are tried in": (
        (
            '@F\n[[frontend.x.rule]]\nbackend = "b"\n[[frontend.x.rule]]\nredirect = "/a"\n'
            "[[frontend.x.rule]]\ndeny = 403\n@B\n"
        ),
        [
            (
                "7 [frontend.x] rule[1].redirect: this redirect is tried before the backend rules above it; "
                "as in HAProxy, backend and server come last, and redirect comes before them; move it up"
            ),
            (
                "9 [frontend.x] rule[2].deny: this deny is tried before the backend rules above it; "
                "as in HAProxy, backend and server come last, and redirect comes before them; move it up"
            ),
        ],
    ),
    "rules in the order in which they are tried": (
        (
            '@F\n[[frontend.x.rule]]\ndeny = 403\n[[frontend.x.rule]]\nredirect = "/a"\n'
            '[[frontend.x.rule]]\nbackend = "b"\n@B\n'
        ),
        [],
    ),
    "limits": (
        '@F\nforwarded_for = "append"\nmaxconn = 99999\ntimeout.client = "none"\n@B\n',
        [
            (
                "4 [frontend.x] forwarded_for: whatever a client claims in X-Forwarded-For reaches the servers; "
                'write "replace", or name your trusted_proxies'
            ),
            (
                "5 [frontend.x] maxconn: 99999 connections are more than the process may have (4096); "
                "raise global maxconn"
            ),
            "6 [frontend.x] timeout.client: a client that says nothing is kept for ever; set a time",
        ],
    ),
    "a backend": (
        (
            '@F\n@B\nstrip_lost_key = true\n[backend.c]\ntimeout.queue = "none"\n'
            'server.a = { address = "127.0.0.1:1", weight = 0, maxconn = 2 }\n'
        ),
        [
            (
                "6 [backend.b] strip_lost_key: no extractor of this backend can take its key out of a request; "
                "leave it out"
            ),
            "7 [backend.c]: no frontend sends requests here; name it in one",
            "8 [backend.c] timeout.queue: requests may wait for a full server for ever; set a time",
            (
                "9 [backend.c] server: all servers have weight 0, so that only pinned requests reach one; "
                "give one a weight"
            ),
        ],
    ),
    "a connection that a frontend overrules": (
        '@F\nconnection = "server-close"\n@B\nconnection = "keep-alive"\n',
        [
            (
                "7 [backend.b] connection: the frontend's server-close is stronger, so no server connection is kept; "
                "write it in the frontend too, or in [defaults]"
            )
        ],
    ),
    "a connection that only the backend cares about": ('@F\n@B\nconnection = "keep-alive"\n', []),
    "a connection that all agree on": ('[defaults]\nconnection = "keep-alive"\n@F\n@B\n', []),
    "an extractor that can take its key out": ('@F\n@B\naffinity = "wt"\n', []),
}


@pytest.mark.parametrize(("text", "warnings"), CASES.values(), ids=CASES)
def test_a_configuration_that_works_is_warned_about(load, text, warnings):
    assert [warning.removeprefix("cfg.toml:") for warning in load(text).warnings] == warnings
