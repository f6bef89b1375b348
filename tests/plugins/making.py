"""What an extractor is given in the tests."""

from multidict import CIMultiDict

from affinity_gw.routing.decision import Forward
from tests.routing.making import backend, finds, request, server

ONE = server("s1", 1, cookie="one")
TWO = server("s2", 2, cookie="two")


def forward(*fields, to=ONE, pin="none", word=None, method="GET", target="/"):
    """A decision for a request with these fields that went to server one."""
    entry = finds("key") if pin != "none" else None
    return Forward(request(target, *fields, method=method), backend(ONE, TWO), to, pin, entry, "key", word)


def fields(*pairs):
    return CIMultiDict(pairs)
