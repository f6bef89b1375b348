"""Requests, backends and snapshots for the tests, in one line each."""

from multidict import CIMultiDict, CIMultiDictProxy

from affinity_gw.http1.claims import Origin
from affinity_gw.http1.head import Exchanged, RequestHead, ResponseHead
from affinity_gw.plugin import Extractor
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.criteria import compile_criterion
from affinity_gw.routing.lexer import split_words
from affinity_gw.routing.samples import Place
from affinity_gw.routing.sections import AffinityEntry, Backend, Frontend
from affinity_gw.routing.servers import Server
from affinity_gw.routing.snapshot import Snapshot


def request(target="/", *fields, method="GET", peer="192.0.2.1", client=None):
    """A request head with ("Name", "value") fields."""
    raw = tuple((name.encode(), value.encode(errors="surrogateescape")) for name, value in fields)
    headers = CIMultiDictProxy(CIMultiDict(fields))
    return RequestHead(method, target, 1, raw, headers, peer, peer if client is None else client)


def response(status=200, *fields, request=None, minor=1):
    """An answer with its request, as rules for answers see them."""
    headers = CIMultiDictProxy(CIMultiDict(fields))
    return Exchanged(request, ResponseHead(status, "", minor, (), headers))


def connected(head, local="198.51.100.1", port=80, scheme="http", peer_port=40000, sni=""):
    """The request, on a connection."""
    head.origin = Origin(head.peer, head.client, local, port, scheme)
    head.origin.peer_port = peer_port
    head.origin.sni = sni
    return head


def compiled(criterion, *, answer=False, backends=("wt",), backend=None, frontend=None):
    """The predicate of one criterion."""
    return compile_criterion(split_words(criterion), Place(backends, backend, frontend, answer))


def all_but(*values):
    """What matches, where that is the most."""
    return lambda everything: [value for value in everything if value not in values]


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


NOW = snapshot(backend(*servers(1, 1, 1)))
"""A moment at which nothing is wrong."""
