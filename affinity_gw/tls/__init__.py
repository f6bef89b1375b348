"""Certificates and contexts: files become what a TLS connection begins with.

``routing.tls`` says which files and words; ``certificates`` reads a file and knows its names and how long it is valid;
``names`` says which name a certificate stands for; ``contexts`` makes one ``ssl.SSLContext`` of a specification, for a
frontend with a choice by server name (SNI); ``store`` keeps those in force, replaces all of them at once or none, and
says what a connection to a server begins with.

OpenSSL does the rest, and the event loop's own transports carry it. Whatever is wrong with a file is a ``TlsError``
that names it.
"""
