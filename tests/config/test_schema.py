"""What may be said in [global], and what comes later."""

import pytest

CASES = {
    "durations": (
        '[global]\nhard_stop_after = 5\n@F\ntimeout.client = "0s"\n@B\n',
        [
            '2 [global] hard_stop_after: a duration needs a unit, 5 has none; write "5s" or "5ms"',
            '6 [frontend.x] timeout.client: "0s" leaves no time at all; give a time, or "none" for no limit',
        ],
    ),
    "networks, limits and levels": (
        '[global]\ntrusted_proxies = ["10.0.0.0/8", "10.0.0.0/99"]\nmaxconn = 0\nlog.level = "inf"\n@F\n@B\n',
        [
            (
                '2 [global] trusted_proxies[1]: "10.0.0.0/99" is not a network; '
                'write "10.0.0.0/8", "192.168.1.7" or "fd00::/8"'
            ),
            "3 [global] maxconn: 0 is out of range; write a number from 1 on",
            '4 [global] log.level: "inf" is not one of "debug", "info", "warning", "error"; did you mean "info"?',
        ],
    ),
    "what comes later": (
        (
            '[global]\nworkers = "auto"\nuser = "x"\ngroup = "y"\nchroot = "/"\ndaemon = false\nlog.syslog = "x"\n'
            '@F\nmode = "tcp"\n@B\n'
        ),
        [
            "2 [global] workers: more than one worker is not supported yet; write workers = 1",
            "3 [global] user: not supported yet",
            "4 [global] group: not supported yet",
            "5 [global] chroot: not supported yet",
            "6 [global] daemon: not supported yet",
            "7 [global] log.syslog: not supported yet",
            '11 [frontend.x] mode: mode = "tcp" is not supported yet',
        ],
    ),
    "two workers": (
        "[global]\nworkers = 2\n@F\n@B\n",
        ["2 [global] workers: more than one worker is not supported yet; write workers = 1"],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_cannot_be_said_is_complained_of(complaints, text, said):
    assert complaints(text) == said


def test_global_is_read(load, tmp_path):
    general = load(
        '[global]\nworkers = 1\nmaxconn = 100\ntrusted_proxies = "10.0.0.0/8"\nhard_stop_after = "none"\n'
        'pidfile = "gw.pid"\nulimit_n = 1000\nlog = { access = false, format = "json", level = "debug" }\n@F\n@B\n'
    ).general
    assert (general.workers, general.maxconn, general.ulimit_n) == (1, 100, 1000)
    assert [str(network) for network in general.trusted_proxies] == ["10.0.0.0/8"]
    assert general.hard_stop_after == float("inf")
    assert general.pidfile == str(tmp_path / "gw.pid")
    assert (general.log_access, general.log_format, general.log_level) == (False, "json", "debug")
