"""What watches the gateway and tells people about it: checks, logs, the summary at start.

Nothing here is on the way of a request. Traffic meets this room at three places only:

* ``checks`` probes the servers and publishes a new snapshot by one assignment. A request that is under way keeps the
  snapshot it took; the next one reads the new one. The machine that counts rises and falls is ``routing/health``; here
  are its clock, its sockets (``probe``) and its voice.
* ``access_log`` makes the one function that is called when an exchange has ended. ``event`` says what is told of it and
  what is kept secret, ``httplog`` and ``console`` print the same facts for HAProxy's readers and for people.
* ``lines`` carries every line out of the process. A line costs the loop a list append; a thread of its own does the
  writing, so that a full disk, a closed pipe or a reader that has stopped loses lines, counts them and says so, and
  never holds up a request.

The access log goes to stdout, everything else (``log``, ``summary``) to stderr.
"""
