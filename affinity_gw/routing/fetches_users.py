"""What a request says of who sent it, held against a userlist."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.samples import Arguments, Fetch, Sample
from affinity_gw.routing.snapshot import Snapshot
from affinity_gw.routing.userlists import Unverified, claim


def _is_user(arguments: Arguments) -> Sample:
    """Whether it bears the name and the password of a user. Raises Unverified where that is not known yet."""
    arguments.at_most(1)
    if not arguments.word(0):
        raise ValueError(f"{arguments.name} wants a userlist in parentheses, such as {arguments.name}(private)")
    name = arguments.known(arguments.word(0), arguments.place.userlists, "userlist")

    def value(head: RequestHead, snapshot: Snapshot) -> int:
        claimed = claim(snapshot.userlists[name], head.headers.get("Authorization"))
        if claimed is None:
            return 0
        is_true = snapshot.verified(claimed)
        if is_true is None:
            raise Unverified(claimed)
        return int(is_true and claimed.known)

    return Sample(value)


USERS: Mapping[str, Fetch] = MappingProxyType({"http_auth": Fetch("boolean", "request", _is_user)})
