"""The extractors that come with the gateway, imported as ``affinity_gw_plugins``.

What this room knows: where in a request the session's key is written. ``url_prefix`` finds it in a parameter of the
query, ``cookie`` in a cookie that it hands out itself, ``source_ip`` in the client's address, ``header`` and ``path``
where their names say.

They are plugins like anybody's: found through the entry points of the group ``affinity_gw.extractors``, built on
``affinity_gw.plugin`` and nothing else of the gateway. Whatever one of them can do, a stranger's can do too.

The docstring of a class is its manual. Its first line says in one sentence what it does, and a block ``Options:`` says
one line for each field, ``name: what it means``.
"""
