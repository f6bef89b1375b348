"""What is known of an exchange when it ends."""

import pytest

from affinity_gw.plugin import Extractor
from affinity_gw.proxy import answer, downstream, ending, reaching, records, sending, tunnel
from affinity_gw.proxy.record import ExchangeRecord
from affinity_gw.routing.sections import AffinityEntry
from tests.proxy.stage import GET, OK

POST = b"POST /form?a=b HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\n\r\nform"


@pytest.fixture
def timed(open_stage, monkeypatch):
    """A stage whose time is everybody's."""
    stage = open_stage({"maxconn": 1}, backend={"timeout_queue": 60.0})

    class Time:
        monotonic = staticmethod(stage.loop.time)
        time = staticmethod(lambda: stage.loop.now + 1_800_000_000)

    for module in (answer, downstream, ending, reaching, records, sending, tunnel):
        monkeypatch.setattr(module, "time", Time)
    return stage


def test_the_facts_of_a_whole_exchange(stage, client):
    stage.get(client, request=POST)
    record = stage.record
    assert (record.client, record.peer, record.peer_port) == ("192.0.2.7", "192.0.2.7", 50000)
    assert (record.frontend, record.backend, record.server) == ("web", "app", "s1")
    assert (record.method, record.target, record.version, record.host) == ("POST", "/form?a=b", "HTTP/1.1", "a.example")
    assert (record.status, record.termination, record.upgrade) == (200, "----", None)
    assert (record.bytes_in, record.bytes_out) == (len(POST), len(OK))
    assert (record.pin, record.extractor, record.key, record.word) == ("none", None, None, None)
    assert record.reason == "no key: roundrobin chose s1"
    assert (record.retries, record.redispatched) == (0, False)
    assert (record.process_connections, record.frontend_connections) == (1, 1)


def test_every_phase_has_its_time(timed):
    blocking = timed.client() >> GET
    first = timed.accept()
    client = timed.client()
    client >> POST[:10]
    timed.wait(1.0)
    client >> POST[10:]
    timed.wait(2.0)
    first << OK
    timed.wait(4.0)
    server = timed.accept()
    timed.wait(8.0)
    server << OK[:-1]
    timed.wait(16.0)
    server << OK[-1:]
    assert blocking.got == client.got == OK
    record = timed.records[1]
    spans = (record.request_time, record.queue_time, record.connect_time, record.response_time, record.total_time)
    assert spans == pytest.approx((1.0, 2.0, 4.0, 8.0, 31.0))
    assert record.started == pytest.approx(1_800_001_000.0)


def test_a_phase_that_was_never_reached_is_minus_one_but_waiting_counts(timed):
    timed.client() >> GET
    server = timed.accept()
    waiting = timed.client() >> GET
    timed.wait(3.0)
    waiting.resets()
    record = timed.record
    assert record.queue_time == pytest.approx(3.0)
    assert (record.connect_time, record.response_time) == (-1, -1)
    assert record.total_time == pytest.approx(3.0)
    assert record.server is None
    assert (record.backend_queue, record.server_queue) == (1, 0)
    server << OK


def test_who_waits_for_its_own_server_is_told_with_it(open_stage):
    entry = AffinityEntry("x", Naming(), "server")
    stage = open_stage({"maxconn": 1}, backend={"timeout_queue": 1.0, "affinity": (entry,)})
    stage.client() >> GET
    server = stage.accept()
    stage.client() >> GET
    stage.wait(2.0)
    record = stage.record
    assert (record.server, record.termination, record.server_queue, record.backend_queue) == ("s1", "sQ--", 1, 0)
    server << OK


def test_a_second_request_of_a_connection_has_its_own_beginning(timed):
    client = timed.client()
    timed.get(client)
    timed.wait(5.0)
    timed.get(client)
    assert [record.total_time for record in timed.records] == pytest.approx([0.0, 0.0])
    assert timed.records[1].started - timed.records[0].started == pytest.approx(5.0)


def test_a_request_that_could_not_be_read_has_no_method(stage, client):
    client >> b"GET / HTTP/1.1\r\n\r\n"
    record = stage.record
    assert (record.method, record.target, record.version, record.host) == (None, None, "", None)
    assert (record.status, record.backend, record.server) == (400, None, None)
    assert record.bytes_out == len(client.got)


def test_our_own_answers_have_no_server(open_stage):
    stage = open_stage(down=["s1"])
    client = stage.client() >> GET
    assert (stage.record.backend, stage.record.server) == ("app", None)
    assert stage.record.bytes_out == len(client.got)
    assert stage.record.reason == "no server of app is up"


def test_without_a_log_nothing_is_made(open_stage, monkeypatch):
    def never(_exchange):
        raise AssertionError

    monkeypatch.setattr(ending, "record_of", never)
    stage = open_stage(log=False)
    client = stage.client()
    stage.get(client)
    client >> b"bad\r\n\r\n"
    assert stage.records == []


class Naming(Extractor):
    def request_key(self, _head):
        return "s1"


class Letters(Extractor):
    def request_key(self, _head):
        return None

    def cookie_seen(self, _forward):
        return "E"

    def edit_response(self, _fields, _status, _forward):
        return "U"


class Failing(Letters):
    def cookie_seen(self, _forward):
        raise LookupError


class Editing(Extractor):
    def request_key(self, _head):
        return None

    def edit_response(self, fields, _status, _forward):
        fields.add("Set-Cookie", "a=1")


@pytest.mark.parametrize(("extractor", "letters"), [(Letters, "EU"), (Failing, "--"), (Editing, "--")])
def test_a_cookies_extractor_says_the_third_and_the_fourth_letter(open_stage, extractor, letters):
    stage = open_stage(backend={"affinity": (AffinityEntry("x", extractor(), "hash"),)})
    stage.get(stage.client())
    assert stage.record.termination == f"--{letters}"


def test_without_a_server_the_third_letter_is_there_too(open_stage):
    stage = open_stage(down=["s1"], backend={"affinity": (AffinityEntry("x", Letters(), "hash"),)})
    stage.client() >> GET
    assert stage.record.termination == "SCEN"


def test_a_record_has_slots_and_no_more():
    assert "__dict__" not in dir(ExchangeRecord)
