"""The gateway's own messages for log targets; what HAProxy 2.6 says in these cases is below as it was recorded."""

import pytest

from affinity_gw.control.notices import messages
from affinity_gw.routing.logs import LEVELS

CHANGE = {
    "event": "server x/s is DOWN",
    "backend": "x",
    "server": "s",
    "state": "DOWN",
    "kind": "active",
    "reason": "connection refused",
    "active": 1,
    "backups": 0,
    "servers_left": 1,
    "sessions": 0,
    "requeued": 0,
    "queued": 0,
    "check_ms": 0,
    "layer": 4,
}
LEFT = "1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."


def said(event, method="warning"):
    [(level, line)] = messages(method, event)
    return next(name for name, number in LEVELS.items() if number == level), line


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("connection refused", 'Layer4 connection problem, info: "Connection refused"'),
        ("no connection within 2s", "Layer4 timeout"),
        ("no answer within 0.3s", "Layer7 timeout"),
        ("answered 500", "Layer7 wrong status, code: 500"),
        (
            "answered 200, which is not as expected (string ready)",
            'Layer7 wrong status, code: 200, info: "answered 200, which is not as expected (string ready)"',
        ),
        ("its answer is not HTTP", "Layer7 invalid response"),
        ("closed without an answer", "Layer7 invalid response"),
        ("closed in the middle of its status line", "Layer7 invalid response"),
    ],
)
def test_what_a_check_found(reason, words):
    line = f"Server x/s is DOWN, reason: {words}, check duration: 0ms. {LEFT}"
    assert said(CHANGE | {"reason": reason}) == ("alert", line)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"state": "UP", "layer": 7, "active": 2},
            "Server x/s is UP, reason: Layer7 check passed, check duration: 0ms. 2 active and 0 backup servers online. "
            "0 sessions requeued, 0 total in queue.",
            id="up",
        ),
        pytest.param(
            {"state": "UP", "kind": "backup", "active": 3, "backups": 1},
            "Backup Server x/s is UP, reason: Layer4 check passed, check duration: 0ms. 3 active and 1 backup servers "
            "online. 0 sessions requeued, 0 total in queue.",
            id="a backup",
        ),
        pytest.param(
            {"active": 0, "backups": 1, "sessions": 3, "requeued": 2, "queued": 1, "check_ms": 302},
            'Server x/s is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 302ms. '
            "0 active and 1 backup servers left. Running on backup. "
            "3 sessions active, 2 requeued, 1 remaining in queue.",
            id="on backup",
        ),
        pytest.param({"via": "y/t"}, f"Server x/s is DOWN via y/t. {LEFT}", id="tracking"),
    ],
)
def test_servers_that_come_and_go(changes, expected):
    assert said(CHANGE | changes) == ("notice" if changes.get("state") == "UP" else "alert", expected)


def test_what_an_owner_said_of_his_server_is_said_as_it_is():
    event = {name: value for name, value in CHANGE.items() if name != "check_ms"} | {"reason": "exited with status 1"}
    assert said(event)[1] == f"Server x/s is DOWN, reason: exited with status 1. {LEFT}"


def test_a_backend_without_servers_is_an_emergency():
    event = {"event": "backend x has no server available", "backend": "x", "servers_left": 0}
    assert said(event, "error") == ("emerg", "backend x has no server available!")


@pytest.mark.parametrize(
    ("method", "facts", "level"),
    [
        ("debug", {}, "debug"),
        ("info", {}, "notice"),
        ("info", {"instance": "x/s"}, "info"),
        ("warning", {}, "warning"),
        ("error", {}, "err"),
        ("critical", {}, "crit"),
    ],
)
def test_levels(method, facts, level):
    assert said({"event": "it rains"} | facts, method)[0] == level


def test_facts_follow_the_event_in_one_line():
    line = said({"event": "it\nrains", "server": "s", "why": "two words", "none": "", "evil": "\x1b[2J"})[1]
    assert line == 'it\\x0arains server=s why="two words" none="" evil=\\x1b[2J'


@pytest.mark.parametrize("how", [lambda error: error, lambda _error: True, lambda error: (type(error), error, None)])
def test_a_traceback_is_a_line_a_line(how):
    try:
        raise ValueError("wrong")
    except ValueError as error:
        lines = list(messages("error", {"event": "it went wrong", "exc_info": how(error)}))
    assert {level for level, _ in lines} == {LEVELS["err"]}
    assert (lines[0][1], lines[-1][1]) == ("it went wrong", "ValueError: wrong")
    assert all(line.isprintable() for _, line in lines)
