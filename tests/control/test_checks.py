"""Health checks: when they probe, what they publish, what they say. Time is a number."""

import asyncio
import heapq
from itertools import count

import pytest
import structlog

from affinity_gw.control.checks import Checks, down_at_start
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.queue import ServerLoad
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import CheckSpec, Server
from affinity_gw.routing.snapshot import Snapshot

SPEC = CheckSpec(inter=2, fastinter=1, downinter=4, rise=2, fall=3)


class Clock:
    """Sleeps end when the test says that it is late enough."""

    def __init__(self):
        self.now = 0.0
        self._sleepers = []
        self._order = count()

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        awake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), awake))
        await awake

    async def until(self, when):
        await settle()
        while self._sleepers and self._sleepers[0][0] <= when:
            self.now, _, awake = heapq.heappop(self._sleepers)
            if not awake.cancelled():
                awake.set_result(None)
            await settle()
        self.now = when


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


class World:
    """Servers that are well or not, a clock, and the checks that watch them."""

    def __init__(self, *backends, chance=0.5):
        self.config = Config("", Global(), (), backends)
        self.snapshot = Snapshot.of(self.config, down_at_start(self.config))
        self.published = []
        self.clock = Clock()
        self.ill = {}
        self.takes = 0.0
        self.probed = []
        self.loads = {}
        self.checks = Checks(
            lambda: self.snapshot,
            self.publish,
            probe=self.probe,
            sleep=self.clock.sleep,
            clock=self.clock,
            chance=lambda: chance,
            load=self.load,
        )

    def load(self, server):
        return self.loads.setdefault(server.id, ServerLoad())

    def publish(self, snapshot):
        for load in self.loads.values():
            load.queued = min(load.queued, 1)  # three find another server
        self.published.append(self.clock.now)
        self.snapshot = snapshot

    async def probe(self, address, spec):
        assert spec is SPEC
        self.probed.append((self.clock.now, address.port))
        if self.takes:
            await self.clock.sleep(self.takes)
        verdict = self.ill.get(address.port)
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    async def __aenter__(self):
        await self.checks.start()
        return self

    async def __aexit__(self, *_):
        await self.checks.stop()


def server(name, number, *, backend="be", check=SPEC, **options):
    return Server(backend, name, number, Address("127.0.0.1", number), check=check, **options)


def backend(*servers, name="be"):
    return Backend(name, servers)


ONE = backend(server("a", 1))


async def test_first_probes_are_spread_over_the_interval_and_begin_at_once():
    async with World(backend(*(server(str(n), n) for n in (1, 2, 3, 4)))) as world:
        await world.clock.until(1.99)
    # A server that has never been probed is between two states: fastinter, 1 s, is what they share.
    assert world.probed == [(0, 1), (0.25, 2), (0.5, 3), (0.75, 4)]


async def test_the_first_failure_takes_a_server_down():
    async with World(ONE) as world:
        world.ill[1] = "connection refused"
        await world.clock.until(0)
        assert world.snapshot.down == {"be/a"}
        assert world.snapshot.nbsrv("be") == 0
        assert repr(world.checks) == "<Checks be/a DOWN (connection refused)>"


async def test_a_healthy_server_goes_down_by_fall_failures_and_comes_back_by_rise_successes():
    async with World(ONE) as world:
        await world.clock.until(1)
        assert world.probed == [(0, 1)]
        world.ill[1] = "answered 500"
        await world.clock.until(20)
        # inter 2 while it is well, fastinter 1 in between, downinter 4 when it is down.
        assert [when for when, _ in world.probed] == [0, 2, 3, 4, 8, 12, 16, 20]
        assert world.published == [4]
        world.ill.clear()
        await world.clock.until(26)
        assert [when for when, _ in world.probed[8:]] == [24, 25]
        assert world.published == [4, 25]
        assert world.snapshot.down == frozenset()


async def test_the_interval_runs_from_start_to_start():
    async with World(ONE) as world:
        world.takes = 0.75
        await world.clock.until(5)
    assert [when for when, _ in world.probed] == [0, 2, 4]


async def test_a_probe_that_takes_longer_than_its_interval_is_followed_at_once():
    async with World(ONE) as world:
        world.takes = 3
        await world.clock.until(7)
    assert [when for when, _ in world.probed] == [0, 3, 6]


@pytest.mark.parametrize(("chance", "second"), [(0.0, 1.9), (1.0, 2.1)])
async def test_intervals_are_moved_by_chance(chance, second):
    async with World(ONE, chance=chance) as world:
        await world.clock.until(3)
    assert [when for when, _ in world.probed] == [0, pytest.approx(second)]


async def test_a_server_without_check_is_left_alone():
    async with World(backend(server("a", 1, check=None))) as world:
        await world.clock.until(10)
    assert world.probed == []
    assert world.snapshot.nbsrv("be") == 1


