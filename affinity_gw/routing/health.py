"""When a checked server is up: HAProxy's counter of health, which neither probes nor sleeps.

The counter runs from 0 to ``rise + fall - 1``; a server is up from ``rise`` on. A failure of a server that is up costs
one point, and the point below ``rise`` costs all of them; a success of one that is down gives one, and reaching
``rise`` gives all. So ``fall`` failures in a row take a healthy server down and ``rise`` successes bring it back. A
fresh server stands at exactly ``rise``: it is up, its first failure takes it down, and its first success makes it
healthy.
"""

from __future__ import annotations

from affinity_gw.routing.servers import CheckSpec


class Health:
    """The health of one server. ``up=False`` for one that has to prove itself first: an instance of our own."""

    __slots__ = ("_points", "spec")

    def __init__(self, spec: CheckSpec, up: bool = True) -> None:
        self.spec = spec
        self._points = spec.rise if up else 0

    @property
    def up(self) -> bool:
        return self._points >= self.spec.rise

    @property
    def interval(self) -> float:
        """Seconds to the next probe, before jitter: ``inter`` when all is well, ``downinter`` when nothing is,
        ``fastinter`` in between, a fresh server included."""
        if self._points == self._best:
            return self.spec.inter
        return self.spec.downinter if self._points == 0 else self.spec.fastinter

    def record(self, success: bool) -> bool:
        """Count the result of one probe. True when the server went up or down by it."""
        was_up = self.up
        if success:
            self._points = self._best if self._points + 1 >= self.spec.rise else self._points + 1
        else:
            self._points = self._points - 1 if self._points > self.spec.rise else 0
        return self.up != was_up

    @property
    def _best(self) -> int:
        return self.spec.rise + self.spec.fall - 1
