"""One line for each exchange."""

import json
from dataclasses import replace

import pytest
import structlog

from affinity_gw.control import access_log
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.logs import LEVELS, LogTarget
from affinity_gw.routing.sections import Frontend
from tests.control.records import CONNECTION, ORDINARY, UNREADABLE, record


class Paper(list):
    write = list.append


class Collector(list):
    """A target that keeps what it is sent."""

    def __init__(self, level="debug"):
        super().__init__()
        self.target = LogTarget(Address("127.0.0.1", 514), level=LEVELS[level])

    def send(self, level, message):
        self.append((level, message))


def made(*targets, paper=None, general=None, is_terminal=False, **frontend):
    """By frontend; those of the records are ``http`` and ``tcp_front``."""
    frontends = (Frontend("http", (), **frontend), Frontend("tcp_front", (), mode="tcp", **frontend))
    config = Config("", Global(**(general or {})), frontends, ())
    return access_log.make(config, Paper() if paper is None else paper, targets, is_terminal=is_terminal)


def printed(what, is_terminal=False, **general):
    paper = Paper()
    made(paper=paper, general=general, is_terminal=is_terminal)[what.frontend](what)
    [line] = paper
    return line


QUIET = {"log_access": False}


@pytest.mark.parametrize(
    ("targets", "options"),
    [
        pytest.param([], {"general": QUIET}, id="nothing asked for it"),
        pytest.param([Collector()], {"log": False}, id="the frontend says no"),
        pytest.param([Collector("notice")], {"general": QUIET}, id="the only target wants no traffic"),
    ],
)
def test_where_nobody_listens_there_is_no_function_at_all(targets, options):
    assert made(*targets, **options) == {}


def test_a_target_for_what_is_important_hears_of_errors_where_they_are_told_apart():
    collector = Collector("err")
    logs = made(collector, general=QUIET, log_separate_errors=True, log_format="connect")
    logs["http"](record(status=500))
    assert [level for level, _ in collector] == [LEVELS["err"]]


def test_a_frontend_has_a_form_of_its_own():
    paper = Paper()
    made(paper=paper, general={"log_format": "json"}, log_format="httplog")["http"](ORDINARY)
    assert paper[0].startswith("10.0.0.1:43210 [")


@pytest.mark.parametrize(
    ("form", "begins"), [("auto", "{"), ("console", "{"), ("clf", "10.0.0.1 - - ["), ("connect", "Connect from ")]
)
def test_a_target_gets_what_no_person_reads_as_it_comes(form, begins):
    collector = Collector()
    made(collector, general={"log_format": form}, is_terminal=True)["http"](ORDINARY)
    [(level, line)] = collector
    assert (level, line[: len(begins)]) == (LEVELS["info"], begins)


def test_a_line_is_made_once_for_all_that_want_it(monkeypatch):
    asked = []
    monkeypatch.setattr(access_log, "connect_line", lambda what: asked.append(what) or "a line")
    paper, one, two = Paper(), Collector(), Collector()
    made(one, two, paper=paper, log_format="connect")["http"](ORDINARY)
    assert (paper, one, two) == (["a line"], [(6, "a line")], [(6, "a line")])
    assert asked == [ORDINARY]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({}, False, id="all well"),
        pytest.param({"status": 404}, False, id="a server's 404"),
        pytest.param({"status": 500}, True, id="a server's 500"),
        pytest.param({"status": 302, "termination": "LR--"}, False, id="a redirect"),
        pytest.param({"status": 403, "termination": "PR--"}, True, id="denied"),
        pytest.param({"status": 503, "termination": "SC--"}, True, id="no server"),
        pytest.param({"termination": "CD--"}, True, id="the client left"),
        pytest.param({"retries": 1}, True, id="retried"),
        pytest.param({"retries": 1, "redispatched": True}, True, id="redispatched"),
        pytest.param({"status": -1, "method": None, "termination": "CR--"}, True, id="no request"),
    ],
)
def test_what_went_wrong_is_told_apart_as_haproxy_does(changes, wrong):
    what = record(**changes)
    normal, separate = Collector(), Collector()
    made(normal, dontlog_normal=True, log_format="httplog")["http"](what)
    made(separate, log_separate_errors=True, log_format="httplog")["http"](what)
    assert len(normal) == wrong
    assert [level for level, _ in separate] == [LEVELS["err" if wrong else "info"]]


