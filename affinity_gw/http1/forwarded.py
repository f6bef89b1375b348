"""Which address in X-Forwarded-For can be believed.

Each proxy appends the address that it saw. Reading from the right, an entry is true as long as everything to the right
of it was written by a proxy that we trust; the first address that is not such a proxy's is the client. What stands to
the left of it is only a claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from multidict import CIMultiDict, CIMultiDictProxy, istr

Network = IPv4Network | IPv6Network

_FORWARDED_FOR = istr("X-Forwarded-For")


def client_address(
    head_headers: CIMultiDictProxy[str] | CIMultiDict[str], peer: str, trusted: Sequence[Network]
) -> str:
    """The client's address: ``peer``, unless it is a trusted proxy's; then the right-most untrusted entry of its
    X-Forwarded-For. Where all are trusted, the left-most; an entry that is no address ends the walk."""
    if not trusted or not is_trusted(peer, trusted):
        return peer
    client = peer
    for entry in reversed(",".join(head_headers.getall(_FORWARDED_FOR, ())).split(",")):
        address = _address(entry.strip(" \t"))
        if address is None:
            break
        client = str(address)
        if not _in(address, trusted):
            break
    return client


def is_trusted(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; never for what is no address (a unix socket's peer is "")."""
    parsed = _address(address) if networks else None
    return parsed is not None and _in(parsed, networks)


def _in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, as it is written with or without a port; an IPv4 one inside IPv6 is the IPv4 one."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
