"""What Wt does on the wire, spoken by a page with one counter.

- A session is an object in this process's memory. Its id is the instance's prefix and 16 characters of ``[0-9A-Za-z]``;
  ``wtd=ID`` stands in the query of everything that belongs to it, and in no cookie.
- The page has no id in its own URL. It asks for ``request=style``, then ``request=script``, then opens a WebSocket
  (``request=ws``). Events go over that, or while it is down as ``POST /?wtd=ID``; then a poll is always under way.
- What the server tells the page is JavaScript that the page runs.
- A request that names a session which is not here (its instance ended, or a gateway led it astray) gets what makes the
  browser start anew: ``routes.ANSWERS`` is the whole table.

In the order in which a request travels: ``routes``, ``page``, ``events``, ``live``, around ``sessions``.
"""
