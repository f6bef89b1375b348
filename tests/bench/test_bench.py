"""The pure parts of the benchmark. Nothing is timed here."""

from __future__ import annotations

import asyncio
import json
from string import Template

import pytest

from tests.bench import accounting, load, report, tunnels
from tests.bench.accounting import CpuTime
from tests.bench.backends import Backend, switch
from tests.bench.peers import CONFIGS, PEERS, Peer, configured, fill
from tests.bench.processes import BenchError
from tests.bench.rounds import Measurement, pairs
from tests.bench.workloads import WORKLOADS, Workload

STAT = "4711 (a) b) S 42 4711 4711 0 -1 4194560 1 2 3 4 250 75 9 9 20 0 1 0 123 456 789"
RELATIVE = Workload("work", "some work", "requests", "keep-alive", count=1, goal=2.0)
ABSOLUTE = Workload("hold", "some holding", "tunnels", "keep-alive", count=1, goal=4.0, relative=False)


def measured(peer, *values, workload=RELATIVE, **more):
    return [Measurement(workload.name, peer, number, value, **more) for number, value in enumerate(values)]


class TestAccounting:
    def test_cpu_time_is_read_behind_a_program_name_that_holds_parentheses(self):
        assert accounting.parse_stat(STAT, 100) == (42, CpuTime(2.5, 0.75))

    def test_cpu_times_add_and_subtract_part_by_part(self):
        assert CpuTime(2, 3) + CpuTime(1, 1) - CpuTime(2, 1) == CpuTime(1, 3)
        assert CpuTime(2, 3).total == 5

    def test_memory_is_the_proportional_set_and_not_one_of_its_parts(self):
        assert accounting.parse_pss("Rss: 1688 kB\nPss:      344 kB\nPss_Dirty: 112 kB\n") == 344

    def test_memory_without_its_line_is_an_error(self):
        with pytest.raises(ValueError, match="Pss"):
            accounting.parse_pss("Rss: 1688 kB\n")

    def test_a_core_is_busy_but_for_idling_and_waiting(self):
        text = "cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 100 20 300 5000 6000 4 50 26 100 0\nintr 1\n"
        assert accounting.parse_core(text, 1, 100) == 5.0
        with pytest.raises(ValueError, match="core 2"):
            accounting.parse_core(text, 2, 100)

    def test_all_generations_below_a_process_belong_to_it_and_nothing_else(self):
        parents = [(1, 0), (10, 1), (11, 10), (12, 11), (13, 10), (20, 1), (21, 20)]
        assert accounting.descendants(10, parents) == {10, 11, 12, 13}


class TestLoad:
    def test_the_summary_is_found_among_what_wrk_prints(self):
        line = 'summary {"requests": 50, "seconds": 2.5, "failed": 1, "p50_us": 7, "p99_us": 9}'
        found = load.parse(f"Running 2s test\n  2 threads\n{line}\n")
        assert (found.requests, found.failed, found.per_second) == (50, 1, 20.0)

    def test_wrk_without_a_summary_is_an_error_that_shows_what_it_said(self):
        with pytest.raises(BenchError, match="unable to connect"):
            load.parse("unable to connect to 127.0.0.1:1")


