"""What may be said in [global]."""

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
    "workers and targets": (
        '[global]\nworkers = 0\nlog.syslog = "x"\n@F\n@B\n',
        [
            "2 [global] workers: 0 is out of range; write a number from 1 on",
            (
                '3 [global] log.syslog: "x" names no facility; '
                'write "127.0.0.1:514 local0", "/dev/log local0 notice" or "stdout format raw local0"'
            ),
        ],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_cannot_be_said_is_complained_of(complaints, text, said):
    assert complaints(text) == said


def test_global_is_read(load, tmp_path):
    general = load(
        '[global]\nworkers = 1\nuser = "www"\ngroup = "8"\nchroot = "/srv"\ndaemon = true\nmaxconn = 100\n'
        'trusted_proxies = "10.0.0.0/8"\nhard_stop_after = "none"\n'
        'pidfile = "gw.pid"\nulimit_n = 1000\nlog = { access = false, format = "json", level = "debug" }\n@F\n@B\n'
    ).general
    assert (general.workers, general.maxconn, general.ulimit_n) == (1, 100, 1000)
    assert [str(network) for network in general.trusted_proxies] == ["10.0.0.0/8"]
    assert general.hard_stop_after == float("inf")
    assert general.pidfile == str(tmp_path / "gw.pid")
    assert (general.user, general.group, general.chroot, general.daemon) == ("www", "8", "/srv", True)
    assert (general.log_access, general.log_format, general.log_level) == (False, "json", "debug")
