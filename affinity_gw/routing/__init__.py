"""What the operator says: which server a request goes to, and why.

This room answers what an operator could change in the configuration, and nothing else. It holds no socket, no clock,
no log and no randomness, so that ``explain`` and the tests run the very code that serves traffic. Its files stand in
groups, in the order in which a request travels; a group is entered by its first file:

    snapshot    what the operator wrote, compiled (configuration, of sections, of servers), and which servers are down:
                frozen, replaced whole. Words as data: address (where to connect to), tls, logs (where lines go);
                predicates (what a compiled condition is)
    live        what changes with every request and stands beside the snapshot: counters, turns, queues
    decide      the way of a decision: rules, then keys, then balance
    walk        through the rules of a frontend and of a backend, and (answers) of an answer; rules (what one does),
                respond (what it answers by itself)
    acl         conditions: lexer (words), criteria (what is asked), patterns (flags and patterns), and how they are
                compared: matching (strings), ranges (numbers), networks (addresses), regexes; first_match (which
                rule of many)
    formats     texts with %[...] in them
    samples     what an expression takes: expressions (how it is written), fetches (what there is to take: fetches_line,
                fetches_fields with fields, fetches_connection, fetches_state, fetches_users), converters (what is
                made of it, with converters_text), casts (from kind to kind), not_yet (what HAProxy has and we have not)
    userlists   who may come in; passwords (what their hashes were made of)
    affinity    from a key to the server that it names; hashing (rendezvous) where it names none
    balance     which server is next for a request without a pin, in the words of balancewords. By turns: roundrobin,
                maps (static-rr). By load: ranked (leastconn, first, sqf), draws (random). By key: hashed, with hashkeys
                (of what) and hashfunctions (how), on maps or on the consistent ring (bounded). Last: backups
    decision    the answer, and why: Forward or Reply; reasons (the sentences)
    queue       who waits while servers are full
    retry       what follows a connection that could not be made
    health      when a checked server is up; expect (what the answer to a check has to be)

The theory behind all of it: a decision is a function of a request, of one snapshot, and of counters. A snapshot is
taken once for a request and never changes under it. What a key pins is looked up and never searched for, so that a
thousand servers cost no more than two. Words and behaviour are HAProxy's wherever HAProxy has them, quirks included,
so that each can be checked against HAProxy itself; where a module follows one of its sources, it names it.
"""
