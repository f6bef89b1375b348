"""What the gateway has of the machine: its own process, its descriptors, its signals, and the processes it starts.

* ``run`` is the process: signals, logs, pidfile, exit status.
* ``worker`` is the gateway as one object: ``sockets``, addresses (``resolve``), checks and traffic, from start to stop.
* ``descriptors`` makes room for as many connections as the configuration promises; ``privileges`` gives away what is
  not needed once the ports are bound; ``daemon`` is the way to the background.
* ``instances`` starts the applications that the configuration asks for; ``instance`` is the life of one of them:
  start, wait until it listens, log what it says, start it again when it dies, later each time. ``plan`` is what it
  takes to start one, ``child`` the process, ``output`` its lines and where they go; ``ports`` finds free ports for
  them. A process may have children of its own, so each has a process group, and is ended as a group.
* ``sites`` serves the files of backends that have files instead of servers.
* ``guard`` is a program of its own that outlives a gateway which was killed, ends its instances, and then itself;
  ``guarding`` is the gateway's end of the pipe between them.
"""