class TestReport:
    def test_ratios_are_taken_within_a_round(self):
        found = report.ratios(measured("gateway", 20, 30, 40), measured("haproxy", 10, 20, 10))
        assert found == report.Spread(1.5, 2.0, 4.0)

    def test_rounds_without_the_reference_have_no_ratio(self):
        assert report.ratios(measured("gateway", 20), []) is None

    @pytest.mark.parametrize(("value", "reached"), [(20, True), (21, False)], ids=["at the goal", "above it"])
    def test_a_relative_goal_judges_the_median_ratio(self, value, reached):
        everything = [*measured("haproxy", 10), *measured("gateway", value)]
        reference, gateway = report.rows([RELATIVE], everything)
        assert (reference.reached, gateway.reached) == (None, reached)

    @pytest.mark.parametrize(("value", "reached"), [(4.0, True), (4.1, False)], ids=["at the goal", "above it"])
    def test_an_absolute_goal_judges_the_median_itself(self, value, reached):
        (row,) = report.rows([ABSOLUTE], measured("gateway", value, workload=ABSOLUTE))
        assert row.reached is reached

    def test_the_goals_are_nobody_elses(self):
        everything = [*measured("haproxy", 10), *measured("aiohttp", 90)]
        assert [row.reached for row in report.rows([RELATIVE], everything)] == [None, None]

    def test_the_table_has_a_line_for_each_peer_with_its_figures_in_columns(self):
        everything = [
            *measured("haproxy", 10, system=8.0),
            *measured("gateway", 25, per_second=40000.0, busy=0.97, others=0.02),
        ]
        heading, reference, gateway = report.table(report.rows([RELATIVE], everything)).splitlines()
        assert heading.split() == list(report.HEADINGS)
        assert reference.split() == ["work", "haproxy", "10.0", "10.0", "10.0", "µs/request", "8.0"]
        assert gateway.split()[6:] == ["40,000", "97%", "2%", "2.50", "2.50", "2.50", "MISSED", "2x"]
        assert heading.index("unit") + len("unit") == reference.index("µs/request") + len("µs/request")

    def test_the_document_is_json_with_measurements_and_rows(self):
        everything = measured("haproxy", 10)
        content = json.loads(report.document(everything, report.rows([RELATIVE], everything), {"python": "3"}))
        assert content["facts"] == {"python": "3"}
        assert content["measurements"][0]["value"] == 10
        assert content["rows"][0]["workload"]["name"] == "work"


class TestPeers:
    @pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
    def test_every_template_and_command_can_be_filled(self, peer, tmp_path):
        values = {"port": "1", "backend1": "2", "backend2": "3", "connection": "keep-alive"}
        command = configured(peer, values, tmp_path)
        assert "$" not in " ".join(command)
        assert not peer.template or str(tmp_path / peer.template) in command

    def test_every_template_names_the_connection_mode(self):
        for template in CONFIGS.iterdir():
            assert "connection" in Template(template.read_text()).get_identifiers()

    def test_a_program_that_is_missing_keeps_its_name(self):
        assert fill(("no-such-program", "$port"), {"port": "80"}) == ["no-such-program", "80"]

    def test_a_peer_is_not_asked_for_what_it_does_not_do(self):
        peer = Peer("plain", "a plain one", ("plain",), kinds=("requests",))
        assert {workload.kind for workload, _ in pairs(WORKLOADS, [peer])} == {"requests"}


class Wire(asyncio.Transport):
    """Keeps what is written, and whether it was closed."""

    def __init__(self):
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data):
        self.written += data

    def close(self):
        self.closed = True


@pytest.fixture
def backend():
    made = Backend("wt1", b"fixed", b"closing")
    made.connection_made(Wire())
    return made


class TestBackend:
    @pytest.mark.parametrize(
        ("field", "answer", "closed"),
        [("Accept: */*", b"fixed", False), ("Connection: close", b"closing", True)],
        ids=["kept open", "closed when asked to"],
    )
    def test_a_get_has_the_answer_that_was_made_beforehand(self, backend, field, answer, closed):
        backend.data_received(f"GET /?wtd=wt1 HTTP/1.1\r\n{field}\r\n\r\n".encode())
        assert (backend.transport.written, backend.transport.closed) == (answer, closed)

    def test_a_head_may_come_byte_by_byte(self, backend):
        for byte in b"GET /? HTTP/1.1\r\n\r\n" * 2:
            backend.data_received(bytes([byte]))
        assert backend.transport.written == b"fixed" * 2

    def test_echo_tells_what_arrived_and_how_much_the_connection_has_carried(self, backend):
        head = b"GET /echo HTTP/1.1\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n"
        backend.data_received(b"GET /? HTTP/1.1\r\n\r\n")
        backend.data_received(head)
        assert b"X-Served: 2\r\n" in backend.transport.written
        assert backend.transport.written.endswith(head)

    def test_an_upgrade_opens_a_tunnel_that_returns_every_byte(self, backend):
        backend.data_received(tunnels.handshake(0))
        assert tunnels.ACCEPT in backend.transport.written
        backend.data_received(tunnels.MESSAGE)
        assert backend.transport.written.endswith(tunnels.MESSAGE)

    def test_the_key_of_the_rfc_has_the_accept_of_the_rfc(self):
        head = b"GET / HTTP/1.1\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in switch(head)
