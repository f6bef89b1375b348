"""What the gateway costs, beside HAProxy on the same machine in the same minutes: ``python -m tests.bench``.

Requests a second say little on a machine that others use too. What can be trusted is the **CPU time a request**: user
and system time of the proxy's processes, as the kernel accounts it, over the requests that wrk saw completed; and of
that the **ratio** to HAProxy's. So every round measures every peer, one right after the other, the order turning from
round to round, and a ratio is always taken within one round. Printed are its least, middle and greatest value.

The proxy stands alone on one core; wrk, the backends and the clients share the other. Each proxy has backends
of its own, so that no peer meets the ports that another's closed connections still occupy (TIME_WAIT). Before a
figure is believed, ``correctness`` has seen the peer route both sessions, keep the connections that it was told to
keep and no others, and tell the backend who the client is.

``others`` is how much of the proxy's core went to somebody else. Whoever takes turns with a proxy also empties its
caches, and a large program suffers more by that than a small one: with more than a few per cent there, even the ratio
is worth little, and the run wants repeating on a quiet machine.

Memory is what the proxy's processes grow by (proportional set size) while idle tunnels are opened, each of which has
carried a message both ways. The kernel's own memory for sockets is nobody's, and not counted.

    workloads     what is asked, and the goals: data
    peers         who is asked: data, and ``configs/``, a template each
    backends      the servers behind them (a process of its own)
    processes     starting on a core, stopping;   accounting    what the kernel says that they used
    load, tunnels wrk, and clients that only hold a WebSocket;   correctness    are the answers right?
    rounds        the interleaving;   report    statistics, table and JSON
"""
