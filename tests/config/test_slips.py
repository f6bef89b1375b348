"""A text that is no TOML comes alone, with its line and with what was probably meant."""

import pytest

CASES = {
    "a server given twice": (
        '[backend.wt]\nserver.wt1 = "a"\nserver.wt1 = "b"\n',
        "3 [backend.wt] server.wt1: server wt1 is given twice; give each server a name of its own",
    ),
    "a table after dotted keys": (
        '[backend.wt]\nserver.wt1 = "a"\n[backend.wt.server]\nwt2 = "b"\n',
        (
            "3 [backend.wt] server: server is written both as a table and with dotted keys, or as a table twice; "
            "write all of it in one way: server.x = … under [backend.wt], or one [backend.wt.server]"
        ),
    ),
    "dotted keys after a table": (
        '[backend.wt.timeout]\nserver = "1s"\n[backend.wt]\ntimeout.connect = "1s"\n',
        (
            "4 [backend.wt] timeout.connect: timeout is written both as a table and with dotted keys, "
            "or as a table twice; "
            "write all of it in one way: timeout.x = … under [backend.wt], or one [backend.wt.timeout]"
        ),
    ),
    "the log both ways": (
        '[global]\nlog.level = "info"\n[global.log]\nformat = "json"\n',
        (
            "3 [global] log: log is written both as a table and with dotted keys, or as a table twice; "
            "write all of it in one way: log.x = … under [global], or one [global.log]"
        ),
    ),
    "more keys for a table in braces": (
        '[backend.wt]\nserver.wt1 = { address = "a" }\nserver.wt1.weight = 2\n',
        (
            "3 [backend.wt] server.wt1.weight: wt1 has been written as a table in braces, "
            "which nothing can be added to; "
            "write all of it inside the braces, or all of it with dots"
        ),
    ),
    "check on and described": (
        '[backend.wt]\ncheck = true\ncheck.inter = "2s"\n',
        (
            "3 [backend.wt] check.inter: check is given both as a value and as a table; "
            "leave check = true out: check.http and its like switch checks on by themselves"
        ),
    ),
    "a frontend's key after a rule": (
        '[frontend.x]\nbind = ":80"\n[[frontend.x.rule]]\nbackend = "a"\n\nbackend = "b"\n',
        (
            "6 [frontend.x] rule[0].backend: backend is given twice in one rule; "
            "a rule has one of each; a key that is meant for the frontend belongs above the first [[rule]]"
        ),
    ),
    "a section given twice": (
        "[backend.wt]\n[backend.wt]\n",
        "2 [backend.wt]: the table [backend.wt] is given twice; move the keys of both under one header",
    ),
    "a key given twice": (
        "[backend.wt]\nretries = 1\nretries = 2\n",
        "3 [backend.wt] retries: retries is given twice; keep one of the two",
    ),
    "no quotes around a duration": (
        "[global]\nhard_stop_after = 30s\n",
        (
            "2 [global] hard_stop_after: something follows the value of hard_stop_after; "
            "strings, durations and addresses stand in quotes"
        ),
    ),
    "no quotes around an address": (
        "[frontend.x]\nbind = *:80\n",
        "2 [frontend.x] bind: the value of bind cannot be read; strings, durations and addresses stand in quotes",
    ),
    "quotes left open": (
        '[frontend.x]\nbind = ":80\nbackend = "b"\n',
        "2 [frontend.x] bind: the quotes around the value of bind are not closed",
    ),
    "a backslash": (
        '[frontend.x]\nbind = "\\d"\n',
        "2 [frontend.x] bind: a backslash in a string; write it twice, or put the string into single quotes",
    ),
    "a table in braces on two lines": (
        '[backend.b]\nserver.a = { address = "a",\n  weight = 1 }\n',
        (
            "2 [backend.b] server.a: what stands after a cannot be a key; "
            "a table in braces stands on one line, with no comma at its end"
        ),
    ),
    "a file from HAProxy": (
        "frontend x\n  bind *:80\n",
        (
            "1 [frontend]: a key and its value need an = between them; "
            "a file from HAProxy is TOML only after it has been converted"
        ),
    ),
    "something else": (
        "[frontend.x\n",
        "1 [frontend.x]: this is not TOML: expected ']' at the end of a table declaration",
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_a_slip_is_explained(complaints, text, said):
    assert complaints(text) == [said]


def test_a_syntax_error_comes_alone(complaints):
    assert len(complaints("[global]\nmaxcon = 1\nworkers = auto\n[nix]\n")) == 1


def test_nesting_without_end_is_a_complaint(complaints):
    assert len(complaints("a = " + "[" * 5000)) == 1
