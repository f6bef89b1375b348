"""What a connection gives, and what is always the same. All of it is still there when an answer is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType

from affinity_gw.http1.claims import Origin
from affinity_gw.http1.head import RequestHead
from affinity_gw.routing.networks import known_address
from affinity_gw.routing.samples import Arguments, Fetch, Sample


def _address(take: Callable[[RequestHead], str]) -> Callable[[Arguments], Sample]:
    def build(arguments: Arguments) -> Sample:
        arguments.at_most(0)
        return Sample(
            lambda head, _snapshot: known_address(take(head)), None, lambda head, _snapshot: take(head) or None
        )

    return build


def _peer(head: RequestHead) -> str:
    return head.peer


def _local_address(head: RequestHead) -> str:
    return head.origin.local_address if head.origin is not None else ""


def _of_origin(take: Callable[[Origin], str | int | None]) -> Callable[[Arguments], Sample]:
    def build(arguments: Arguments) -> Sample:
        arguments.at_most(0)
        return Sample(lambda head, _snapshot: take(head.origin) if head.origin is not None else None)

    return build


def _over_tls(arguments: Arguments) -> Sample:
    arguments.at_most(0)
    return Sample(lambda head, _snapshot: int(head.origin is not None and head.origin.scheme == "https"))


def _fixed(read: Callable[[str], object]) -> Callable[[Arguments], Sample]:
    """What stands in the parentheses."""

    def build(arguments: Arguments) -> Sample:
        arguments.at_most(1)
        try:
            value = read(arguments.word(0))
        except ValueError as error:
            raise ValueError(f"{arguments}: {error}") from None
        return Sample(lambda _head, _snapshot: value)

    return build


def _boolean(word: str) -> int:
    if word not in {"true", "false", "0", "1"}:
        raise ValueError("it takes true, false, 0 or 1")
    return int(word in {"true", "1"})


def _always(value: int) -> Callable[[Arguments], Sample]:
    def build(arguments: Arguments) -> Sample:
        arguments.at_most(0)
        return Sample(lambda _head, _snapshot: value)

    return build


def _section(take: Callable[[Arguments], str | None]) -> Callable[[Arguments], Sample]:
    def build(arguments: Arguments) -> Sample:
        name = take(arguments)
        if name is None:
            raise ValueError(f"{arguments.name} is not known here; write the name itself")
        return Sample(lambda _head, _snapshot: name)

    return build


_SOURCE, _DESTINATION = _address(_peer), _address(_local_address)
_SOURCE_PORT = _of_origin(lambda origin: origin.peer_port or None)
_DESTINATION_PORT = _of_origin(lambda origin: origin.local_port or None)

CONNECTION: Mapping[str, Fetch] = MappingProxyType(
    {
        "src": Fetch("address", "connection", _SOURCE),
        "fc_src": Fetch("address", "connection", _SOURCE),
        "src_port": Fetch("integer", "connection", _SOURCE_PORT),
        "fc_src_port": Fetch("integer", "connection", _SOURCE_PORT),
        "dst": Fetch("address", "connection", _DESTINATION),
        "fc_dst": Fetch("address", "connection", _DESTINATION),
        "dst_port": Fetch("integer", "connection", _DESTINATION_PORT),
        "fc_dst_port": Fetch("integer", "connection", _DESTINATION_PORT),
        "ssl_fc": Fetch("boolean", "connection", _over_tls),
        "ssl_fc_sni": Fetch("string", "connection", _of_origin(lambda origin: origin.sni or None)),
        "ssl_fc_has_sni": Fetch("boolean", "connection", _of_origin(lambda origin: int(bool(origin.sni)))),
        "fe_name": Fetch("string", "connection", _section(lambda arguments: arguments.place.frontend)),
        "be_name": Fetch("string", "connection", _section(lambda arguments: arguments.place.backend)),
        "always_true": Fetch("boolean", "connection", _always(1)),
        "always_false": Fetch("boolean", "connection", _always(0)),
        "req.proto_http": Fetch("boolean", "connection", _always(1)),
        "req_proto_http": Fetch("boolean", "connection", _always(1)),
        "wait_end": Fetch("boolean", "connection", _always(1)),
        "str": Fetch("string", "connection", _fixed(str)),
        "int": Fetch("integer", "connection", _fixed(int)),
        "bool": Fetch("boolean", "connection", _fixed(_boolean)),
        "ipv4": Fetch("address", "connection", _fixed(IPv4Address)),
        "ipv6": Fetch("address", "connection", _fixed(IPv6Address)),
    }
)
"""``wait_end`` holds because a rule is only asked once the whole head is there."""
