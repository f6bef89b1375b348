"""Whatever happens to them, idle connections are handed out once, in time, and only with nothing on them."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from affinity_gw.proxy import pool as module
from affinity_gw.proxy.deadlines import Deadlines
from affinity_gw.proxy.pool import FRESH, Pool
from affinity_gw.proxy.upstream import Upstream
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import Server
from tests.proxy.stage import Clock, FakePoll, Wire

SERVERS = [Server("app", f"s{number}", number, Address("127.0.0.1", 9000 + number)) for number in (1, 2)]
LIMIT = 3
IDLE_TIME = 5.0

servers = st.sampled_from(SERVERS)


class PoolMachine(RuleBasedStateMachine):
    """``busy`` are the connections that exchanges hold; ``tainted`` those that somebody has touched while idle."""

    busy = Bundle("busy")

    def __init__(self):
        super().__init__()
        self.limit = pytest.MonkeyPatch()
        self.limit.setattr(module, "MAX_IDLE", LIMIT)
        self.clock = Clock()
        self.deadlines = Deadlines(now=self.clock.now)
        self.pool = Pool(self.deadlines)
        self.in_use = set()
        self.released_at = {}
        self.tainted = set()

    def teardown(self):
        self.pool.close()
        self.clock.settle()
        assert repr(self.pool).endswith("idle {}>")
        assert all(upstream.closed for upstream in self.released_at.keys() - self.in_use)
        self.clock.close()
        self.limit.undo()

    @rule(target=busy, server=servers)
    def open(self, server):
        upstream, wire = Upstream(self.pool, server), Wire(self.clock, "")
        wire.connect(upstream)
        upstream._poll = FakePoll(wire)
        upstream.uses = 1
        self.in_use.add(upstream)
        return upstream

    @rule(target=busy, server=servers, replayable=st.booleans())
    def acquire(self, server, replayable):
        upstream = self.pool.acquire_nowait(server, replayable=replayable)
        self.clock.settle()
        if upstream is None:
            return multiple()
        assert upstream.server is server
        assert upstream not in self.in_use, "handed out twice"
        assert upstream not in self.tainted, "handed out with something on it"
        assert not upstream.closed
        assert upstream.transport.is_reading()
        idle = self.clock.now - self.released_at[upstream]
        assert idle <= (IDLE_TIME + 0.3 if replayable else FRESH + 0.1)
        self.in_use.add(upstream)
        return upstream

    @rule(upstream=consumes(busy), paused=st.booleans())
    def release(self, upstream, paused):
        if paused:
            upstream.pause_reading()
        self.in_use.discard(upstream)
        self.released_at[upstream] = self.clock.now
        if upstream.closed:
            self.tainted.add(upstream)
        self.pool.release(upstream, IDLE_TIME)
        self.clock.settle()

    @rule(upstream=consumes(busy))
    def give_up(self, upstream):
        self.in_use.discard(upstream)
        upstream.abort()
        self.clock.settle()

    @rule(data=st.data(), event=st.sampled_from([b"x", None, ConnectionResetError()]), told=st.booleans())
    def something_comes_while_idle(self, data, event, told):
        """``told``: the event loop has heard of it already."""
        idle = [upstream for upstream in self.released_at if upstream not in self.in_use and not upstream.closed]
        if not idle:
            return
        upstream = data.draw(st.sampled_from(idle))
        self.tainted.add(upstream)
        if told:
            upstream.transport.arrive(event)
            self.clock.settle()
        else:
            upstream.transport.incoming.append(event)

    @rule(upstream=busy)
    def the_server_leaves_while_busy(self, upstream):
        if not upstream.closed:
            upstream.transport.arrive(ConnectionResetError())
            self.clock.settle()

    @rule(seconds=st.floats(0.1, 3.0))
    def time_passes(self, seconds):
        self.clock.now += seconds
        self.deadlines.advance(self.clock.now)
        self.clock.settle()

    @rule(number=st.integers(1, 2))
    def a_server_goes(self, number):
        """What is idle may be closed at any time from outside."""
        for upstream in [each for each in self.released_at if each.server.number == number]:
            if upstream not in self.in_use and not upstream.closed:
                upstream.abort()
        self.clock.settle()

    @invariant()
    def no_more_are_kept_than_allowed(self):
        for idle in self.pool._idle.values():
            assert len(idle) <= LIMIT
            assert len(set(map(id, idle))) == len(idle)

    @invariant()
    def nothing_is_idle_and_busy(self):
        for idle in self.pool._idle.values():
            assert not self.in_use.intersection(idle)
            assert not any(upstream.closed for upstream in idle)


TestPool = PoolMachine.TestCase
