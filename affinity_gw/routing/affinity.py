"""From a request to the server that its key names.

A backend's entries are tried in order. The first key whose server is up pins the request. A key whose server is down
(``lost``) or that names none (``unknown``) is noted, the first of them, and the next entry is tried; what is left over
is balance's. An extractor that raises, or that returns what is no key, costs its key and never the request: what it did
travels with the decision, and whoever acts on that logs it.

Nothing here depends on how many servers there are, but for the first sight of a key that is hashed.
"""

from __future__ import annotations

from affinity_gw.http1.head import RequestHead
from affinity_gw.http1.target import is_printable
from affinity_gw.plugin import Outcome
from affinity_gw.routing import reasons
from affinity_gw.routing.decision import Fault, Forward
from affinity_gw.routing.live import Live
from affinity_gw.routing.sections import AffinityEntry, Backend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot


class Miss:
    """What was noted of keys that did not pin. Never changed, so that one object says "nothing" for all requests."""

    __slots__ = ("entry", "faults", "key", "pin", "reason", "word")

    def __init__(
        self,
        pin: Outcome = "none",
        entry: AffinityEntry | None = None,
        key: str | None = None,
        word: str | None = None,
        reason: str = "",
        faults: tuple[Fault, ...] = (),
    ) -> None:
        self.pin = pin
        self.entry = entry
        self.key = key
        self.word = word
        self.reason = reason
        self.faults = faults

    def after(self, earlier: Miss) -> Miss:
        """Both notes in one: the first key that was lost or unknown, and all faults."""
        if self is NOTHING_NOTED or earlier is NOTHING_NOTED:
            return earlier if self is NOTHING_NOTED else self
        first = earlier if earlier.entry is not None else self
        return Miss(first.pin, first.entry, first.key, first.word, first.reason, earlier.faults + self.faults)


NOTHING_NOTED = Miss()


def find_pin(
    head: RequestHead, backend: Backend, snapshot: Snapshot, live: Live, trace: list[str] | None = None
) -> Forward | Miss:
    """The pinned request, or what was noted of its keys."""
    noted = NOTHING_NOTED
    for entry in backend.affinity:
        found = _try(entry, head, backend, snapshot, live)
        if trace is not None:
            trace.append(_step(entry, found))
        if isinstance(found, Miss):
            noted = found.after(noted)
            continue
        if noted is not NOTHING_NOTED:
            found.faults = noted.faults
            found.reason = reasons.then(noted.reason, found.reason) if noted.reason else found.reason
        return found
    return noted


def _try(entry: AffinityEntry, head: RequestHead, backend: Backend, snapshot: Snapshot, live: Live) -> Forward | Miss:
    """One entry by itself."""
    try:
        key: object = entry.extractor.request_key(head)
        if key is None:
            return NOTHING_NOTED
        if not isinstance(key, str):
            raise TypeError(f"request_key returned {type(key).__name__}, not str or None")
        if entry.pin == "server":
            return _named(entry, key, head, backend, snapshot)
        return _hashed(entry, key, head, backend, snapshot, live)
    except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the fault is passed on to be logged
        return Miss(faults=((entry.name, error),))


def _named(entry: AffinityEntry, key: str, head: RequestHead, backend: Backend, snapshot: Snapshot) -> Forward | Miss:
    """Pin ``server``: the key is a server's word, or the extractor says which word it holds."""
    find = getattr(entry.extractor, "server_word", None)
    word = key if find is None else find(key, backend.words)
    if word.__class__ is tuple:
        word = _first_up(word, backend, snapshot)
    server = backend.words.get(word)
    if server is None:
        return Miss("unknown", entry, key, None, reasons.unknown(entry.name))
    if server.id in snapshot.down:
        if backend.persist:
            return _forced(entry, key, head, backend, server)
        namesake = _namesake(server, backend, snapshot)
        if namesake is None:
            return Miss("lost", entry, key, word, reasons.down(entry.name, server.name))
        server = namesake
    return Forward(head, backend, server, "hit", entry, key, word, reasons.up(entry.name, server.name))


def _forced(entry: AffinityEntry, key: str, head: RequestHead, backend: Backend, server: Server) -> Forward:
    """The server is down, and the operator wants its sessions to stay with it (HAProxy's option persist)."""
    reason = reasons.forced(entry.name, server.name)
    forward = Forward(head, backend, server, "lost", entry, key, server.word, reason)
    forward.persistent = True
    return forward


def _hashed(
    entry: AffinityEntry, key: str, head: RequestHead, backend: Backend, snapshot: Snapshot, live: Live
) -> Forward | Miss:
    """Pin ``hash``: any server that is up will do, as long as it is always the same one."""
    server = live.hashed(backend, snapshot, key)
    if server is None:
        return NOTHING_NOTED
    return Forward(head, backend, server, "hit", entry, key, None, reasons.hashed(entry.name, server.name))


def _first_up(words: tuple[str, ...], backend: Backend, snapshot: Snapshot) -> str | None:
    """Of several words in order of preference the first whose server is up, else the first that is a server's."""
    known = [word for word in words if word in backend.words]
    first = known[0] if known else None
    return first if backend.persist else next((word for word in known if _is_served(word, backend, snapshot)), first)


def _is_served(word: str, backend: Backend, snapshot: Snapshot) -> bool:
    server = backend.words[word]
    return snapshot.is_up(server) or _namesake(server, backend, snapshot) is not None


def _namesake(server: Server, backend: Backend, snapshot: Snapshot) -> Server | None:
    """Another server with the same word that is up: HAProxy lets a backup take a server's cookie over this way."""
    if len(backend.words) == len(backend.servers):
        return None  # each has its own word, as nearly always
    same = (other for other in backend.servers if other.word == server.word)
    return next((other for other in same if snapshot.is_up(other)), None)


def _step(entry: AffinityEntry, found: Forward | Miss) -> str:
    """One entry in one sentence, for ``explain``."""
    if found.faults:
        outcome = f"it failed with {found.faults[-1][1]!r}"
    elif isinstance(found, Forward) or found.entry is not None:
        outcome = f"key {found.key!r}, {found.pin}: {found.reason}"
    else:
        outcome = "no key that decides"
    return f"affinity {entry.name}: {outcome}"


def lost_key_target(forward: Forward, snapshot: Snapshot) -> str | None:
    """The request-target without a key whose pin is lost or unknown, for ``strip_lost_key``; None: leave it as it is.

    What the extractor gets wrong is added to ``forward.faults``.
    """
    entry, wanted = forward.entry, forward.backend.strip_lost_key
    if entry is None or wanted is None or forward.persistent or not wanted(forward.head, snapshot):
        return None
    without_key = getattr(entry.extractor, "without_key", None)
    if without_key is None:
        return None
    try:
        target = _checked(without_key(forward.head.target))
    except Exception as error:  # noqa: BLE001  # a plugin may raise anything; the fault is passed on to be logged
        forward.faults = (*forward.faults, (entry.name, error))
        return None
    return None if target == forward.head.target else target


def _checked(target: object) -> str:
    """A target goes into the request line: one word, printable, ASCII (RFC 9112 section 3)."""
    if not isinstance(target, str) or not target or not is_printable(target):
        raise ValueError(f"without_key returned {target!r}, which is no request-target")
    return target
