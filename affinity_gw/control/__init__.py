"""What watches the gateway and tells people about it: checks, logs, the summary at start. And the files it serves.

Nothing here is on the way of a request to a server. Traffic meets this room at four places only:

* ``checks`` probes the servers and publishes a new snapshot by one assignment. A request that is under way keeps the
  snapshot it took; the next one reads the new one. The machine that counts rises and falls is ``routing/health``; here
  are its clock, its sockets (``probe``) and its voice (``state``, and ``notices`` for HAProxy's readers).
* ``access_log`` makes the one function that is called when an exchange has ended. ``event`` says what is told of it and
  what is kept secret, ``console`` prints it for people; ``httplog``, ``tcplog``, ``clf`` and ``connectlog``, with
  ``haproxy_fields`` in common, say the same in HAProxy's forms. ``escape`` keeps what strangers say on its line.
* ``lines`` carries every line out of the process. A line costs the loop a list append; a thread of its own does the
  writing, so that a full disk, a closed pipe or a reader that has stopped loses lines, counts them and says so, and
  never holds up a request. ``syslog`` sends the same lines to log targets.
* ``files`` is the application of a backend that is a directory (``file_paths``: which file is meant; ``listing``: a
  directory as a page). To the gateway it is a server like any other.

The access log goes to stdout, everything else (``log``, ``summary``) to stderr.
"""
