"""What HTTP/1.1 says (RFC 9110, RFC 9112), and where we read it more strictly than HAProxy does.

This room answers what a reader of the RFCs would argue about, and nothing else: it holds no socket, no clock and no
log, and it never asks what the operator wants. Its files, in the order in which a message travels:

    head        a head as it came: read by all, changed by none
    tokens      comma-separated lists of case-insensitive words (Connection, TE, Upgrade)
    target      the request-target and the authority in it, and what a valid Host is
    grammar     what the head parser lets through and we refuse
    framing     where a message's body ends, decided once, from the head
    chunked     the one body format that has to be read to be counted
    upgrade     who may ask for another protocol, and whether the answer keeps the promise; Expect
    forwarded   which address in X-Forwarded-For can be believed
    claims      what is said about the client: by itself, by trusted proxies, by us
    draft       a head that rules change: the changes are collected, and become a new head
    fields      what becomes of one field on its way through
    anew        the fields that are written from what was understood: framing, Upgrade, Connection
    rewrite     the new head of a request, and (rewrite_response) of an answer
    lifecycle   whether a connection lives on: one table

The theory behind all of it: a gateway is safe when both of its neighbours must read the same bytes in the same way. So
whatever two readers of the RFC could read differently is refused (400 from a client, 502 from a server), never
repaired, and what is sent on is written anew from what has been understood. Bodies are counted, not copied: what passes
is what came.
"""
