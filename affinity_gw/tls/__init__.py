"""Certificates and contexts: files become what a TLS connection begins with.

``routing.tls`` says which files and words; ``certificates`` reads a file and knows its names and how long it is valid;
``contexts`` makes one ``ssl.SSLContext`` of a specification, for a frontend with a choice by server name (SNI);
``store`` keeps those in force, and replaces all of them at once or none.

OpenSSL does the rest. The connection itself is ``proxy``'s (``proxy/encrypted``). Whatever is wrong with a file is a
``TlsError`` that names it.
"""
