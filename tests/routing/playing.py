"""Scripts of ``recorded`` played on our side: requests one after the other, and requests that overlap."""

import re

from affinity_gw.routing.decision import Forward
from affinity_gw.routing.live import Live
from tests.routing.making import backend, request, server, snapshot


def group(words):
    """Servers 1, 2, 3 from ``"2 1#7 1/3 1b"``: weights, ids, maxconn, backups."""
    members = []
    for number, word in enumerate(words.split(), 1):
        weight, own, maxconn, backup = re.fullmatch(r"(\d+)(?:#(\d+))?(?:/(\d+))?(b?)", word).groups()
        options = {"weight": int(weight), "maxconn": int(maxconn or 0), "backup": bool(backup)}
        members.append(server(str(number), int(own or number), **options))
    return tuple(members)


def digits(servers):
    return "".join(chosen.name if chosen is not None else "-" for chosen in servers)


def replay(wt, heads, script, live=None):
    """The script as it goes here: the same ``-1`` and ``+1``, and one digit a head in between."""
    live, now, down, played = live or Live(), snapshot(wt), set(), []
    for step in script.split():
        if step[0] in "+-":
            down ^= {f"wt/{step[1:]}"}
            now = now.with_down(frozenset(down))
            live.follow(now)
            played.append(step)
        else:
            played.append(digits(live.choose(wt, now, head=head) for head in heads))
    return " ".join(played)


class Play:
    """Overlapping requests over one backend, queues included."""

    def __init__(self, wt, live=None):
        self.backend = wt
        self.snapshot = snapshot(wt)
        self.live = live or Live()
        self.on = {}

    def play(self, script):
        return " ".join(self._step(step) for step in script.split())

    def _step(self, step):
        sign, number, key = re.match(r"([+-])(\d+)(/[^:]*)?", step).groups()
        return self.begin(number, key) if sign == "+" else self.end(number)

    def begin(self, number, key=None):
        head = request("/", *([("X-Key", key[1:])] if key is not None else []))
        chosen = self.live.choose(self.backend, self.snapshot, head=head)
        said = f"+{number}{key or ''}"
        if chosen is None or not self.live.queues.has_room(chosen):
            waiting = Forward(head, self.backend, chosen or self.backend.servers[0], assigned=chosen is not None)
            self.live.queues.enter(number, waiting)
            return said
        return f"{said}:{self._take(number, chosen)}"

    def end(self, number):
        freed = self.on.pop(number)
        self.live.load(freed).active -= 1
        granted = []
        while (waiter := self.live.queues.next_for(freed, self.snapshot)) is not None:
            granted.append(f"{waiter}:{self._take(waiter, freed)}")
        return f"-{number}" + (f">{','.join(granted)}" if granted else "")

    def _take(self, number, chosen):
        self.live.load(chosen).active += 1
        self.on[number] = chosen
        return chosen.name


def play_recorded(balance, options, servers, script):
    """What became of the script here; equal to the script where we do as HAProxy did."""
    return Play(backend(*group(servers), balance=balance, **options)).play(script)