@pytest.mark.parametrize(("dontlognull", "count"), [(True, 0), (False, 1)])
def test_a_connection_whose_client_said_nothing(dontlognull, count):
    paper = Paper()
    made(paper=paper, dontlognull=dontlognull)["tcp_front"](replace(CONNECTION, bytes_in=0))
    assert len(paper) == count


def test_a_target_that_takes_longer_lines_gets_them():
    collector = Collector()
    collector.target = replace(collector.target, length=4096)
    made(collector, log_format="httplog")["http"](record(target="/" + "a" * 2000))
    assert collector[0][1].endswith('aaa HTTP/1.1"')


@pytest.mark.parametrize(
    ("form", "is_terminal", "begins"),
    [
        ("auto", False, '{"ts":'),
        ("json", True, '{"ts":'),
        ("httplog", True, "10.0.0.1:43210 ["),
        ("auto", True, "\x1b["),
        ("console", True, "\x1b["),
    ],
)
def test_the_form_is_what_was_asked_for(form, is_terminal, begins):
    assert printed(ORDINARY, is_terminal, log_format=form).startswith(begins)


@pytest.mark.parametrize(
    ("form", "what", "ends"),
    [
        ("httplog", CONNECTION, " 0/1/5012 1512 -- 5/4/3/2/0 1/0"),
        ("tcplog", CONNECTION, " 0/1/5012 1512 -- 5/4/3/2/0 1/0"),
        ("tcplog", ORDINARY, " 0/1/3 1512 -- 5/4/3/2/0 1/0"),
    ],
    ids=["what has no request has no httplog line", "tcplog", "tcplog of an exchange"],
)
def test_the_lines_of_haproxy(form, what, ends):
    assert printed(what, log_format=form).endswith(ends)


def test_a_connection_on_the_console_has_its_client_where_a_request_has_its_url():
    line = printed(CONNECTION, log_format="console")
    assert line.split()[1:5] == ["tcp", "-", "10.0.0.1", "db/db1"]


def test_a_console_line_for_a_file_has_no_colours():
    line = printed(ORDINARY, log_format="console")
    assert line.isprintable()
    assert line.split()[1:] == [
        "200",
        "GET",
        "example.com:8080/counter",
        "wt/wt1",
        "hit",
        "url_prefix=wt1",
        "3.1",
        "ms",
    ]


@pytest.mark.parametrize("what", [ORDINARY, UNREADABLE], ids=["ordinary", "unreadable"])
def test_json_is_one_object_a_line(what):
    line = printed(what)
    assert "\n" not in line
    assert json.loads(line)["frontend"] == "http"


def test_json_of_bytes_that_are_no_text_is_still_json_for_everybody():
    line = printed(record(host="\udcff", target='/"\\\u2028'))
    assert "\\ud" not in line
    assert json.loads(line)["host"] == "\\xff"


def test_hashed_keys_cannot_be_compared_between_two_starts():
    by_hash = record(word=None, key="10.0.0.1")
    assert json.loads(printed(by_hash))["key"] != json.loads(printed(by_hash))["key"]


@pytest.mark.parametrize("form", ["console", "json", "httplog"])
def test_what_a_client_says_never_makes_a_second_line_or_a_control_byte(form):
    evil = 'a"\r\n\x1b[2J\x00\udcff\u2028'
    line = printed(record(host=evil, target="/" + evil, method=evil, client=evil, upgrade=evil), log_format=form)
    assert line.isprintable()


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({}, ""),
        ({"pin": "lost", "reason": "wt1 is down"}, "wt1 is down"),
        ({"termination": "SC--", "status": 503, "reason": "no server is up"}, "SC--  no server is up"),
        ({"retries": 2}, "2 retries"),
        ({"upgrade": "websocket"}, "websocket tunnel"),
    ],
)
def test_the_console_remarks_on_what_is_out_of_the_ordinary(changes, remark):
    line = printed(record(**changes), log_format="console")
    assert line.partition(" ms")[2].strip() == remark


def test_an_exchange_that_cannot_be_logged_harms_nobody_and_is_complained_of_once_a_second(monkeypatch):
    class Broken:
        def write(self, line):
            raise RuntimeError("no paper")

    moments = iter((100.0, 100.5, 101.5))
    monkeypatch.setattr(access_log.time, "monotonic", lambda: next(moments))
    log = made(paper=Broken())["http"]
    with structlog.testing.capture_logs() as said:
        for _ in range(3):
            log(ORDINARY)
    assert [(event["event"], event["unreported"]) for event in said] == [
        ("an exchange could not be logged", 0),
        ("an exchange could not be logged", 1),
    ]
