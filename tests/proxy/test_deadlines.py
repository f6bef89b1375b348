"""One coarse clock: everything expires once, in time to within two ticks, and nothing before its time."""

import time
from math import inf

import pytest

from affinity_gw.proxy.deadlines import TICK, Deadlines, Timed
from tests.proxy.stage import Clock


class Alarm(Timed):
    """Writes down when it rang; ``then`` is done at that moment."""

    def __init__(self, deadlines, then=None):
        super().__init__()
        self.deadlines = deadlines
        self.rang = []
        self.then = then

    def expire(self):
        self.rang.append(self.deadlines.now)
        if self.then is not None:
            self.then(self)


@pytest.fixture
def deadlines():
    return Deadlines(now=1000.0)


def pass_time(deadlines, seconds, step=TICK):
    end = deadlines.now + seconds
    while deadlines.now < end - 1e-9:
        deadlines.advance(deadlines.now + step)


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.3, 1.0, 2.55, 50.0, 0.0])
def test_it_rings_once_and_in_time(deadlines, seconds):
    alarm = Alarm(deadlines)
    deadlines.set(alarm, seconds)
    pass_time(deadlines, seconds + 1)
    assert len(alarm.rang) == 1
    assert seconds <= alarm.rang[0] - 1000.0 <= seconds + 2 * TICK + 1e-6
    assert repr(deadlines) == "<Deadlines 0 filed>"


def test_never_means_never(deadlines):
    alarm = Alarm(deadlines)
    deadlines.set(alarm, inf)
    assert repr(deadlines) == "<Deadlines 0 filed>"
    pass_time(deadlines, 10)
    assert alarm.rang == []


def test_a_later_deadline_counts(deadlines):
    alarm = Alarm(deadlines)
    for _ in range(10):
        deadlines.set(alarm, 1.0)
        pass_time(deadlines, 0.8)
    assert alarm.rang == []
    pass_time(deadlines, 0.5)
    assert len(alarm.rang) == 1


def test_an_earlier_deadline_counts(deadlines):
    alarm = Alarm(deadlines)
    deadlines.set(alarm, 60.0)
    deadlines.set(alarm, 1.0)
    pass_time(deadlines, 1.2)
    assert len(alarm.rang) == 1
    assert repr(deadlines) == "<Deadlines 0 filed>"


def test_one_that_was_given_up_and_taken_up_again_counts(deadlines):
    alarm = Alarm(deadlines)
    deadlines.set(alarm, 1.0)
    alarm.deadline = inf
    pass_time(deadlines, 5)
    assert alarm.rang == []
    deadlines.set(alarm, 1.0)
    pass_time(deadlines, 1.3)
    assert len(alarm.rang) == 1


def test_what_is_forgotten_is_not_held(deadlines):
    alarm = Alarm(deadlines)
    deadlines.set(alarm, 1.0)
    deadlines.forget(alarm)
    deadlines.forget(alarm)
    assert repr(deadlines) == "<Deadlines 0 filed>"
    pass_time(deadlines, 2)
    assert alarm.rang == []


def test_it_may_set_itself_anew(deadlines):
    alarm = Alarm(deadlines, then=lambda alarm: alarm.deadlines.set(alarm, 1.0))
    deadlines.set(alarm, 1.0)
    pass_time(deadlines, 5)
    assert 4 <= len(alarm.rang) <= 5


def test_one_may_forget_another_that_would_ring_at_the_same_moment(deadlines):
    alarms = []
    alarms += [Alarm(deadlines, then=lambda one: [deadlines.forget(a) for a in alarms if a is not one]) for _ in "ab"]
    for alarm in alarms:
        deadlines.set(alarm, 1.0)
    pass_time(deadlines, 2)
    assert sorted(len(alarm.rang) for alarm in alarms) == [0, 1]
    assert repr(deadlines) == "<Deadlines 0 filed>"


def test_one_may_give_another_more_time_at_the_same_moment(deadlines):
    alarms = []
    alarms += [Alarm(deadlines, then=lambda one: [deadlines.set(a, 5.0) for a in alarms if a is not one]) for _ in "ab"]
    for alarm in alarms:
        deadlines.set(alarm, 1.0)
    pass_time(deadlines, 2)
    assert sorted(len(alarm.rang) for alarm in alarms) == [0, 1]


def test_a_clock_that_stood_still_catches_up(deadlines):
    alarms = [Alarm(deadlines) for _ in range(5)]
    for number, alarm in enumerate(alarms):
        deadlines.set(alarm, number * 10.0)
    deadlines.advance(1000.0 + 35.0)
    assert [len(alarm.rang) for alarm in alarms] == [1, 1, 1, 1, 0]


def test_the_loop_tells_the_time_until_it_is_stopped():
    clock, deadlines = Clock(), Deadlines(now=0.0)
    told = []

    def turn():
        clock.now += TICK
        clock.settle()
        told.append(deadlines.now)

    began = time.monotonic()
    deadlines.start(clock)
    turn()
    turn()
    deadlines.stop()
    deadlines.stop()
    turn()
    assert began < told[0] < told[1] == told[2] <= time.monotonic()
    clock.close()
