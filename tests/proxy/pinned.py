"""Requests whose path names their server."""

from dataclasses import dataclass

from affinity_gw.plugin import Extractor
from affinity_gw.routing.sections import AffinityEntry
from tests.proxy.stage import GET


@dataclass(frozen=True, slots=True)
class Pinned(Extractor):
    """The path is the server's name."""

    def request_key(self, head):
        return head.path.removeprefix("/") if head.path.startswith("/s") else None

    def without_key(self, target):
        return "/stripped"


PINNED = (AffinityEntry("pinned", Pinned(), "server"),)


def to(name: str) -> bytes:
    return GET.replace(b"/page", b"/" + name.encode())
