"""What happens on sockets: the shell around ``http1`` and ``routing``, which decide.

The life of a request. A ``listener`` accepts a connection, unless ``maxconn`` says to wait, and makes a ``downstream``
of it. The downstream cuts a head off the bytes, ``parser`` reads it, and an ``exchange`` begins: it asks
``routing.decide`` where the request goes (``deciding``; of passwords, ``verifying``), takes an idle connection from the
``pool`` or has one opened, and sends the head, rebuilt once by ``http1.rewrite`` (``sending``). What has come of the
body follows, and what is still to come passes through (``upload``). The server's bytes come back on the ``upstream``,
are counted and passed on by ``answer``, and at the end (``ending``) ``http1.lifecycle`` says what becomes of both
connections: the pool, the next request, a close. A 101 hands both to a ``tunnel``, which knows nothing but bytes. In
mode ``tcp`` there is no request: what two kinds of connection have in common on their way to a server is ``reaching``,
and the tunnel begins at once (``tcp``). Both kinds are a ``client``; where one speaks TLS, a ``handshake`` comes before
all this, and nothing else is different.

All of it is callbacks on two kinds of ``connection``. Where a request finds an idle one there is no task, no future and
no timer: the client's bytes are one callback, the server's another, and what small things a turn of the event loop
has to send go out together at its end (``Shared.flush_soon``). Clients and servers repeat themselves, so what came
before, byte for byte, is neither read (``parser``) nor written (``http1.rewrite``, ``answer``) a second time.
``deadlines`` watches all connections with one clock. What all share, the snapshot first of all, is in ``shared``; what
is fixed between one frontend and one backend is a ``route``. The gateway's own words are in ``replies``; what is waited
for, and what it means when it does not come, in ``stages``; what is told of an exchange at its end is a ``record``
(``records`` makes it).

Back-pressure is the transports': a side that cannot write stops the other from reading. Nothing is buffered but what
has to be: a head until it is complete, a body until there is a connection for it.
"""
