"""Requests, backends and snapshots for the tests, in one line each."""

from multidict import CIMultiDict, CIMultiDictProxy

from affinity_gw.http1.head import RequestHead
from affinity_gw.plugin import Extractor
from affinity_gw.routing.snapshot import (
    Address,
    AffinityEntry,
    Backend,
    Config,
    Frontend,
    Global,
    Server,
    Snapshot,
)


def request(target="/", *fields, method="GET", peer="192.0.2.1", client=None):
    """A request head with ("Name", "value") fields."""
    raw = tuple((name.encode(), value.encode(errors="surrogateescape")) for name, value in fields)
    headers = CIMultiDictProxy(CIMultiDict(fields))
    return RequestHead(method, target, 1, raw, headers, peer, peer if client is None else client)


def server(name, number=1, backend="wt", **options):
    return Server(backend, name, number, Address("127.0.0.1", 9000 + number), **options)


def servers(*weights, backend="wt", **options):
    """Servers 1, 2, 3 with these weights."""
    return tuple(
        server(str(number), number, backend, weight=weight, **options) for number, weight in enumerate(weights, 1)
    )


def snapshot(*backends, down=(), frontend=None):
    """A snapshot of these backends; the frontend ``f`` leads to the first one."""
    frontends = (frontend or Frontend("f", (), backends[0].name if backends else ""),)
    return Snapshot.of(Config("", Global(), frontends, backends), frozenset(down))


class Finds(Extractor):
    """An extractor for tests: its key is what it was given, or what it was told to do."""

    def __init__(self, key):
        self.key = key

    def request_key(self, head):
        return self.key(head) if callable(self.key) else self.key


def finds(key, pin="server", name="finds"):
    return AffinityEntry(name, Finds(key), pin)


def backend(*members, name="wt", **options):
    return Backend(name, members or servers(1, 1), **options)
