"""Log targets, as HAProxy's log directive says them."""

import pytest

from affinity_gw.config.logs import log_target
from affinity_gw.config.problem import Problem
from affinity_gw.routing.address import Address
from affinity_gw.routing.logs import LogTarget

TARGETS = {
    "127.0.0.1 local0": LogTarget(Address("127.0.0.1", 514), 16),
    "127.0.0.1:1514 local1 notice": LogTarget(Address("127.0.0.1", 1514), 17, 5),
    "127.0.0.1 local0 info err": LogTarget(Address("127.0.0.1", 514), 16, 6, 3),
    "[::1]:514 daemon": LogTarget(Address("::1", 514), 3),
    "[::1] daemon": LogTarget(Address("::1", 514), 3),
    "logs.example user": LogTarget(Address("logs.example", 514), 1),
    "/dev/log local0": LogTarget(Address(path="/dev/log"), 16),
    "unix@/run/log local0": LogTarget(Address(path="/run/log"), 16),
    "stdout format raw local0": LogTarget(Address(fd=1), 16, form="raw"),
    "stderr raw local7 debug": LogTarget(Address(fd=2), 23, 7, form="raw"),
    "fd@4 len 2048 format rfc5424 local0": LogTarget(Address(fd=4), 16, form="rfc5424", length=2048),
}


@pytest.mark.parametrize(("text", "target"), TARGETS.items(), ids=TARGETS)
def test_a_target_is_read(text, target):
    assert log_target(text) == target


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("127.0.0.1", "names no facility"),
        ("127.0.0.1 locale0", "'locale0' is not a facility"),
        ("127.0.0.1 local0 loud", "'loud' is not a level"),
        ("127.0.0.1 local0 info err more", "ends with 'more'"),
        ("127.0.0.1 format xml local0", "'xml' is no form of a log line"),
        ("127.0.0.1 len", "len has nothing after it"),
        ("127.0.0.1:99999 local0", "is not a port"),
        ("", "an empty string"),
    ],
)
def test_what_is_no_target_is_refused(text, said):
    with pytest.raises(Problem, match=said):
        log_target(text)


def test_a_configuration_has_one_or_several(load):
    general = load('[global]\nlog = { syslog = "127.0.0.1 local0", tag = "gw", access = false }\n@F\n@B\n').general
    assert (len(general.log_targets), general.log_tag, general.log_access) == (1, "gw", False)
    general = load('[global]\nlog.syslog = ["127.0.0.1 local0", "stdout raw local0"]\n@F\n@B\n').general
    assert [target.form for target in general.log_targets] == ["rfc3164", "raw"]
