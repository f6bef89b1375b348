"""What all connections share: routes, dates, reports, and the end of it all."""

import dataclasses
import time
from email.utils import parsedate_to_datetime

import pytest
from structlog.testing import capture_logs

from affinity_gw.proxy import shared as module
from affinity_gw.routing.sections import Frontend
from tests.proxy.stage import GET, OK


class TestRoutes:
    def test_a_route_is_made_once(self, stage):
        one = stage.shared.route(stage.frontend, stage.backend)
        assert stage.shared.route(stage.frontend, stage.backend) is one

    def test_but_anew_for_a_new_configuration_of_the_same_name(self, stage):
        one = stage.shared.route(stage.frontend, stage.backend)
        changed = dataclasses.replace(stage.backend, connection="close")
        other = stage.shared.route(stage.frontend, changed)
        assert other is not one
        assert stage.shared.route(stage.frontend, changed) is other

    def test_each_pair_has_its_own(self, stage):
        one = stage.shared.route(stage.frontend, stage.backend)
        assert stage.shared.route(Frontend("other", ()), stage.backend) is not one


class TestDate:
    def test_it_is_now_in_the_form_of_http(self, stage):
        date = stage.shared.date()
        assert date.endswith(b" GMT")
        assert abs(parsedate_to_datetime(date.decode()).timestamp() - time.time()) < 2

    def test_it_is_made_once_a_second(self, stage, monkeypatch):
        monkeypatch.setattr(module.time, "time", lambda: 1_800_000_000.9)
        date = stage.shared.date()
        assert date == b"Fri, 15 Jan 2027 08:00:00 GMT"
        assert stage.shared.date() is date
        monkeypatch.setattr(module.time, "time", lambda: 1_800_000_001.0)
        assert stage.shared.date() == b"Fri, 15 Jan 2027 08:00:01 GMT"


def test_faults_are_reported_once_a_second_with_the_count_of_the_others(stage):
    fault = (("mine", LookupError("on purpose")),)
    with capture_logs() as logs:
        stage.shared.report_faults(fault * 3)
        stage.wait(0.9)
        stage.shared.report_faults(fault)
        stage.wait(0.2)
        stage.shared.report_faults(fault)
    assert [entry["unreported"] for entry in logs] == [0, 3]
    assert all(entry["extractor"] == "mine" and isinstance(entry["exc_info"], LookupError) for entry in logs)


def test_a_plugin_that_always_raises_does_not_hide_another_ones_faults(stage):
    with capture_logs() as logs:
        stage.shared.report_faults((("mine", LookupError()), ("yours", KeyError()), ("mine", LookupError())))
    assert [(entry["extractor"], entry["unreported"]) for entry in logs] == [("mine", 0), ("yours", 0)]


class TestPublishing:
    def test_an_exchange_under_way_is_left_alone(self, open_stage):
        stage = open_stage({}, {})
        client = stage.client() >> GET
        server = stage.accept("s1")
        stage.set_down("s1")
        server << OK
        assert client.got == OK

    def test_the_next_request_goes_elsewhere(self, open_stage):
        stage = open_stage({}, {})
        stage.set_down("s1")
        assert [stage.get(stage.client()).name for _ in range(3)] == ["s2", "s2", "s2"]


class TestRoom:
    def test_who_waits_for_room_is_told_of_each_client_that_leaves(self, stage, client):
        told = []
        stage.shared.on_room.append(lambda: told.append(len(stage.shared.connections)))
        client.ends()
        assert told == [0]

    def test_a_tunnel_keeps_its_place_among_the_connections(self, stage, client):
        upgrade = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
        stage.get(client, b"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", upgrade)
        assert len(stage.shared.connections) == 1
        assert stage.occupancy.connections == 1
        client.resets()
        assert len(stage.shared.connections) == 0
        assert stage.occupancy.connections == 0


class TestFinish:
    def test_with_nobody_there_it_is_over_at_once(self, stage):
        assert stage.loop.run_until_complete(stage.shared.finish(10.0)) == 0

    def test_idle_connections_to_servers_are_closed(self, open_stage):
        stage = open_stage(connection="keep-alive")
        server = stage.get(stage.client())
        task = stage.loop.create_task(stage.shared.finish(10.0))
        stage.settle()
        assert server.connection == "closed"
        assert task.result() == 0

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_counts_whom_it_had_to_cut(self, stage, count):
        for _ in range(count):
            stage.client() >> GET
        task = stage.loop.create_task(stage.shared.finish(1.0))
        stage.wait(1.2)
        assert task.result() == count


class TestWatched:
    """Conditions see what stands beside the snapshot, before and after another one is published."""

    @pytest.mark.parametrize("balance", ["roundrobin", "uri"], ids=["for any server", "for its own"])
    def test_they_see_how_many_wait(self, open_stage, balance):
        stage = open_stage({"maxconn": 1}, backend={"balance": balance})
        assert stage.shared.snapshot.queued("app") == 0
        for _ in range(3):
            stage.client() >> GET
        assert stage.shared.snapshot.queued("app") == 2
        stage.set_down()
        assert stage.shared.snapshot.queued("app") == 2
        for _ in range(3):
            stage.accept() << OK
        assert stage.shared.snapshot.queued("app") == 0

    def test_they_see_which_passwords_are_known(self, stage):
        assert stage.shared.snapshot.verified == stage.shared.verifier.known
        stage.set_down()
        assert stage.shared.snapshot.verified == stage.shared.verifier.known
