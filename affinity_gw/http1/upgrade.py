"""Who may ask for another protocol, and whether the answer keeps what was asked (RFC 9110 section 7.8, RFC 6455).

A tunnel is opened only when the client asked for it in full and the server said 101 to exactly that: a proxy that
believes a client's Upgrade alone lets requests through unread. Anything may be upgraded to, but not HTTP/2: h2c through
a gateway is a way around its rules.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha1

from multidict import istr

from affinity_gw.errors import BadAnswer, BadRequest
from affinity_gw.http1.head import RequestHead, ResponseHead
from affinity_gw.http1.tokens import in_order, words_of

_CONNECTION = istr("Connection")
_UPGRADE = istr("Upgrade")
_EXPECT = istr("Expect")
_KEY = istr("Sec-WebSocket-Key")
_ACCEPT = istr("Sec-WebSocket-Accept")

_PROTOCOL = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+(?:/[!#$%&'*+.^_`|~0-9a-z-]+)?")
_HTTP = re.compile(r"h2.*|http(?:/.*)?")
_WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def requested(head: RequestHead, length: int) -> str | None:
    """The protocol to ask the server for, in lower case (several as they came, after commas); None for an ordinary
    request, whose Upgrade field is then not passed on.

    length: what ``request_length`` said; with a body there is no upgrade, as in HAProxy. Raises BadRequest (400) for a
    WebSocket without exactly one key.
    """
    if _UPGRADE not in head.headers or head.minor == 0 or length != 0:
        return None
    if "upgrade" not in words_of(head.headers.getall(_CONNECTION, ())):
        return None
    protocols = [name for name in in_order(head.headers.getall(_UPGRADE)) if _may_be_forwarded(name, head.method)]
    if "websocket" in protocols:
        _check_key(head)
    return ", ".join(protocols) or None


def _may_be_forwarded(protocol: str, method: str) -> bool:
    """A WebSocket is opened with GET (RFC 6455 section 4.1)."""
    if _PROTOCOL.fullmatch(protocol) is None or _HTTP.fullmatch(protocol) is not None:
        return False
    return protocol != "websocket" or method == "GET"


def _check_key(head: RequestHead) -> None:
    keys = head.headers.getall(_KEY, ())
    if len(keys) != 1 or not keys[0]:
        raise BadRequest("a WebSocket without exactly one Sec-WebSocket-Key (RFC 6455 section 4.2.1)")


def check_switch(request: RequestHead, upgrade: str | None, response: ResponseHead) -> None:
    """Refuse a 101 that nobody asked for, or that is not the answer to what was asked. Raises BadAnswer.

    upgrade: what ``requested`` said. Answers with another status pass: decide on the status, not on Upgrade fields (Wt
    sends them with a 403 too).
    """
    if response.status != 101:
        return
    if upgrade is None:
        raise BadAnswer("101 to a request that asked for no upgrade")
    if response.minor == 0 or "upgrade" not in words_of(response.headers.getall(_CONNECTION, ())):
        raise BadAnswer("101 without Connection: upgrade (RFC 9110 section 7.8)")
    switched = words_of(response.headers.getall(_UPGRADE, ()))
    if not switched or not switched <= words_of((upgrade,)):
        raise BadAnswer("101 to another protocol than was asked for (RFC 9110 section 15.2.2)")
    if "websocket" in switched and response.headers.getall(_ACCEPT, []) != [accept_for(request.headers[_KEY])]:
        raise BadAnswer("101 with a missing or wrong Sec-WebSocket-Accept (RFC 6455 section 4.1)")


def accept_for(key: str) -> str:
    """The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 section 4.2.2)."""
    digest = sha1(key.encode("utf-8", "surrogateescape") + _WEBSOCKET_GUID, usedforsecurity=False)
    return b64encode(digest.digest()).decode()


def expects_continue(head: RequestHead) -> bool:
    """Whether the client waits for a 100 before it sends its body (RFC 9110 section 10.1.1).

    An HTTP/1.0 client cannot be told 100, so its expectation is ignored. Raises BadRequest (417) for any expectation
    but ``100-continue``; HAProxy would pass it on.
    """
    if _EXPECT not in head.headers:
        return False
    if words_of(head.headers.getall(_EXPECT)) != {"100-continue"}:
        raise BadRequest("an expectation other than 100-continue", 417)
    return head.minor == 1
