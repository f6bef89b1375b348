"""Two WSGI sites whose sessions live in their process: notes that a visitor keeps, and a game that one plays.

Neither knows of the other instances, nor of the gateway: a visitor who came to another instance would find an empty
session there. ``check`` answers health checks, ``memory`` holds the sessions, ``html`` is the pages' common frame.
"""