async def test_a_check_that_breaks_counts_as_a_failure_and_goes_on():
    async with World(ONE) as world:
        world.ill[1] = RuntimeError("odd")
        with structlog.testing.capture_logs():
            await world.clock.until(4)
        assert world.snapshot.down == {"be/a"}
        world.ill.clear()
        await world.clock.until(20)
        assert world.snapshot.down == frozenset()


async def test_stop_ends_all_tasks():
    async with World(backend(server("a", 1), server("b", 2))) as world:
        await world.clock.until(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("check ")]


class TestWhatIsSaid:
    async def test_a_server_that_goes_down_and_comes_back(self):
        async with World(backend(server("a", 1), server("b", 2))) as world:
            load = world.load(server("a", 1))
            load.active, load.queued = 2, 4
            with structlog.testing.capture_logs() as said:
                world.ill[1] = "connection refused"
                await world.clock.until(0)
                world.ill.clear()
                await world.clock.until(10)
        assert said == [
            {
                "event": "server be/a is DOWN",
                "log_level": "warning",
                "backend": "be",
                "server": "a",
                "state": "DOWN",
                "reason": "connection refused",
                "in_a_row": 1,
                "rise": 2,
                "fall": 3,
                "servers_left": 1,
                "kind": "active",
                "active": 1,
                "backups": 0,
                "sessions": 2,
                "requeued": 3,
                "queued": 1,
                "check_ms": 0,
                "layer": 4,
            },
            {
                "event": "server be/a is UP",
                "log_level": "info",
                "backend": "be",
                "server": "a",
                "state": "UP",
                "reason": "its checks pass",
                "in_a_row": 2,
                "rise": 2,
                "fall": 3,
                "servers_left": 2,
                "kind": "active",
                "active": 2,
                "backups": 0,
                "sessions": 2,
                "requeued": 0,
                "queued": 1,
                "check_ms": 0,
                "layer": 4,
            },
        ]

    async def test_the_last_server_of_a_backend(self):
        async with World(ONE) as world:
            with structlog.testing.capture_logs() as said:
                world.ill[1] = "answered 404"
                await world.clock.until(0)
        assert [(event["log_level"], event["event"]) for event in said] == [
            ("warning", "server be/a is DOWN"),
            ("error", "backend be has no server available"),
        ]

    async def test_servers_that_track_go_with_it_and_say_via_whom(self):
        tracking = backend(server("t", 9, backend="other", check=None, track="be/a"), name="other")
        async with World(ONE, tracking) as world:
            with structlog.testing.capture_logs() as said:
                world.ill[1] = "connection refused"
                await world.clock.until(0)
                assert world.snapshot.down == {"be/a", "other/t"}
                world.ill.clear()
                await world.clock.until(10)
                assert world.snapshot.down == frozenset()
        assert [event["event"] for event in said] == [
            "server be/a is DOWN",
            "backend be has no server available",
            "server other/t is DOWN via be/a",
            "backend other has no server available",
            "server be/a is UP",
            "server other/t is UP via be/a",
        ]


class TestInstances:
    INSTANCE = backend(server("a", 1, instance=True))

    async def test_one_is_down_and_not_probed_until_it_listens(self):
        async with World(self.INSTANCE) as world:
            await world.clock.until(10)
            assert world.probed == []
            assert world.snapshot.down == {"be/a"}
            world.checks.set_state("be/a", True, "it listens")
            assert world.snapshot.down == frozenset()
            await world.clock.until(11)
            assert world.probed == [(10, 1)]

    async def test_its_state_is_known_before_the_checks_start(self):
        world = World(self.INSTANCE)
        world.checks.set_state("be/a", True, "it listens")
        async with world:
            assert world.snapshot.down == frozenset()

    async def test_one_that_died_stays_down_whatever_answers_on_its_port(self):
        async with World(self.INSTANCE) as world:
            world.checks.set_state("be/a", True, "it listens")
            await world.clock.until(1)
            world.checks.set_state("be/a", False, "exited with status 1")
            assert world.snapshot.down == {"be/a"}
            await world.clock.until(60)
            assert world.snapshot.down == {"be/a"}
            assert repr(world.checks.statistics()["be/a"]) == "be/a DOWN (exited with status 1)"

    async def test_a_probe_under_way_while_it_died_says_nothing_about_the_next_one(self):
        async with World(self.INSTANCE) as world:
            world.takes = 1
            world.ill[1] = "connection reset by peer"
            world.checks.set_state("be/a", True, "it listens")
            await world.clock.until(0.5)
            world.checks.set_state("be/a", False, "was killed by SIGKILL")
            world.checks.set_state("be/a", True, "it listens")
            await world.clock.until(1.5)
            assert world.snapshot.down == frozenset()

    async def test_one_that_listens_but_is_ill_is_down_by_its_checks(self):
        async with World(self.INSTANCE) as world:
            world.checks.set_state("be/a", True, "it listens")
            world.ill[1] = "answered 500"
            await world.clock.until(1)
            assert world.snapshot.down == {"be/a"}
            assert world.checks.statistics()["be/a"].reason == "answered 500"
